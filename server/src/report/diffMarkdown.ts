/** What an edit opens and closes as a Markdown document. */
import { peerText } from './connectivityReport';
import type { DiffAnswer, ReportedChange } from './diffReport';
import { causeText, changeText, summary } from './diffText';
import { markdownTable, markdownText } from './markdown';

const words: Readonly<Record<ReportedChange['change'], string>> = { added: 'opens', removed: 'closes', changed: 'changes' };

/** `since`: what the working tree is compared with. */
export function diffMarkdown({ report, notes }: DiffAnswer, since: string): string {
  const lines = [`# What opens and closes since ${markdownText(since)}`];
  if (report.changes.length === 0) lines.push('', 'No connection opens, closes or changes.');
  for (const context of new Set(report.changes.map((change) => change.context))) {
    const changes = report.changes.filter((change) => change.context === context);
    lines.push('', `## ${markdownText(context)}: ${summary(changes)}`, '');
    lines.push(
      ...markdownTable(
        ['', 'from', 'to', 'ports', 'because'],
        changes.map((change) => [
          words[change.change],
          markdownText(peerText(change.from)),
          markdownText(peerText(change.to)),
          markdownText(changeText(change)),
          markdownText(change.because.map(causeText).join('; ')),
        ]),
      ),
    );
  }
  if (notes.length > 0) lines.push('', '## Notes', '', ...notes.map((note) => `- ${markdownText(note)}`));
  return `${lines.join('\n')}\n`;
}
