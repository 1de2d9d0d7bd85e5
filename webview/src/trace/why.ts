/** For what does not arrive: the text that decides it, each policy that was asked, and what would have to change. */
import type { SourceRef } from '../../../server/src/protocol/source';
import type { Branch, Evidence, Excerpt, Flow, Hop, PolicyAnswer, Remedy, RemedyEdit, Trace, Unknown } from '../../../server/src/protocol/trace';
import { el } from '../dom';
import type { Child } from '../dom';
import { mark } from '../marks';
import { button, link } from '../toolkit';
import { decidingHop } from './journey';
import { decidingEvidence, evidenceLink, evidenceOf, sentence } from './text';
import { plural } from './words';
import { insertionLines, yamlPieces } from './yamlLines';

export interface WhyHost {
  reveal(at: SourceRef): void;
  preview(remedy: number): void;
  tryRemedy(remedy: number | null): void;
  ask(question: Flow): void;
}

/** Undefined when there is nothing to explain: the branch arrives, and nothing is unknown. */
export function drawWhy(trace: Trace, branch: Branch, host: WhyHost): HTMLElement | undefined {
  const last = decidingHop(branch);
  const stops = branch.outcome !== 'delivered' && last?.verdict !== 'delivered';
  const change = trace.remedies.length > 0 ? drawRemedies(trace, last?.because ?? [], host) : undefined;
  if (!stops && trace.unknowns.length === 0 && !change) return undefined;
  return el(
    'section',
    { class: `why${change ? '' : ' alone'}`, 'aria-label': 'Why' },
    el('div', { class: 'why-left' }, stops && last ? drawReason(last, host) : undefined, trace.unknowns.length > 0 && drawUnknowns(trace.unknowns, host)),
    change,
  );
}

function drawReason(hop: Hop, host: WhyHost): Child {
  const deciding = decidingEvidence(hop);
  const policies = inOrder(hop.policies ?? [], deciding);
  return [
    el('div', { class: 'why-head' }, el('h2', null, 'Why'), deciding && evidenceLink(deciding, (at) => host.reveal(at))),
    deciding?.excerpt && drawExcerpt(deciding.excerpt, hop.verdict === 'unknown' ? 'in-question' : 'marked'),
    policies.length > 0 &&
      el(
        'div',
        { class: 'policies' },
        policies.map((policy) => policyRow(policy, host)),
      ),
    el('p', { class: 'why-sum' }, policies.length > 1 ? sumOf(hop, policies) : sentence(hop.plain)),
    !deciding?.excerpt && moreLinks(evidenceOf(hop), host),
  ];
}

/** The policy that the shown text is of comes first. */
function inOrder(policies: readonly PolicyAnswer[], deciding: Evidence | undefined): readonly PolicyAnswer[] {
  const shown = (policy: PolicyAnswer): boolean => policy.at.uri === deciding?.at.uri && policy.at.document === deciding.at.document;
  return [...policies.filter(shown), ...policies.filter((policy) => !shown(policy))];
}

function moreLinks(evidence: readonly Evidence[], host: WhyHost): Child {
  return (
    evidence.length > 1 &&
    el(
      'div',
      { class: 'hop-links' },
      evidence.slice(1).map((each) => [evidenceLink(each, (at) => host.reveal(at)), ' ', el('span', { class: 'secondary' }, each.note), ' ']),
    )
  );
}

function policyRow(policy: PolicyAnswer, host: WhyHost): HTMLElement {
  const name = policy.allows === true ? 'allowed' : policy.allows === false ? 'no-rule' : 'unknown';
  const title = link({ label: policy.name, title: 'Open the policy', onClick: () => host.reveal(policy.at) });
  return el('div', { class: 'policy-row' }, mark(name, 16), el('strong', null, title), el('span', null, sentence(policy.reason)));
}

/** "Two policies select the pod. Neither lets this packet through." */
export function sumOf(hop: Pick<Hop, 'kind' | 'verdict'>, policies: readonly Pick<PolicyAnswer, 'allows'>[]): string {
  const count = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'][policies.length] ?? String(policies.length);
  const end = hop.kind === 'policy-egress' ? 'the pod that sends' : 'the pod that receives';
  const none = policies.length === 2 ? 'Neither' : 'None of them';
  if (hop.verdict === 'unknown') return `${count} policies select ${end}. What they say of this packet cannot be known from these files.`;
  return `${count} policies select ${end}. ${none} lets this packet through, so it is dropped.`;
}

function drawExcerpt(excerpt: Excerpt, marking: 'marked' | 'in-question'): HTMLElement {
  return el(
    'div',
    { class: 'excerpt', role: 'figure', 'aria-label': 'The text that decides it' },
    excerpt.lines.map((text, index) => {
      const number = excerpt.firstLine + index;
      return codeLine(String(number), text, excerpt.marked.includes(number) ? marking : '');
    }),
  );
}

