/** How far each caller stands from where traffic comes in. Pure. */
import type { TopologyCard, TopologyEdge } from '../../../server/src/protocol/topology';
import { compare, grouped } from './order';

/** Callers with those first from which the way from outside, or from a workload that nobody calls, is shortest. */
export function callersByDepth(shown: readonly TopologyCard[], edges: readonly TopologyEdge[]): readonly string[] {
  const callers = shown.filter((card) => card.shape === 'caller').map((card) => card.id);
  const next = new Map<string, string[]>();
  for (const [from, own] of grouped(edges, (edge) => edge.from.card))
    next.set(
      from,
      own.map((edge) => edge.to.card),
    );
  const present = new Set(callers);
  /** A workload goes on as the pill that stands for it. */
  const onward = (id: string): readonly string[] => (present.has(`caller:${id}`) ? [`caller:${id}`] : (next.get(id) ?? []));
  const called = new Set<string>();
  const walk = (starts: readonly string[], visit: (id: string, depth: number) => void): void => {
    const seen = new Set(starts);
    let wave = [...starts];
    for (let depth = 0; wave.length > 0; depth++) {
      const after: string[] = [];
      for (const id of wave) {
        visit(id, depth);
        for (const target of id.startsWith('caller:') ? (next.get(id) ?? []) : onward(id)) {
          if (seen.has(target)) continue;
          seen.add(target);
          after.push(target);
        }
      }
      wave = after;
    }
  };
  for (const edge of edges)
    if (edge.kind === 'selects' || edge.kind === 'enters') for (const id of onward(edge.to.card)) if (id.startsWith('caller:')) called.add(id);
  const starts = [...shown.filter((card) => card.shape === 'internet').map((card) => card.id), ...callers.filter((id) => !called.has(id))].sort(compare);
  const depths = new Map<string, number>();
  walk(starts, (id, depth) => depths.set(id, depth));
  return [...callers].sort((a, b) => (depths.get(a) ?? 9_999) - (depths.get(b) ?? 9_999) || compare(a, b));
}
