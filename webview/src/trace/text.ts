/** Sentences with `code` in them, evidence links, and words in the colour of a verdict. */
import type { SourceRef } from '../../../server/src/protocol/source';
import type { Evidence, Hop, Verdict } from '../../../server/src/protocol/trace';
import { el } from '../dom';
import type { Child } from '../dom';
import { inkOf } from '../marks';
import { link } from '../toolkit';
import { decidingEvidence } from './evidence';
import { fileName, verdictWord } from './words';

export { decidingEvidence };

/** A sentence in which backticks mark code; everything else is plain text. */
export function sentence(text: string): readonly Child[] {
  return text
    .split(/(`[^`\n]{1,200}`)/)
    .map((part) => (part.length > 2 && part.startsWith('`') && part.endsWith('`') ? el('code', null, part.slice(1, -1)) : part));
}

/** `file:line` as a link to the text; undefined while nothing says which file. */
export function evidenceLink(evidence: Evidence, reveal: (at: SourceRef) => void): HTMLElement {
  const uri = evidence.uri ?? evidence.at.uri;
  const line = evidence.range?.start.line;
  const label = `${fileName(uri)}${line === undefined ? '' : `:${line}`}`;
  return link({ label, title: `${evidence.note} — ${uri}`, onClick: () => reveal(evidence.at) });
}

/** The places that decide a hop, each once; of one that stops the packet the deciding place comes first. */
export function evidenceOf(hop: Hop): readonly Evidence[] {
  const seen = new Set<string>();
  const first = hop.verdict === 'dropped' || hop.verdict === 'rejected' ? decidingEvidence(hop) : undefined;
  return [...(first ? [first] : []), ...hop.because].filter((evidence) => {
    const key = `${evidence.at.uri} ${evidence.at.document} ${evidence.range?.start.line ?? JSON.stringify(evidence.at.path)}`;
    if (seen.has(key) || evidence.at.uri === '') return false;
    seen.add(key);
    return true;
  });
}

export function verdictSpan(verdict: Verdict): HTMLElement | undefined {
  const word = verdictWord(verdict);
  return word === '' ? undefined : el('span', { class: `verdict ink-text ${inkOf(verdict)}` }, word);
}
