/** A word about packets that arrive: what another setting would make of them, with a link to the answer. */
import type { Flow, Remedy, Trace } from '../../../server/src/protocol/trace';
import { el } from '../dom';
import type { Child } from '../dom';
import { icon } from '../icons';
import { button, link } from '../toolkit';
import { sentence } from './text';

export interface TipHost {
  ask(question: Flow): void;
  /** Traces as if the edits of that tip were made. */
  tryTip(tip: number): void;
}

/** The tips below the outcome and its paths; undefined without any. One that is a button beside the outcome is left out. */
export function drawTips(trace: Trace, host: TipHost, narrow: boolean): HTMLElement | undefined {
  const tips = (trace.tips ?? []).map((tip, index) => ({ tip, index })).filter(({ tip }) => narrow || !tip.flow);
  if (tips.length === 0) return undefined;
  return el(
    'section',
    { class: 'tips', 'aria-label': 'Tips' },
    tips.map(({ tip, index }) => el('div', { class: 'tip' }, icon('bulb', 16), el('div', null, sentence(tip.what), tipLink(tip, index, host)))),
  );
}

/** Another question about the same packet stands as a button beside the outcome. */
export function askButton(trace: Trace, host: TipHost): HTMLElement | undefined {
  const tip = trace.tips?.find((each) => each.flow);
  const flow = tip?.flow;
  return flow && button({ label: tip.ask ?? 'Trace that', title: tip.what, onClick: () => host.ask(flow) });
}

/** Edits that cannot be made in the text are only told of. */
function tipLink({ flow, edits = [], ask = 'Trace that' }: Remedy, index: number, host: TipHost): Child {
  const onClick = flow ? () => host.ask(flow) : edits.length > 0 && edits.every((edit) => edit.change) ? () => host.tryTip(index) : undefined;
  return onClick && [' ', link({ label: ask, onClick })];
}
