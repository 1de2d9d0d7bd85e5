/** A shop of twelve workloads, shaped as Online Boutique with its network policies, from plain objects through decoder, index and builder. */
import { createClusterIndex } from '../../../server/src/cluster/createClusterIndex';
import { decodeDocument } from '../../../server/src/decode/decodeDocument';
import type { Context } from '../../../server/src/model/context';
import type { EndpointChoice, ToPanel } from '../../../server/src/protocol/panel';
import type { Topology } from '../../../server/src/protocol/topology';
import { buildTopology } from '../../../server/src/topology/topology';

interface Part {
  readonly name: string;
  /** Undefined: no Service and no port. */
  readonly port?: number;
  readonly targetPort?: number;
  readonly portName?: string;
  readonly container?: string;
  readonly calls?: Readonly<Record<string, string>>;
  /** Whom its policy lets in. */
  readonly from?: readonly string[] | 'all';
}

const parts: readonly Part[] = [
  {
    name: 'frontend',
    port: 80,
    targetPort: 8080,
    portName: 'http',
    from: 'all',
    calls: {
      ad: 'adservice:9555',
      cart: 'cartservice:7070',
      checkout: 'checkoutservice:5050',
      currency: 'currencyservice:7000',
      catalog: 'productcatalogservice:3550',
      recommendation: 'recommendationservice:8080',
      shipping: 'shippingservice:50051',
      shopping_assistant: 'shoppingassistantservice:80',
    },
  },
  { name: 'loadgenerator', calls: { frontend: 'frontend:80' } },
  { name: 'adservice', port: 9555, portName: 'grpc', from: ['frontend'] },
  { name: 'recommendationservice', port: 8080, portName: 'grpc', from: ['frontend'], calls: { catalog: 'productcatalogservice:3550' } },
  {
    name: 'checkoutservice',
    port: 5050,
    portName: 'grpc',
    from: ['frontend'],
    calls: {
      cart: 'cartservice:7070',
      currency: 'currencyservice:7000',
      email: 'emailservice:5000',
      payment: 'paymentservice:50051',
      catalog: 'productcatalogservice:3550',
      shipping: 'shippingservice:50051',
    },
  },
  { name: 'productcatalogservice', port: 3550, portName: 'grpc', from: ['frontend', 'checkoutservice', 'recommendationservice'] },
  { name: 'currencyservice', port: 7000, portName: 'grpc', from: ['frontend', 'checkoutservice'] },
  { name: 'shippingservice', port: 50051, portName: 'grpc', from: ['frontend', 'checkoutservice'] },
  { name: 'cartservice', port: 7070, portName: 'grpc', from: ['frontend', 'checkoutservice'], calls: { redis: 'redis-cart:6379' } },
  { name: 'paymentservice', port: 50051, portName: 'grpc', from: ['checkoutservice'] },
  { name: 'emailservice', port: 5000, targetPort: 8080, portName: 'grpc', from: ['checkoutservice'] },
  { name: 'redis-cart', port: 6379, portName: 'tcp-redis', container: 'redis', from: ['cartservice'] },
];

const namespace = 'default';

/** The manifests as plain objects, each with the file that it would stand in. */
function manifests(): readonly { readonly file: string; readonly value: unknown }[] {
  const list: { file: string; value: unknown }[] = [];
  for (const part of parts) {
    const { name } = part;
    const target = part.targetPort ?? part.port;
    const container = {
      name: part.container ?? 'server',
      image: `${name}:1`,
      ...(target === undefined ? {} : { ports: [{ containerPort: target }] }),
      env: Object.entries(part.calls ?? {}).map(([key, value]) => ({ name: `${key.toUpperCase()}_SERVICE_ADDR`, value })),
    };
    const template = { metadata: { labels: { app: name } }, spec: { containers: [container] } };
    const file = `${name === 'redis-cart' ? 'cartservice' : name}.yaml`;
    list.push({
      file,
      value: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec: { selector: { matchLabels: { app: name } }, template } },
    });
    if (part.port !== undefined) {
      const ports = [{ name: part.portName, port: part.port, targetPort: target }];
      list.push({
        file,
        value: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { type: 'ClusterIP', selector: { app: name }, ports } },
      });
      if (name === 'frontend')
        list.push({
          file,
          value: {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'frontend-external', namespace },
            spec: { type: 'LoadBalancer', selector: { app: name }, ports },
          },
        });
    }
    if (part.from !== undefined) {
      const ingress =
        part.from === 'all'
          ? [{}]
          : [{ from: part.from.map((app) => ({ podSelector: { matchLabels: { app } } })), ports: [{ port: target, protocol: 'TCP' }] }];
      list.push({
        file: `network-policy-${name}.yaml`,
        value: {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name, namespace },
          spec: { podSelector: { matchLabels: { app: name } }, policyTypes: ['Ingress', 'Egress'], ingress, egress: [{}] },
        },
      });
    }
  }
  list.push({
    file: 'network-policy-deny-all.yaml',
    value: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'deny-all', namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    },
  });
  list.push({
    file: 'network-policy-loadgenerator.yaml',
    value: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'loadgenerator', namespace },
      spec: { podSelector: { matchLabels: { app: 'loadgenerator' } }, policyTypes: ['Egress'], egress: [{}] },
    },
  });
  for (const { name } of parts)
    list.push({
      file: `${name === 'redis-cart' ? 'cartservice' : name}.yaml`,
      value: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    });
  return list;
}

export function boutiqueContext(): Context {
  const members = manifests().flatMap(
    ({ file, value }, document) => decodeDocument(value, { uri: `file:///shop/${file}`, document }, { podTemplatePaths: new Map(), fileName: file }).resources,
  );
  return {
    id: 'kustomize:.',
    label: 'online-boutique',
    kind: 'kustomize',
    root: '.',
    because: 'named by one kustomization',
    members,
    files: [],
    closed: false,
    applyOrder: 'kinds',
    missing: [],
  };
}

/** With a finding and line numbers, as the language server fills them in. */
export function boutiqueTopology(enforced = true): Topology {
  const topology = buildTopology(createClusterIndex(boutiqueContext()), { enforced });
  return {
    ...topology,
    cards: topology.cards.map((card, position) => {
      const line = 20 + ((position * 17) % 120);
      const source = card.source ?? card.ghost?.namedBy[0];
      const range = { start: { line, column: 1 }, end: { line, column: 10 } };
      return {
        ...card,
        ...(source ? { uri: source.uri, range } : {}),
        ...(card.id === `deployment/${namespace}/frontend` ? { finding: { severity: 'warning' as const, count: 1 } } : {}),
      };
    }),
  };
}

export function boutiqueEndpoints(topology: Topology): readonly EndpointChoice[] {
  return topology.cards.flatMap((card) =>
    card.endpoint === undefined || card.shape === 'caller'
      ? []
      : [
          {
            endpoint: card.endpoint,
            label: card.title,
            detail: card.object?.kind ?? '',
            ports: card.ports.flatMap((port) =>
              port.number === null ? [] : [{ number: port.number, protocol: port.protocol, ...(port.name === undefined ? {} : { name: port.name }) }],
            ),
          },
        ],
  );
}

export function topologyMessage(topology: Topology, revision = 1): Extract<ToPanel, { readonly type: 'topology' }> {
  return {
    type: 'topology',
    revision,
    topology,
    contexts: [{ id: topology.context.id, label: topology.context.label }],
    endpoints: boutiqueEndpoints(topology),
    defaults: { cni: 'calico:vxlan', proxyMode: 'iptables', placement: 'other-node' },
  };
}
