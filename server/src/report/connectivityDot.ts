/** Connectivity as a graph for Graphviz, a cluster for every context and namespace. */
import type { Peer } from '../connectivity/peers';
import { type ConnectivityReport, contextName, peerText, portsText } from './connectivityReport';
import { oneLine } from './paint';

/** https://graphviz.org/doc/info/lang.html */
export function connectivityDot(report: ConnectivityReport): string {
  const lines = ['digraph connectivity {', '  rankdir=LR;', '  node [shape=box];'];
  report.contexts.forEach((context, number) => {
    const ids = new Map(context.peers.map((peer, position) => [peer.id, `p${number}_${position}`]));
    lines.push(`  subgraph cluster_${number} {`, `    label=${quoted(contextName(report, context))};`);
    const namespaces = new Map<string, Peer[]>();
    for (const peer of context.peers)
      if (peer.kind === 'workload') namespaces.set(peer.namespace, [...(namespaces.get(peer.namespace) ?? []), peer]);
      else lines.push(`    ${ids.get(peer.id) ?? ''} [label=${quoted(peerText(peer))}, shape=ellipse];`);
    [...namespaces].forEach(([namespace, peers], place) => {
      lines.push(`    subgraph cluster_${number}_${place} {`, `      label=${quoted(namespace)};`);
      for (const peer of peers)
        lines.push(`      ${ids.get(peer.id) ?? ''} [label=${quoted(peer.kind === 'workload' ? `${peer.workloadKind} ${peer.name}` : peer.id)}];`);
      lines.push('    }');
    });
    for (const { from, to, allowed } of context.connections)
      lines.push(`    ${ids.get(from) ?? ''} -> ${ids.get(to) ?? ''} [label=${quoted(portsText(allowed))}];`);
    lines.push('  }');
  });
  return `${[...lines, '}'].join('\n')}\n`;
}

function quoted(text: string): string {
  return `"${oneLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
