/** Connectivity of a context as a Markdown document: a matrix while it is small enough to read, else a list by source. */
import type { Peer } from '../connectivity/peers';
import { type ConnectivityAnswer, peerText, portsText, type ReportedConnectivity } from './connectivityReport';
import { markdownTable, markdownText } from './markdown';

const mostColumns = 24;

export function connectivityMarkdown({ report, notes }: ConnectivityAnswer): string {
  const lines = ['# Who may talk to whom', '', 'As the network policies of these files say, whether or not the network plugin enforces them.'];
  for (const context of report.contexts) {
    lines.push('', `## ${markdownText(context.label)} (${markdownText(context.id)})`, '');
    const targets = new Set(context.connections.map(({ to }) => to));
    const columns = context.peers.filter((peer) => peer.kind === 'workload' || targets.has(peer.id));
    lines.push(...(context.peers.length === 0 ? ['No workloads.'] : columns.length <= mostColumns ? matrix(context, columns) : list(context)));
  }
  if (notes.length > 0) lines.push('', '## Notes', '', ...notes.map((note) => `- ${markdownText(note)}`));
  return `${lines.join('\n')}\n`;
}

/** Rows send, columns receive. Of two ends outside nothing is said. */
function matrix({ peers, connections }: ReportedConnectivity, columns: readonly Peer[]): string[] {
  const allowed = new Map(connections.map(({ from, to, allowed: ports }) => [`${from} ${to}`, portsText(ports)]));
  const senders = new Set(connections.map(({ from }) => from));
  const rows = peers.filter((peer) => peer.kind === 'workload' || senders.has(peer.id));
  const name = shortNames(peers);
  return markdownTable(
    ['from \\ to', ...columns.map(name)],
    rows.map((row) => [
      name(row),
      ...columns.map((column) =>
        row.id === column.id || (row.kind !== 'workload' && column.kind !== 'workload') ? '·' : markdownText(allowed.get(`${row.id} ${column.id}`) ?? '–'),
      ),
    ]),
  );
}

function list({ peers, connections }: ReportedConnectivity): string[] {
  const name = shortNames(peers);
  const byId = new Map(peers.map((peer) => [peer.id, name(peer)]));
  return markdownTable(
    ['from', 'to', 'allowed'],
    connections.map(({ from, to, allowed }) => [byId.get(from) ?? '', byId.get(to) ?? '', markdownText(portsText(allowed))]),
  );
}

/** The name alone where it is the only one, else with namespace and kind. */
function shortNames(peers: readonly Peer[]): (peer: Peer) => string {
  const counts = new Map<string, number>();
  for (const peer of peers) if (peer.kind === 'workload') counts.set(peer.name, (counts.get(peer.name) ?? 0) + 1);
  return (peer) => markdownText(peer.kind === 'workload' && counts.get(peer.name) === 1 ? peer.name : peerText(peer));
}
