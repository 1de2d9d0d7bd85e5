/** What the panel asks of the server beside traces: ports and pods of its endpoints, and a trace with an edit that is not made. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { topologyAnswer } from '../../server/src/features/panelData';
import { traceIn } from '../../server/src/features/traces';
import { withEdits } from '../../server/src/features/triedEdits';
import type { Flow } from '../../server/src/protocol/trace';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import { snapshotOf } from '../support/workspaceOf';

const shop = resolve(import.meta.dirname, '../../examples/shop');
const snapshot = snapshotOf(
  Object.fromEntries(
    readdirSync(shop)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => [name, readFileSync(join(shop, name), 'utf8')]),
  ),
);
const flow: Flow = { from: 'deployment/shop/worker', to: 'service/shop/database', port: 5432 };

function traced(on: Snapshot): ReturnType<typeof traceIn> {
  const [context] = on.contexts;
  if (!context) throw new Error('no context');
  return traceIn(on, context, flow);
}

describe('an edit that is not made', () => {
  const answer = traced(snapshot);
  const trace = answer.ok ? answer.traces[0] : undefined;
  const edits = trace?.remedies.find((remedy) => remedy.helps && remedy.edits)?.edits ?? [];

  test('lets the packet through in the answer, and nowhere else', () => {
    expect(trace?.outcome).toBe('dropped-policy-ingress');
    const tried = withEdits(snapshot, edits);
    const after = tried && traced(tried);
    expect(after?.ok && after.traces[0]?.outcome).toBe('delivered');
    const again = traced(snapshot);
    expect(again.ok && again.traces[0]?.outcome).toBe('dropped-policy-ingress');
  });

  test('is refused where its file is gone, or it has no exact change', () => {
    expect(withEdits(snapshotOf({}), edits)).toBeUndefined();
    expect(withEdits(snapshot, [{ at: { uri: 'file:///workspace/70-network-policies.yaml', document: 0, path: [] }, insert: 'a: b' }])).toBeUndefined();
  });
});

describe('endpoints', () => {
  const manifests = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
---
apiVersion: v1
kind: Node
metadata: { name: big }
spec: { podCIDR: 10.1.0.0/24 }
`;
  const { endpoints, topology } = topologyAnswer(snapshotOf(manifests), {});
  const of = (endpoint: string): (typeof endpoints)[number] | undefined => endpoints.find((each) => each.endpoint === endpoint);

  test('of a workload that declares no port have the ports that Services send to it', () => {
    expect(of('deployment/default/web')?.ports).toEqual([{ number: 8080, name: 'http', protocol: 'TCP' }]);
  });

  test('say which pods stand behind them', () => {
    const pods = [{ workload: 'deployment/default/web', label: 'web', count: 3 }];
    expect(of('service/default/web')?.pods).toEqual(pods);
    expect(of('deployment/default/web')?.pods).toEqual(pods);
    expect(of('internet')?.pods).toBeUndefined();
  });

  test('stand beside the nodes that the files describe', () => {
    expect(topology?.nodes?.map(({ name, says }) => `${name}: ${says}`)).toEqual(['big: pods 10.1.0.0/24']);
  });
});
