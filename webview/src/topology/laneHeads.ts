/** The heads of the lanes, which stay on top of the drawing while it scrolls: title and count, set smaller where the drawing is. */
import type { Topology } from '../../../server/src/protocol/topology';
import { el } from '../dom';
import { icon } from '../icons';
import { measureText, type Font } from '../measureText';
import { iconButton } from '../toolkit';
import { hasHead, type Lane } from './lanes';
import type { TopologyDrawing } from './layout';

const fontSize = 11;
const leastFontSize = 8.5;
/** Below, a strip is too narrow for words of its own above it. */
const stripHeadsFrom = 0.75;

export function drawLaneHeads(topology: Topology, drawing: TopologyDrawing, zoom: number, closeContainers: () => void): readonly HTMLElement[] {
  const { lanes, titles } = drawing;
  const size = Math.max(leastFontSize, fontSize * Math.min(1, zoom));
  const shown = lanes.order.filter((lane) => (lane.strip ? lane.kind !== 'container' && zoom >= stripHeadsFrom : true));
  const heads = shown.map((lane, index) => {
    const count = countIn(lane, topology);
    const next = shown[index + 1];
    const room = ((next?.x ?? lanes.width) - lane.x) * zoom - 8;
    const title = hasHead(lane, lanes) ? titleOf(lane, drawing, topology) : '';
    const font: Font = { size, weight: 600 };
    // The count goes first where both do not fit.
    const countFits = measureText(title, font) + 6 + measureText(String(count), font) <= room;
    const head = el(
      'div',
      { class: lane.strip ? `lane-head strip-head ${lane.kind}-head` : 'lane-head', title: `${titles[lane.kind]}: ${count}` },
      title,
      !lane.strip && countFits && el('span', { class: 'lane-count' }, count),
    );
    head.style.left = `${Math.round(lane.x * zoom)}px`;
    if (size < fontSize) head.style.fontSize = `${size}px`;
    if (lane.strip) head.style.width = `${Math.round(lane.width * zoom)}px`;
    else head.style.maxWidth = `${Math.round(room)}px`;
    return head;
  });
  const { container } = lanes.byKind;
  return container.strip ? heads : [...heads, closeButton((container.x + container.width) * zoom, closeContainers)];
}

function countIn({ kind }: Lane, { cards }: Topology): number {
  return kind === 'container'
    ? cards.reduce((sum, card) => sum + card.containers.length, 0)
    : cards.filter((card) => card.lane === kind && card.shape !== 'ghost').length;
}

function closeButton(right: number, onClick: () => void): HTMLElement {
  const close = iconButton({ label: 'Hide the containers', icon: icon('chevronLeft'), onClick });
  close.classList.add('lane-close');
  close.style.left = `${Math.round(right) - 22}px`;
  return close;
}

/** The head of an empty lane reaches to the left; where the head before it needs that room, it is cut to its initials, and the tooltip says all. */
function titleOf(lane: Lane, { lanes: { byKind }, titles }: TopologyDrawing, topology: Topology): string {
  const title = titles[lane.kind];
  if (!lane.strip || lane.kind !== 'load-balancer') return title;
  const font: Font = { size: fontSize, weight: 600 };
  const before = `${titles.outside}  ${topology.cards.filter((card) => card.lane === 'outside').length}`;
  const room = lane.x + lane.width - byKind.outside.x - measureText(before, font) - 10;
  return measureText(title, font) <= room ? title : 'LB';
}
