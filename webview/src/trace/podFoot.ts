/** What a list of hops inside a pod ends with: why its containers have one network. */
import { el } from '../dom';
import { icon } from '../icons';
import type { Journey } from './journey';

/** Undefined where the packet leaves the pod, or where the network is that of the node (https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking). */
export function podFoot({ hops }: Journey): HTMLElement | undefined {
  if (!hops.some(({ shares }) => shares?.kind === 'network' && shares.heldBy === 'pause')) return undefined;
  return el(
    'div',
    { class: 'hop-foot pod-foot' },
    el('div', { class: 'hop-mark' }, icon('lock')),
    el('div', null, 'pause starts first and holds the network. A container can restart without losing the pod’s address.'),
  );
}
