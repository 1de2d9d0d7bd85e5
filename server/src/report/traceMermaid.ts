/** A trace as a Mermaid flowchart, one chain of hops a branch. */
import type { Hop, Trace } from '../protocol/trace';
import { mermaidComment as comment, mermaidText as escape } from './mermaid';
import { outcomeWords, packetChange, percentOf } from './traceText';

/** Without code fences. Everything from manifests is escaped as Mermaid's entities, so that it can neither break the chart nor become HTML. */
export function traceMermaid(trace: Trace): string {
  const { flow } = trace;
  const lines = ['flowchart LR', `  %% ${comment(`${flow.from} to ${flow.to}, ${flow.protocol ?? 'TCP'} ${flow.port ?? ''}: ${outcomeWords[trace.outcome]}`)}`];
  trace.branches.forEach((branch, number) => {
    const id = (position: number): string => `b${number}h${position}`;
    lines.push(
      `  subgraph b${number}["${escape(`${branch.label}: ${outcomeWords[branch.outcome]}${trace.branches.length > 1 ? `, ${percentOf(branch.share)}` : ''}`)}"]`,
    );
    branch.hops.forEach((hop, position) => {
      lines.push(`    ${id(position)}${shape(hop)}`);
      if (position > 0) lines.push(`    ${id(position - 1)} --> ${id(position)}`);
    });
    branch.notReached.forEach((hop, position) => {
      const at = branch.hops.length + position;
      lines.push(`    ${id(at)}${shape(hop)}`);
      if (at > 0) lines.push(`    ${id(at - 1)} -.-> ${id(at)}`);
      lines.push(`    style ${id(at)} stroke-dasharray: 4 3`);
    });
    lines.push('  end');
  });
  return `${lines.join('\n')}\n`;
}

function shape(hop: Hop): string {
  const change = packetChange(hop.before, hop.after);
  const text = [hop.device ?? hop.kind, hop.at.name, hop.verdict, ...(change === '' ? [] : [change])].map(escape).join('<br/>');
  switch (hop.verdict) {
    case 'dropped':
    case 'rejected':
      return `{{"${text}"}}`;
    case 'allowed':
    case 'not-enforced':
      return `[/"${text}"/]`;
    case 'delivered':
      return `(["${text}"])`;
    default:
      return `["${text}"]`;
  }
}
