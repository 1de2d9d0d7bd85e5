/** How the lanes are called, after what stands in them. */
import type { LaneKind, TopologyCard } from '../../../server/src/protocol/topology';

export type LaneTitles = Readonly<Record<LaneKind, string>>;

const usual: LaneTitles = {
  outside: 'Outside, callers',
  'load-balancer': 'Load balancer',
  ingress: 'Ingress',
  service: 'Service',
  workload: 'Workload',
  container: 'Containers',
};

export function titlesOf(cards: readonly TopologyCard[]): LaneTitles {
  const named = (lane: LaneKind, is: (kind: string) => boolean, alone: string, beside: string): string => {
    const kinds = cards.filter((card) => card.lane === lane).map(({ object }) => object?.kind ?? '');
    if (!kinds.some(is)) return usual[lane];
    return kinds.every(is) ? alone : beside;
  };
  return {
    ...usual,
    'load-balancer': named('load-balancer', (kind) => kind === 'Gateway', 'Gateway', 'Balancer, gateway'),
    ingress: named('ingress', (kind) => kind.endsWith('Route'), 'Route', 'Ingress, route'),
  };
}
