/** Who is offered as the sender to a destination. */
import { describe, expect, it } from 'vitest';
import { sendersTo } from '../../client/src/senders';
import { exampleManifest } from '../../client/src/panel/exampleManifest';
import { topologyAnswer } from '../../server/src/features/panelData';
import { snapshotOf } from '../support/workspaceOf';

const answer = topologyAnswer(snapshotOf(exampleManifest), {});
const labels = (to: string): { callers: string[]; others: string[] } => {
  const { callers, others } = sendersTo(answer, to);
  return { callers: callers.map(({ label }) => label), others: others.map(({ label }) => label) };
};

describe('senders', () => {
  it.each([
    ['service/default/orders', ['website'], ['orders', 'reports', 'internet']],
    ['deployment/default/orders', ['website'], ['reports', 'internet']],
    ['service/default/website', ['internet'], ['orders', 'reports', 'website']],
    ['deployment/default/reports', [], ['orders', 'website', 'internet']],
  ])('to %s: %j call it, then %j', (to, callers, others) => expect(labels(to)).toEqual({ callers, others }));
});
