/** Large graphs: the part round one resource, and the switch of pods. */
import { describe, expect, it } from 'vitest';
import { aroundResource } from '../../webview/src/topology/around';
import { downOf } from '../../webview/src/topology/relations';
import { withReadiness } from '../../webview/src/store';
import { boutiqueTopology } from './harness/boutique';
import { largeTopology } from './harness/largeTopology';

describe('round a resource', () => {
  const topology = boutiqueTopology();

  it('stand its own cards, who reaches it, what it reaches and the pods behind that', () => {
    const part = aroundResource(topology, 'service/default/cartservice');
    expect(part?.cards.map((card) => card.id).sort()).toEqual([
      'caller:deployment/default/cartservice',
      'caller:deployment/default/checkoutservice',
      'caller:deployment/default/frontend',
      'deployment/default/cartservice',
      'deployment/default/redis-cart',
      'service/default/cartservice',
      'service/default/redis-cart',
    ]);
    const ids = new Set(part?.cards.map((card) => card.id));
    for (const edge of part?.edges ?? []) expect(ids.has(edge.from.card) && ids.has(edge.to.card)).toBe(true);
    expect(part?.gates.map((gate) => gate.workload).sort()).toEqual(['deployment/default/cartservice', 'deployment/default/redis-cart']);
  });

  it('is nothing where the resource is not there', () => expect(aroundResource(topology, 'service/default/gone')).toBeUndefined());

  it('stays small in a large graph', () => {
    const large = largeTopology(400);
    expect(aroundResource(large, 'service/stock/part-0003')?.cards.length).toBeLessThanOrEqual(60);
  });
});

describe('pods that are not ready', () => {
  it('are kept by workload, all of them without a count', () => {
    const one = withReadiness([], 'deployment/a/x', 1, 3);
    expect(one).toEqual([{ workload: 'deployment/a/x', count: 1 }]);
    expect(withReadiness(one, 'deployment/a/x', 3, 3)).toEqual([{ workload: 'deployment/a/x' }]);
    expect(withReadiness(withReadiness(one, 'deployment/a/b', 1, 1), 'deployment/a/x', 0, 3)).toEqual([{ workload: 'deployment/a/b' }]);
  });

  it('are never more than there are', () => {
    const [card] = boutiqueTopology().cards.filter((each) => each.endpoint !== undefined && each.lane === 'workload');
    if (!card) throw new Error('no workload');
    expect(downOf({ ...card, replicas: 2 }, [{ workload: card.endpoint ?? '', count: 9 }])).toBe(2);
    expect(downOf({ ...card, replicas: 2 }, [{ workload: card.endpoint ?? '' }])).toBe(2);
    expect(downOf(card, [])).toBe(0);
  });
});