function codeLine(gutter: string, text: string, className: string): HTMLElement {
  return el(
    'div',
    { class: `code-line ${className}` },
    el('span', { class: 'gutter' }, gutter),
    el(
      'span',
      { class: 'code' },
      yamlPieces(text).map(({ text: piece, kind }) => (kind === 'plain' ? piece : el('span', { class: `yaml-${kind}` }, piece))),
    ),
  );
}

function drawRemedies(trace: Trace, evidence: readonly Evidence[], host: WhyHost): HTMLElement {
  const helping = trace.remedies.map((remedy, index) => ({ remedy, index })).filter(({ remedy }) => remedy.helps);
  const useless = trace.remedies.filter((remedy) => !remedy.helps);
  return el(
    'div',
    { class: 'why-right' },
    el('div', { class: 'why-head' }, el('h2', null, helping.length > 0 ? 'What would have to change' : 'What would be no use')),
    helping.map(({ remedy, index }, order) =>
      el(
        'div',
        { class: 'remedy' },
        el('p', null, helping.length > 1 && el('strong', { class: 'remedy-number' }, String(order + 1)), sentence(remedy.what), askLink(remedy, host)),
        (remedy.edits ?? []).map((edit) => drawInsertion(edit, excerptFor(edit, evidence))),
        previewButton(remedy, index, host),
      ),
    ),
    useless.map((remedy) => el('p', { class: 'no-use' }, sentence(/^no use/i.test(remedy.what) ? remedy.what : `No use: ${remedy.what}`))),
  );
}

/** A remedy that is another question can be asked at once. */
function askLink({ flow, ask = 'Trace that' }: Remedy, host: WhyHost): Child {
  return flow && [' ', link({ label: ask, onClick: () => host.ask(flow) })];
}

function previewButton(remedy: Remedy, index: number, host: WhyHost): Child {
  return (
    (remedy.edits?.length ?? 0) > 0 &&
    el(
      'div',
      { class: 'remedy-buttons' },
      button({ label: 'Preview the edit', primary: true, onClick: () => host.preview(index) }),
      remedy.edits?.every((edit) => edit.change) && button({ label: 'Trace with this edit', onClick: () => host.tryRemedy(index) }),
    )
  );
}

function drawInsertion(edit: RemedyEdit, excerpt: Excerpt | undefined): HTMLElement {
  const lines = insertionLines(edit, excerpt);
  return el(
    'div',
    { class: 'excerpt insertion', role: 'figure', 'aria-label': 'The text to insert' },
    lines.before && codeLine(String(lines.before.number), lines.before.text, ''),
    lines.added.map((text) => codeLine('+', text, 'added')),
  );
}

function drawUnknowns(unknowns: readonly Unknown[], host: WhyHost): HTMLElement {
  const kinds = withoutTwins(unknowns);
  return el(
    'div',
    { class: 'unknowns' },
    el('div', { class: 'why-head' }, el('h2', null, 'What would have to be known')),
    kinds.slice(0, 20).map(({ unknown, alike }) =>
      el(
        'div',
        { class: 'policy-row' },
        mark('unknown', 16, true),
        el(
          'div',
          null,
          sentence(unknown.what),
          alike > 0 && el('span', { class: 'secondary' }, ` (and ${plural(alike, 'more pod')} in the same way)`),
          ' ',
          unknown.because.slice(0, 2).map((evidence) => [evidenceLink(evidence, (at) => host.reveal(at)), ' ']),
        ),
      ),
    ),
    kinds.length > 20 && el('p', { class: 'secondary' }, `and ${plural(kinds.length - 20, 'thing')} more`),
  );
}

/** Pods of one workload are unknown for one reason, which is said once: what differs are their names, what decides is the same. */
function withoutTwins(unknowns: readonly Unknown[]): readonly { readonly unknown: Unknown; readonly alike: number }[] {
  const byEvidence = new Map<string, { unknown: Unknown; alike: number }>();
  for (const unknown of unknowns) {
    const key = unknown.because.length === 0 ? unknown.what : JSON.stringify([unknown.because.map(({ at, role }) => [at, role]), withoutNumbers(unknown.what)]);
    const before = byEvidence.get(key);
    if (before) before.alike += 1;
    else byEvidence.set(key, { unknown, alike: 0 });
  }
  return [...byEvidence.values()];
}

/** `frontend-2` and `frontend-1` are pods of one workload. */
function withoutNumbers(text: string): string {
  return text.replace(/-\d+\b/g, '-N');
}

/** The text around the place of the edit, where some evidence shows it. */
function excerptFor(edit: RemedyEdit, evidence: readonly Evidence[]): Excerpt | undefined {
  const { afterLine } = edit;
  return evidence.find(
    ({ at, excerpt }) =>
      excerpt && at.uri === edit.at.uri && afterLine !== undefined && afterLine >= excerpt.firstLine && afterLine < excerpt.firstLine + excerpt.lines.length,
  )?.excerpt;
}
