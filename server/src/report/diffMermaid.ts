/** What an edit opens and closes as a Mermaid flowchart: opened thick, closed dotted, changed plain. */
import type { Peer } from '../connectivity/peers';
import { peerText } from './connectivityReport';
import type { DiffReport, ReportedChange } from './diffReport';
import { changeText } from './diffText';
import { mermaidText } from './mermaid';

const arrows: Readonly<Record<ReportedChange['change'], { readonly arrow: string; readonly word: string }>> = {
  added: { arrow: '==>', word: 'opens' },
  removed: { arrow: '-.->', word: 'closes' },
  changed: { arrow: '-->', word: 'changes' },
};

/** Without code fences. */
export function diffMermaid(report: DiffReport): string {
  const lines = ['flowchart LR'];
  const contexts = [...new Set(report.changes.map(({ context }) => context))];
  contexts.forEach((context, number) => {
    const ids = new Map<string, string>();
    const edges: string[] = [];
    const nodes: string[] = [];
    const node = (peer: Peer): string => {
      let id = ids.get(peer.id);
      if (id === undefined) {
        ids.set(peer.id, (id = `p${number}n${ids.size}`));
        const text = mermaidText(peerText(peer));
        nodes.push(`    ${id}${peer.kind === 'workload' ? `["${text}"]` : `(["${text}"])`}`);
      }
      return id;
    };
    for (const change of report.changes.filter((one) => one.context === context)) {
      const { arrow, word } = arrows[change.change];
      edges.push(`    ${node(change.from)} ${arrow}|"${mermaidText(`${word}: ${changeText(change)}`)}"| ${node(change.to)}`);
    }
    lines.push(`  subgraph c${number}["${mermaidText(context)}"]`, ...nodes, ...edges, '  end');
  });
  return `${lines.join('\n')}\n`;
}
