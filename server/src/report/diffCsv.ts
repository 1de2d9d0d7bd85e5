/** What an edit opens and closes as a table: a row for every connection. */
import type { Peer } from '../connectivity/peers';
import { csvRows } from './connectivityCsv';
import { portsText } from './connectivityReport';
import type { DiffReport } from './diffReport';
import { causeText } from './diffText';

/** RFC 4180. Ports are empty where nothing was or is allowed. */
export function diffCsv(report: DiffReport): string {
  const name = (peer: Peer): string => (peer.kind === 'external' ? peer.ranges.join(' ') : peer.id);
  return csvRows([
    ['context', 'change', 'from', 'to', 'before', 'after', 'because'],
    ...report.changes.map(({ context, change, from, to, before, after, because }) => [
      context,
      change,
      name(from),
      name(to),
      before === null ? '' : portsText(before),
      after === null ? '' : portsText(after),
      because.map(causeText).join('; '),
    ]),
  ]);
}
