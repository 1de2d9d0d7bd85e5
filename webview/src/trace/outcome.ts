/** The line that says how it ended, and what the person should be warned of. */
import type { EndpointChoice } from '../../../server/src/protocol/panel';
import type { Branch, Trace } from '../../../server/src/protocol/trace';
import { el } from '../dom';
import { icon } from '../icons';
import { inkOf, mark, markOfOutcome } from '../marks';
import type { MarkName } from '../marks';
import { journeyOf } from './journey';
import { sentence } from './text';
import { chips, outcomeSentence, outcomeTitle, plural } from './words';

/** Whether the caller gets an answer is what the last hop does, where there is one path. */
function markOfTrace(trace: Trace): MarkName {
  const [only] = trace.branches;
  const last = trace.branches.length === 1 && only ? journeyOf(only).hops.at(-1)?.verdict : undefined;
  return last === 'dropped' || last === 'rejected' ? last : markOfOutcome(trace.outcome);
}

export interface OutcomeOptions {
  readonly narrow: boolean;
  /** What can be asked next, in place of the figures. */
  readonly action: HTMLElement | undefined;
}

export function drawOutcome(trace: Trace, branch: Branch | undefined, endpoints: readonly EndpointChoice[], { narrow, action }: OutcomeOptions): HTMLElement {
  const name = markOfTrace(trace);
  const guarded = !trace.branches.some((each) => each.hops.some((hop) => hop.verdict === 'not-enforced'));
  const bar = trace.outcome !== 'delivered' ? inkOf(name) : guarded ? 'no-bar' : inkOf('not-enforced');
  const assumptions = trace.assumptions ?? [];
  const warnings = trace.warnings.filter((warning) => !assumptions.includes(warning));
  const hops = branch ? journeyOf(branch).hops.length : 0;
  return el(
    'section',
    { class: `outcome ${bar}`, 'aria-label': 'Outcome' },
    el(
      'div',
      { class: 'outcome-line' },
      mark(name, 20, true),
      el(
        'div',
        { class: 'outcome-words' },
        el('strong', null, outcomeTitle(trace)),
        ' ',
        narrow
          ? el('span', { class: 'secondary' }, `${plural(hops, 'hop')}, ${trace.branches.length} ${trace.branches.length === 1 ? 'path' : 'paths'}`)
          : el('span', null, outcomeSentence(trace, endpoints)),
      ),
      action,
      !narrow &&
        !action &&
        el(
          'div',
          { class: 'chips' },
          chips(trace, branch).map(({ text, title }) => el('span', { class: 'chip', title }, text)),
        ),
    ),
    warnings.map((warning) => el('div', { class: 'outcome-warning' }, icon('warning', 14), el('div', null, sentence(warning)))),
    assumptions.length > 0 &&
      el('div', { class: 'outcome-warning outcome-assumption' }, icon('information', 14), el('div', null, sentence(assumptions.join(' ')))),
  );
}
