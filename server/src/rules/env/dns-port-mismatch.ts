/** A host name that leads to a Service, with a port on which the Service does not listen. */
import { known, textOf } from '../../base/opaque';
import type { ClusterIndex, Namespace } from '../../cluster/clusterIndex';
import type { Path } from '../../protocol/source';
import type { Finding, Fix } from '../../model/finding';
import { isPodHolder, type Resource } from '../../model/resources';
import { variableSource } from '../../model/serviceVariables';
import { contextRule } from '../rule';
import { commandTexts, envTexts, podHolderKinds } from '../shared/env';
import { hostNamesIn, type HostName } from '../shared/hostNames';
import { wordList } from '../shared/words';

type Message = 'port' | 'targetPort' | 'nodePort' | 'implied';
const kinds = [...podHolderKinds, 'ConfigMap'] as const;

export const dnsPortMismatch = contextRule<(typeof kinds)[number], Message>({
  meta: {
    id: 'env/dns-port-mismatch',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A host name leads to a Service that does not listen on the port beside it.',
    why: 'The cluster address of a Service answers on the ports that stand under `ports[].port` and on no others. The port on which the container listens (`targetPort`) and the port that is opened on the nodes (`nodePort`) do not count there: a client that names one of them connects to nothing, and its packets are refused or lost, although the name resolves. A URL without a port means the usual port of its scheme.',
    remedy:
      'Name the `port` of the Service, or add the port that the client uses to the Service. A headless Service is different: its name leads to the pods themselves, and nothing translates ports.',
    references: [
      '[Service: port definitions](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)',
      '[DNS for Services and Pods](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/)',
    ],
    messages: {
      port: 'Service `{service}` listens on {ports}, not on {port}.',
      targetPort: 'Service `{service}` listens on {ports}, not on {port}: that is the port of its containers, which the Service reaches from its port {right}.',
      nodePort: 'Service `{service}` listens on {ports}, not on {port}: that is the port on the nodes, which leads to its port {right}.',
      implied: '{scheme} without a port means {port}, but Service `{service}` listens on {ports}.',
    },
    fixable: true,
  },
  kinds,
  *check(resource, index) {
    if (resource.metadata.namespaceOpaque || resource.partial) return;
    for (const { text, path, name, isValue } of texts(resource)) {
      if (!/[:.]/.test(text)) continue;
      for (const host of hostNamesIn(text, isValue ? 'value' : 'url', name)) {
        const finding = checkHost(host, text, resource, path, index);
        if (finding !== undefined) yield finding;
      }
    }
  },
});

interface Text {
  readonly text: string;
  readonly path: Path;
  readonly name: string;
  readonly isValue: boolean;
}

function* texts(resource: Resource<(typeof kinds)[number]>): Iterable<Text> {
  if (!isPodHolder(resource)) {
    for (const [key, value] of resource.spec.data) {
      const text = textOf(value);
      if (text !== undefined) yield { text, path: ['data', key], name: key, isValue: !text.includes('\n') && /^[A-Z_][A-Z0-9_]*$/.test(key) };
    }
    return;
  }
  const aliases = new Set(resource.spec.template.hostAliases.flatMap((alias) => alias.hostnames.map((host) => known(host))));
  if (aliases.size > 0) return;
  for (const container of resource.spec.template.containers) {
    for (const { text, path, index } of envTexts(container)) yield { text, path, name: known(container.env[index]?.name) ?? '', isValue: !text.includes('\n') };
    let flag = '';
    for (const { text, path, shell } of commandTexts(container)) {
      const own = /^(--?[-\w.]+)=/.exec(text)?.[1];
      yield { text, path, name: own ?? flag, isValue: !shell };
      flag = /^--?[-\w.]+$/.test(text) ? text : '';
    }
  }
}

/** Where a client that names no port connects to. */
const usualPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  redis: 6379,
  amqp: 5672,
  mongodb: 27017,
  nats: 4222,
};

function checkHost(host: HostName, text: string, resource: Resource, path: Path, index: ClusterIndex): Finding<Message> | undefined {
  const usual = host.scheme !== undefined && Object.hasOwn(usualPorts, host.scheme) ? usualPorts[host.scheme] : undefined;
  const port = host.port?.number ?? (host.portUnknown ? undefined : usual);
  if (port === undefined || port === 0 || port > 65535) return undefined;
  const service = serviceOf(host.host, index.namespaceOf(resource), index);
  const ports = service && portsOf(service);
  if (service === undefined || ports === undefined || ports.includes(port)) return undefined;

  const sameTarget = service.spec.ports.filter(({ targetPort }) => targetPort === port);
  const sameNode = service.spec.ports.filter(({ nodePort }) => nodePort === port);
  const explained = sameTarget.length === 1 ? sameTarget[0] : sameNode.length === 1 ? sameNode[0] : undefined;
  const right = known(explained?.port) ?? (ports.length === 1 ? ports[0] : undefined);
  const message: Message = host.port === undefined ? 'implied' : sameTarget.length === 1 ? 'targetPort' : sameNode.length === 1 ? 'nodePort' : 'port';
  const span = host.port?.span ?? host.span;
  return {
    at: { resource, path, span },
    message,
    ...(message === 'implied' ? { severity: 'information' as const } : {}),
    data: { service: service.metadata.name, ports: wordList(ports.map(String), 6), port, right: right ?? '', scheme: host.scheme ?? '' },
    related: [
      {
        mark: { resource: service, path: ['spec', 'ports'], part: 'key' },
        message: `Service \`${service.metadata.name}\` listens on ${wordList(ports.map(String), 6)}.`,
      },
    ],
    fixes: fixes(host, text, resource, path, right === undefined ? ports.slice(0, 4) : [right]),
  };
}

/** The Service that the name surely means: found, with a cluster address, in the very namespace that the name says. */
function serviceOf(host: string, from: Namespace, index: ClusterIndex): Resource<'Service'> | undefined {
  const labels = host.split('.');
  if (labels.length > 1 && labels[2] !== 'svc' && !(labels.length === 2 && index.namespaces().includes(labels[1]))) return undefined;
  const namespace = labels.length === 1 ? from : labels[1];
  const target = index.resolveName(host, from);
  if (target.state !== 'found' || target.value.kind !== 'service') return undefined;
  const { service } = target.value;
  if (service.partial || service.metadata.namespaceOpaque || index.sameNamespace(namespace, index.namespaceOf(service)) !== 'yes') return undefined;
  return variableSource(service) === 'cluster-ip' ? service : undefined;
}

/** Undefined when a port cannot be known, or there is none. */
function portsOf(service: Resource<'Service'>): readonly number[] | undefined {
  const ports = service.spec.ports.map(({ port }) => known(port));
  return ports.length === 0 || ports.includes(undefined) ? undefined : [...new Set(ports as number[])];
}

function fixes(host: HostName, text: string, resource: Resource, path: Path, ports: readonly number[]): readonly Fix[] {
  return ports.map((port) => {
    const { span, value } = host.port
      ? { span: host.port.span, value: String(port) }
      : { span: host.span, value: `${text.slice(host.span.start, host.span.end)}:${port}` };
    const fix: Fix = { title: `Use port ${port}`, edits: [{ kind: 'replace', resource, path, span, value }] };
    return ports.length === 1 ? { ...fix, preferred: true } : fix;
  });
}
