/** How the trace that stands ends, told beside the topology: who switches a pod to not ready sees here what it does. */
import { el } from '../dom';
import { mark, markOfOutcome } from '../marks';
import { endpointLabel, outcomeTitle } from '../trace/words';
import { link } from '../toolkit';
import type { TopologyHost, TopologyViewState } from './host';

export function standingTrace({ trace, endpoints, notReady }: TopologyViewState, host: TopologyHost): HTMLElement | undefined {
  if (!trace) return undefined;
  const port = trace.flow.port === undefined ? '' : `:${trace.flow.port}`;
  return el(
    'div',
    { class: 'standing', role: 'status' },
    mark(markOfOutcome(trace.outcome), 16, true),
    el('span', { class: 'standing-ends' }, `${endpointLabel(trace.flow.from, endpoints)} → ${endpointLabel(trace.flow.to, endpoints)}${port}`),
    el('span', { class: 'standing-outcome', title: outcomeTitle(trace) }, outcomeTitle(trace)),
    notReady.length > 0 && el('span', { class: 'standing-note' }, 'with pods not ready'),
    el('span', { class: 'bar-space' }),
    link({ label: 'Show the trace', onClick: () => host.showTrace() }),
  );
}
