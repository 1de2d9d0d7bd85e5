/** Connectivity as a table: a row for every connection. */
import { type ConnectivityReport, contextName, portsText } from './connectivityReport';
import { reasonText } from './connectivityText';

/** RFC 4180. Addresses stand with all their ranges. */
export function connectivityCsv(report: ConnectivityReport, { explain }: { readonly explain: boolean }): string {
  const rows = report.contexts.flatMap((context) => {
    const name = contextName(report, context);
    const names = new Map(context.peers.map((peer) => [peer.id, peer.kind === 'external' ? peer.ranges.join(' ') : peer.id]));
    return context.connections.map(({ from, to, allowed, because }) => [
      name,
      names.get(from) ?? from,
      names.get(to) ?? to,
      portsText(allowed),
      ...(explain ? [(because ?? []).map(reasonText).join('; ')] : []),
    ]);
  });
  return csvRows([['context', 'from', 'to', 'allowed', ...(explain ? ['because'] : [])], ...rows]);
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvRows(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => {
    const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
