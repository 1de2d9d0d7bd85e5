/** What comes after a hop that these files do not decide: it holds only if the packet is let through. */
import type { Hop } from '../../../server/src/protocol/trace';
import type { MarkName } from '../marks';
import { verdictWord } from './words';

/** The first hop whose answer is not known, if others come after it; what follows is conditional. */
export function unsureFrom(hops: readonly Hop[]): number {
  const at = hops.findIndex((hop) => hop.verdict === 'unknown');
  return at < 0 ? Infinity : at;
}

/** What stands before the hops that follow one that is not known; undefined after any other. */
export function conditionAfter(hop: Hop | undefined): string | undefined {
  if (hop?.verdict !== 'unknown') return undefined;
  return hop.kind === 'policy-ingress' || hop.kind === 'policy-egress' ? 'If it is let through:' : 'If so:';
}

/** Under a condition a packet is not delivered but would be. */
export function conditionalMark(verdict: Hop['verdict'], conditional: boolean): MarkName {
  return conditional && verdict === 'delivered' ? 'forwarded' : verdict;
}

export function conditionalWord(verdict: Hop['verdict'], conditional: boolean): string {
  return conditional && verdict === 'delivered' ? 'would be delivered' : verdictWord(verdict);
}
