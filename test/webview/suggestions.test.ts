/** Questions that a page offers before anything was asked. */
import { describe, expect, it } from 'vitest';
import { exampleManifest } from '../../client/src/panel/exampleManifest';
import { topologyAnswer } from '../../server/src/features/panelData';
import { traceIn } from '../../server/src/features/traces';
import { suggestions } from '../../webview/src/suggestions';
import { snapshotOf, uriOf } from '../support/workspaceOf';

const snapshot = snapshotOf({ 'example.yaml': exampleManifest });
const { topology } = topologyAnswer(snapshot, {});

describe('the example', () => {
  it('has no finding, and both of the paths that its first lines promise', () => {
    expect(snapshot.findings(uriOf('example.yaml'))).toEqual([]);
    const outcomeOf = (from: string): string => {
      const [context] = snapshot.contexts;
      const answer = context && traceIn(snapshot, context, { from: `deployment/${from}`, to: 'service/orders', port: 9000 });
      return answer?.ok ? (answer.traces[0]?.outcome ?? '') : (answer?.error ?? '');
    };
    expect([outcomeOf('website'), outcomeOf('reports')]).toEqual(['delivered', 'dropped-policy-ingress']);
  });
});

describe('suggestions', () => {
  it('begin with the entry from outside and name each destination once', () => {
    expect(suggestions(topology).map(({ label }) => label)).toEqual(['internet → website', 'website → orders:9000']);
    expect(suggestions(topology, 1)).toHaveLength(1);
    expect(suggestions(null)).toEqual([]);
  });
  it('can be asked as they are', () => {
    const [context] = snapshot.contexts;
    for (const { flow } of suggestions(topology)) expect(context && traceIn(snapshot, context, flow).ok, flow.to).toBe(true);
  });
});
