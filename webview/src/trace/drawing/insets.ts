/** Insets: where there is room in the pod row, what a Service or a policy says stands above the station that it decides. */
import type { NodeBlock, PlacedStop } from './nodeBlock';
import { explains } from './nodeBlock';
import type { InsetShape, Step } from './shapes';

const widest = 224;
const narrowest = 150;
const height = 74;
const top = 30;
const side = 12;
const apart = 12;

/** The most telling insets first, as many as fit beside the pods; the rest is told by the list alone. */
export function placeInsets(block: NodeBlock, left: number, nodeTop: number): readonly InsetShape[] {
  let free = freeRoom(block);
  const insets: InsetShape[] = [];
  for (const { placed, step } of candidates(block)) {
    const room = free.find(([start, end]) => end - start >= narrowest && placed.x >= start + 8 && placed.x <= end - 8);
    if (!room) continue;
    const width = Math.min(widest, room[1] - room[0]);
    const x = Math.min(Math.max(placed.x - width / 2, room[0]), room[1] - width);
    insets.push({
      x: left + x,
      y: nodeTop + top,
      width,
      height,
      step,
      anchor: { x: left + placed.x, y: nodeTop + placed.y - (placed.shape === 'gate' ? aboveGate(step) : placed.height / 2) },
    });
    free = free.flatMap((range) => (range === room ? [[range[0], x - apart] as const, [x + width + apart, range[1]] as const] : [range]));
  }
  return insets;
}

/** A gate that lets through, or perhaps does, has a mark above it; one that stops has it between its posts. */
function aboveGate({ hop }: Step): number {
  return hop.verdict === 'allowed' || hop.verdict === 'unknown' ? 36 : 18;
}

function freeRoom(block: NodeBlock): readonly (readonly [number, number])[] {
  const free: (readonly [number, number])[] = [];
  let start = side;
  for (const pod of [...block.pods].sort((a, b) => a.x - b.x)) {
    free.push([start, pod.x - apart]);
    start = pod.x + pod.width + apart;
  }
  free.push([start, block.width - side]);
  return free;
}

function candidates(block: NodeBlock): readonly { readonly placed: PlacedStop; readonly step: Step }[] {
  const list: { placed: PlacedStop; step: Step }[] = [];
  for (const placed of block.placed) {
    if (!placed.stop || !explains(placed.stop)) continue;
    const step = placed.stop.steps.find((candidate) => weight(candidate) > 0);
    if (step?.reached) list.push({ placed, step });
  }
  return list.sort((a, b) => weight(b.step) - weight(a.step) || a.step.index - b.step.index);
}

/** How much a person gains from the inset: what stops the packet, then what changes it, then what lets it in. */
function weight({ hop }: Step): number {
  if (hop.kind === 'policy-ingress' || hop.kind === 'policy-egress') {
    if (hop.verdict === 'dropped' || hop.verdict === 'rejected' || hop.verdict === 'unknown') return 5;
    if ((hop.policies ?? []).length === 0) return 0;
    return hop.kind === 'policy-ingress' ? 3 : 2;
  }
  if (hop.kind === 'service-translation') return 4;
  return hop.kind === 'source-translation' && hop.verdict === 'translated' ? 3.5 : 0;
}
