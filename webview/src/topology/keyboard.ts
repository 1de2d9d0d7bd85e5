/** Where the arrow keys lead from a card of the drawing. Pure. */
import type { PlacedCard, TopologyDrawing } from './layout';

export type Arrow = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

export function isArrow(key: string): key is Arrow {
  return key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight';
}

/** Up and down stay in the lane. Left and right go along an edge, the nearest in height first, else to the nearest card of the next lane. */
export function nextCard(drawing: TopologyDrawing, from: string, arrow: Arrow): string | undefined {
  const here = drawing.cards.get(from);
  if (!here) return undefined;
  const others = [...drawing.cards.values()].filter((card) => card !== here);
  const distance = (card: PlacedCard): number => Math.abs(card.middle - here.middle);
  const nearest = (cards: readonly PlacedCard[]): string | undefined => [...cards].sort((a, b) => distance(a) - distance(b) || a.y - b.y)[0]?.card.id;
  if (arrow === 'ArrowUp' || arrow === 'ArrowDown') {
    const sign = arrow === 'ArrowUp' ? -1 : 1;
    return nearest(others.filter((card) => card.card.lane === here.card.lane && (card.y - here.y) * sign > 0));
  }
  const joined = new Set(
    drawing.edges.flatMap(({ edge }) =>
      arrow === 'ArrowRight' ? (edge.from.card === from ? [edge.to.card] : []) : edge.to.card === from ? [edge.from.card] : [],
    ),
  );
  const along = nearest(others.filter((card) => joined.has(card.card.id)));
  if (along !== undefined) return along;
  const beyond = others.filter((card) => (arrow === 'ArrowRight' ? card.x > here.x : card.x < here.x));
  const x = beyond.reduce(
    (best, card) => (arrow === 'ArrowRight' ? Math.min(best, card.x) : Math.max(best, card.x)),
    arrow === 'ArrowRight' ? Infinity : -Infinity,
  );
  return nearest(beyond.filter((card) => card.x === x));
}
