/** What the panel gets after any edits is what a new workspace with the same files gives: nothing that is remembered for it is stale. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topologyAnswer } from '../../server/src/features/panelData';
import type { Workspace } from '../../server/src/workspace/workspace';
import { uriOf, workspaceOf } from '../support/workspaceOf';

const name = fc.constantFrom('web', 'api', 'db', 'wep');
const namespace = fc.constantFrom('', 'shop', 'pay');
const port = fc.constantFrom('80', '8080', 'http');

const head = (apiVersion: string, kind: string, given: { name: string; namespace: string }): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${given.name}\n${given.namespace === '' ? '' : `  namespace: ${given.namespace}\n`}`;

const service = fc
  .record({ name, namespace, app: name, port, type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer') })
  .map(
    (given) =>
      `${head('v1', 'Service', given)}spec:\n  type: ${given.type}\n  selector:\n    app: ${given.app}\n  ports:\n    - port: 80\n      targetPort: ${given.port}\n`,
  );
const workload = fc
  .record({
    kind: fc.constantFrom('Deployment', 'StatefulSet'),
    name,
    namespace,
    app: name,
    port: fc.constantFrom('80', '8080'),
    calls: fc.constantFrom('http://web', 'http://api.shop:80', 'http://gone:81', 'db.pay.svc', 'nothing'),
    host: fc.boolean(),
  })
  .map(
    (given) =>
      `${head('apps/v1', given.kind, given)}spec:\n  serviceName: ${given.app}\n  selector:\n    matchLabels:\n      app: ${given.app}\n  template:\n    metadata:\n      labels:\n        app: ${given.app}\n    spec:\n${given.host ? '      hostNetwork: true\n' : ''}      containers:\n        - name: main\n          image: main:1\n          ports:\n            - name: http\n              containerPort: ${given.port}\n          env:\n            - name: TARGET_URL\n              value: ${given.calls}\n`,
  );
const policy = fc.record({ name, namespace, app: name, peer: name, direction: fc.constantFrom('ingress', 'egress'), wide: fc.boolean(), port }).map((given) => {
  const peers = given.direction === 'ingress' ? 'from' : 'to';
  return `${head('networking.k8s.io/v1', 'NetworkPolicy', given)}spec:\n  podSelector:\n    matchLabels:\n      app: ${given.app}\n  policyTypes: [Ingress, Egress]\n  ${given.direction}:\n    - ${peers}:\n        - podSelector:\n            matchLabels:\n              app: ${given.peer}\n${given.wide ? '          namespaceSelector: {}\n' : ''}      ports:\n        - port: ${given.port}\n`;
});
const ingress = fc
  .record({ name, namespace, service: name })
  .map(
    (given) =>
      `${head('networking.k8s.io/v1', 'Ingress', given)}spec:\n  rules:\n    - host: ${given.name}.example.com\n      http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: ${given.service}\n                port:\n                  number: 80\n`,
  );
const other = fc.constantFrom(
  'just: text\n',
  '# a comment\n# packetpath-disable-file selector/service-matches-nothing\n',
  'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    team: a\n',
  'apiVersion: v1\nkind: Service\nmetadata: {name: broken\n',
);
const text = fc
  .array(fc.oneof({ arbitrary: service, weight: 4 }, { arbitrary: workload, weight: 4 }, { arbitrary: policy, weight: 3 }, ingress, other), { maxLength: 4 })
  .map((documents) => documents.join('---\n'));

const paths = ['a.yaml', 'b.yaml', 'c.yaml', 'patches/d.yaml'] as const;
const step = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('set' as const), path: fc.constantFrom<string>(...paths), text }), weight: 5 },
  {
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      path: fc.constantFrom<string>(...paths),
      from: fc.constantFrom('web', 'shop', '8080', 'app: api', '---\n', 'kind: NetworkPolicy'),
      to: fc.constantFrom('api', 'pay', '80', 'app: db', '---\n# a line more\n', 'kind: ConfigMap'),
    }),
    weight: 6,
  },
  { arbitrary: fc.record({ kind: fc.constant('remove' as const), path: fc.constantFrom<string>(...paths) }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      path: fc.constantFrom('kustomization.yaml', '.packetpath.yaml'),
      text: fc.constantFrom(
        'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: pay\nresources: [a.yaml, b.yaml]\npatches:\n  - {path: patches/d.yaml}\n',
        'rules: {selector/service-matches-nothing: error}\n',
        'cluster: {cni: flannel}\n',
      ),
    }),
    weight: 1,
  },
  { arbitrary: fc.record({ kind: fc.constant('look' as const) }), weight: 6 },
);

/** Everything but the number of the revision, for each context. */
function seen(workspace: Workspace): readonly unknown[] {
  const snapshot = workspace.snapshot();
  return snapshot.contexts.map(({ id }) => ({ ...topologyAnswer(snapshot, { context: id }), revision: 0 }));
}

describe('the answer to the panel after any session of edits', () => {
  test('is that of a new workspace', { timeout: 240_000 }, () => {
    let cards = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 14 }), (steps) => {
        const files = new Map<string, string>();
        const workspace = workspaceOf({});
        const check = (): void => {
          const now = seen(workspace);
          expect(now).toEqual(seen(workspaceOf(Object.fromEntries(files))));
          cards += JSON.stringify(now).split('"shape"').length - 1;
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
      { numRuns: 150, seed: 20240611 },
    );
    // A property of nothing would hold as well.
    expect(cards).toBeGreaterThan(1_000);
  });
});
