/** A workspace that lived through any edits says what a new one with the same files says: nothing that was kept is stale. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WorkspaceFinding } from '../../server/src/workspace/workspaceFinding';
import type { Workspace } from '../../server/src/workspace/workspace';
import { testOptions, uriOf, workspaceOf } from '../support/workspaceOf';

const name = fc.constantFrom('web', 'api', 'db', 'wep');
const namespace = fc.constantFrom('', '', 'shop', 'pay');
const port = fc.constantFrom('80', '8080', '9090', 'http', 'htpp');
const number = fc.constantFrom('80', '8080', '9090');
const nodePort = fc.constantFrom('', '', '30080', '30081', '31999', '40000');
const cidr = fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.96.0.0/12', '10.244.0.0/16', '192.168.0.0/16', '10.1.2.3/16');

const metadata = (kind: string, apiVersion: string, given: { name: string; namespace: string }): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${given.name}\n${given.namespace === '' ? '' : `  namespace: ${given.namespace}\n`}`;

const service = fc
  .record({
    name,
    namespace,
    app: name,
    port: number,
    target: port,
    nodePort,
    clusterIP: fc.constantFrom('', '', 'None', '10.96.0.20', '10.96.0.21', '10.1.0.7'),
    headed: fc.boolean(),
  })
  .map(
    (given) =>
      `${metadata('Service', 'v1', given)}spec:\n${given.nodePort === '' ? '' : '  type: NodePort\n'}${given.clusterIP === '' ? '' : `  clusterIP: ${given.clusterIP}\n`}  selector:\n    app: ${given.app}\n${given.headed ? '    tier: front\n' : ''}  ports:\n    - name: http\n      port: ${given.port}\n      targetPort: ${given.target}\n${given.nodePort === '' ? '' : `      nodePort: ${given.nodePort}\n`}`,
  );

const value = fc.constantFrom(
  'http://web',
  'http://api.shop:8080',
  'api:9090',
  'db.pay.svc.cluster.local:80',
  '$(WEB_SERVICE_HOST):80',
  '$(API_SERVICE_PORT)',
  '$(LATER)',
  'plain',
);

const deployment = fc
  .record({
    kind: fc.constantFrom('Deployment', 'StatefulSet'),
    name,
    namespace,
    app: name,
    front: fc.boolean(),
    containerPort: number,
    portName: fc.constantFrom('http', 'grpc'),
    hostPort: fc.constantFrom('', '', '8080', '9090'),
    value,
    config: fc.constantFrom('', 'settings', 'setings'),
    sidecar: fc.boolean(),
  })
  .map(
    (given) => `${metadata(given.kind, 'apps/v1', given)}spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${given.app}
  template:
    metadata:
      labels:
        app: ${given.app}
${given.front ? '        tier: front\n' : ''}    spec:
      containers:
        - name: main
          image: main:1
          ports:
            - name: ${given.portName}
              containerPort: ${given.containerPort}
${given.hostPort === '' ? '' : `              hostPort: ${given.hostPort}\n`}          env:
            - name: TARGET
              value: "${given.value}"
            - name: LATER
              value: later
${given.config === '' ? '' : `          envFrom:\n            - configMapRef:\n                name: ${given.config}\n`}${given.sidecar ? '        - name: side\n          image: side:1\n          ports:\n            - containerPort: 8080\n' : ''}`,
  );

const policy = fc
  .record({
    name,
    namespace,
    selects: fc.constantFrom('web', 'api', 'db', 'wep', ''),
    peer: name,
    peerNamespace: fc.constantFrom('', 'shop', 'pay', 'nowhere'),
    block: cidr,
    except: cidr,
    egress: fc.boolean(),
  })
  .map(
    (given) => `${metadata('NetworkPolicy', 'networking.k8s.io/v1', given)}spec:
  podSelector:${given.selects === '' ? ' {}' : `\n    matchLabels:\n      app: ${given.selects}`}
  policyTypes: [${given.egress ? 'Egress' : 'Ingress'}]
  ${given.egress ? 'egress' : 'ingress'}:
    - ${given.egress ? 'to' : 'from'}:
        - podSelector:
            matchLabels:
              app: ${given.peer}
${given.peerNamespace === '' ? '' : `          namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: ${given.peerNamespace}\n`}        - ipBlock:
            cidr: ${given.block}
            except:
              - ${given.except}
`,
  );

const ingress = fc
  .record({ name, namespace, service: name, port: fc.constantFrom('number: 80', 'number: 9090', 'name: http') })
  .map(
    (given) =>
      `${metadata('Ingress', 'networking.k8s.io/v1', given)}spec:\n  rules:\n    - host: ${given.name}.example.com\n      http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: ${given.service}\n                port:\n                  ${given.port}\n`,
  );

const other = fc.oneof(
  fc
    .record({ name: fc.constantFrom('shop', 'pay'), team: name })
    .map((given) => `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${given.name}\n  labels:\n    team: ${given.team}\n`),
  fc.record({ name: fc.constantFrom('settings', 'other'), namespace }).map((given) => `${metadata('ConfigMap', 'v1', given)}data:\n  KEY: value\n`),
  fc
    .record({ pods: cidr, services: cidr, range: fc.constantFrom('', '30000-31000') })
    .map(
      ({ pods, services, range }) =>
        `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking:\n  podSubnet: ${pods}\n  serviceSubnet: ${services}\n${range === '' ? '' : `apiServer:\n  extraArgs:\n    - name: service-node-port-range\n      value: ${range}\n`}`,
    ),
  fc.record({ name, podCIDR: cidr }).map((given) => `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${given.name}\nspec:\n  podCIDR: ${given.podCIDR}\n`),
  fc.record({ name, namespace }).map((given) => `${metadata('Rollout', 'argoproj.io/v1alpha1', given)}spec:\n  replicas: 1\n`),
  fc.constant('apiVersion: v1\nkind: Service\nmetadata: {name: broken\n'),
  fc.constant('# packetpath-disable-file port/target-port-name-missing selector/service-matches-nothing\n'),
  fc.constant('just: text\n'),
);

const documents = fc.array(
  fc.oneof({ arbitrary: service, weight: 4 }, { arbitrary: deployment, weight: 4 }, { arbitrary: policy, weight: 3 }, ingress, { arbitrary: other, weight: 2 }),
  { minLength: 0, maxLength: 3 },
);
const text = documents.map((list) => list.join('---\n'));

const paths = ['a.yaml', 'b.yaml', 'shop/c.yaml', 'dev/d.yaml', 'prod/d.yaml', 'patches/e.yaml'] as const;
const kustomization = fc
  .record({
    resources: fc.subarray(['../a.yaml', '../b.yaml', '../shop/c.yaml']),
    more: fc.constantFrom(
      '',
      'namePrefix: dev-\n',
      'namespace: pay\n',
      'commonLabels: {app: api}\n',
      'labels: [{pairs: {tier: front}, includeTemplates: true}]\n',
    ),
    patch: fc.constantFrom(
      '{path: ../patches/e.yaml}',
      "{target: {kind: Service, name: w.*}, patch: '[{op: replace, path: /spec/ports/0/targetPort, value: 9090}]'}",
      "{patch: '{apiVersion: v1, kind: Service, metadata: {name: api}, $patch: delete}'}",
    ),
  })
  .map(
    ({ resources, more, patch }) =>
      `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [${resources.join(', ')}]\n${more}patches:\n  - ${patch}\n`,
  );
const configuration = fc.constantFrom(
  'rules: {port/container-port-collision: error}\n',
  'contexts:\n  - name: all\n    include: ["**"]\n    closed: true\n',
  'contexts:\n  - name: all\n    include: ["**"]\n    namespace: shop\ncluster: {podCidr: [10.244.0.0/16]}\n',
  'overrides:\n  - files: ["shop/**"]\n    rules: {selector/service-matches-nothing: "off"}\n',
  'rules: [wrong]\n',
);

/** One step of a session. `look` asks for findings in between, so that there is something kept that may go stale. */
const step = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('set' as const), path: fc.constantFrom<string>(...paths), text }), weight: 6 },
  {
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      path: fc.constantFrom<string>(...paths),
      from: fc.constantFrom('web', 'shop', '8080', 'http', '30080', 'front'),
      to: fc.constantFrom('api', 'pay', '9090', 'grpc', '30081', 'back'),
    }),
    weight: 5,
  },
  {
    arbitrary: fc.record({ kind: fc.constant('remove' as const), path: fc.constantFrom<string>(...paths, '.packetpath.yaml', 'k/kustomization.yaml') }),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: fc.constant('set' as const), path: fc.constant('k/kustomization.yaml'), text: kustomization }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('set' as const), path: fc.constant('.packetpath.yaml'), text: configuration }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('look' as const) }), weight: 6 },
);

