/** Connectivity as a Mermaid flowchart, a subgraph for every context. */
import { type ConnectivityReport, contextName, peerText, portsText } from './connectivityReport';
import { mermaidText } from './mermaid';

/** Without code fences. */
export function connectivityMermaid(report: ConnectivityReport): string {
  const lines = ['flowchart LR'];
  report.contexts.forEach((context, number) => {
    const ids = new Map(context.peers.map((peer, position) => [peer.id, `p${number}n${position}`]));
    lines.push(`  subgraph c${number}["${mermaidText(contextName(report, context))}"]`);
    for (const peer of context.peers) {
      const text = mermaidText(peerText(peer));
      lines.push(`    ${ids.get(peer.id) ?? ''}${peer.kind === 'workload' ? `["${text}"]` : `(["${text}"])`}`);
    }
    for (const { from, to, allowed } of context.connections)
      lines.push(`    ${ids.get(from) ?? ''} -->|"${mermaidText(portsText(allowed))}"| ${ids.get(to) ?? ''}`);
    lines.push('  end');
  });
  return `${lines.join('\n')}\n`;
}
