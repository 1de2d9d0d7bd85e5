/** A trace as Markdown: a heading and a table of hops for each branch. */
import type { Branch, Remedy, Trace } from '../protocol/trace';
import { markdownText as escape } from './markdown';
import { traceCommand } from './traceCommand';
import { endOf, outcomeWords, percentOf, placeOf } from './traceText';

/** Everything from manifests is escaped, so that names with Markdown or HTML stay text. */
export function traceMarkdown(trace: Trace, options: { readonly expert: boolean } = { expert: false }): string {
  const { flow } = trace;
  const lines = [`### ${escape(flow.from)} → ${escape(flow.to)}, ${flow.protocol ?? 'TCP'} ${flow.port ?? ''}: ${outcomeWords[trace.outcome]}`];
  for (const branch of trace.branches) lines.push('', ...table(branch, trace.branches.length > 1, options.expert));
  const notes = [
    ...[...trace.unknowns.map((unknown) => `Not known: ${unknown.what}.`), ...trace.warnings].map(escape),
    ...[...trace.remedies, ...(trace.tips ?? [])].map(proposal),
  ];
  if (notes.length > 0) lines.push('', ...notes.map((note) => `- ${note}`));
  return `${lines.join('\n')}\n`;
}

/** The sentence, and the command that asks the other question. */
function proposal({ what, flow }: Remedy): string {
  return flow ? `${escape(what)} (${escape(traceCommand(flow))})` : escape(what);
}

function table(branch: Branch, several: boolean, expert: boolean): string[] {
  const title = several ? [`**${escape(branch.label)}** (${percentOf(branch.share)}): ${outcomeWords[branch.outcome]}`, ''] : [];
  const rows = branch.hops.map((hop, position) => {
    const device = hop.device ?? hop.kind;
    const packet = `${endOf(hop.after.source)} → ${endOf(hop.after.destination)}`;
    return `| ${position + 1} | ${escape(hop.at.name)} | ${escape(device)} | ${hop.verdict} | ${escape(packet)} | ${escape(expert ? hop.expert : hop.plain)} | ${hop.because
      .slice(0, 2)
      .map((one) => escape(placeOf(one)))
      .join(', ')} |`;
  });
  return [...title, '| # | where | device | verdict | packet afterwards | what happens | because |', '|---|---|---|---|---|---|---|', ...rows];
}