const options = { ...testOptions, unresolvedReferences: 'hint' as const };

/** Everything that a person could see of the findings. */
function seen(workspace: Workspace, uris: readonly string[]): Record<string, readonly unknown[]> {
  const snapshot = workspace.snapshot();
  return Object.fromEntries(
    [...uris].sort().map((uri) => [
      uri,
      snapshot.findings(uri).map((finding: WorkspaceFinding) => ({
        ...finding,
        fixes: finding.fixes.map((fix) => ({ title: fix.title, edits: [...(snapshot.editsOf(fix) ?? [])] })),
      })),
    ]),
  );
}

describe('any session of edits', () => {
  test('ends with the findings of a new workspace', { timeout: 240_000 }, () => {
    let looks = 0;
    let findings = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 14 }), (steps) => {
        const files = new Map<string, string>();
        const workspace = workspaceOf({}, options);
        const check = (): void => {
          const uris = [...files.keys()].map(uriOf);
          const now = seen(workspace, uris);
          const fresh = seen(workspaceOf(Object.fromEntries(files), options), uris);
          expect(now).toEqual(fresh);
          looks++;
          findings += Object.values(now).reduce((sum, list) => sum + list.length, 0);
        };
        for (const one of steps) {
          if (one.kind === 'look') check();
          else if (one.kind === 'remove') {
            files.delete(one.path);
            workspace.removeFile(uriOf(one.path));
          } else {
            const after = one.kind === 'set' ? one.text : files.get(one.path)?.replace(one.from, one.to);
            if (after === undefined) continue;
            files.set(one.path, after);
            workspace.setFile(uriOf(one.path), one.path, after);
          }
        }
        check();
      }),
      { numRuns: 300, seed: 20240117 },
    );
    // A property of nothing would hold as well.
    expect(looks).toBeGreaterThan(500);
    expect(findings).toBeGreaterThan(1500);
  });
});
