/** Which piece of evidence a hop rests on. */
import type { Evidence, Hop } from '../../../server/src/protocol/trace';

/** The piece of evidence that decides: what denies before what selects, with its text at hand before without. */
export function decidingEvidence(hop: Hop): Evidence | undefined {
  const telling = hop.because.filter((evidence) => evidence.role === 'denies' || evidence.role === 'missing');
  const candidates = telling.length > 0 ? telling : hop.because;
  return candidates.find((evidence) => evidence.excerpt) ?? candidates[0];
}
