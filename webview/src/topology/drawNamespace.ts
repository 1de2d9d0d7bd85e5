/** The row of a collapsed namespace: its name, what it holds, its worst finding. It reaches from the Services to the workloads. */
import { svg, svgTitle } from '../dom';
import type { TopologyCard } from '../../../server/src/protocol/topology';
import { iconAt } from '../icons';
import { cutMiddle, measureText, type Font } from '../measureText';
import { drawFinding, type CardLook } from './drawCard';
import { namespaceRowHeight } from './layout';

const titleFont: Font = { size: 11, weight: 600 };
const textFont: Font = { size: 11 };
const leastTitle = 70;

/** Fills the group of the card, its upper left corner at 0, 0. */
export function drawNamespaceRow(group: SVGGElement, card: TopologyCard, { width, dotsLeft }: CardLook): void {
  const middle = namespaceRowHeight / 2;
  group.append(
    svg('rect', { class: 'card-box', x: 0.5, y: 0.5, width: width - 1, height: namespaceRowHeight - 1, rx: 3 }),
    iconAt('chevronRight', 6, middle - 6.5),
  );
  let right = width - 10;
  if (card.finding) {
    const badge = drawFinding(card.finding.severity, card.finding.count);
    right -= badge.width - 4;
    badge.element.setAttribute('transform', `translate(${right} ${middle - 8.5})`);
    group.append(badge.element);
    right -= 10;
  }
  // What is counted last goes first where there is no room.
  const parts = (card.note ?? '').split(partsBetween);
  const title = measureText(card.title, titleFont);
  while (parts.length > 0 && 25 + Math.max(leastTitle, Math.min(title, width / 2)) + 12 + measureText(parts.join(partsBetween), textFont) > right) parts.pop();
  const counts = parts.join(partsBetween);
  if (counts !== '') {
    group.append(svg('text', { class: 'muted', x: right, y: middle + 4, 'text-anchor': 'end' }, counts));
    right -= measureText(counts, textFont) + 12;
  }
  group.append(svg('text', { class: 'card-title', x: 25, y: middle + 4 }, cutMiddle(card.title, Math.max(20, right - 25), titleFont)));
  const findings = card.finding && `${card.finding.count} ${card.finding.count === 1 ? 'finding' : 'findings'}, the worst: ${card.finding.severity}`;
  group.append(svgTitle([`Namespace ${card.title}`, card.note, findings, 'Click to open it'].filter(Boolean).join('\n')));
  if (dotsLeft.has('')) group.append(svg('circle', { class: 'dot', cx: 0, cy: middle, r: 3 }));
}

export const partsBetween = ' · ';
