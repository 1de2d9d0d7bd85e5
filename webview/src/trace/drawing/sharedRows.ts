/** The rows under the packet's way inside a pod: each channel that the two containers share, and what each of them sees of it. */
import type { Hop, SharedMount } from '../../../../server/src/protocol/trace';
import { svg, svgTitle } from '../../dom';
import { iconAt } from '../../icons';
import { cutMiddle, measureText } from '../../measureText';
import { plural } from '../words';

export interface Lane {
  readonly x: number;
  readonly width: number;
}

/** The client's container, what lies between, and the container that listens. */
export interface Lanes {
  readonly left: Lane;
  readonly middle: Lane;
  readonly right: Lane;
}

export interface SharedRow {
  readonly height: number;
  draw(y: number, lanes: Lanes): SVGElement;
}

const mostVolumes = 4;
/** From the border of a container's box to its cells, and from there to the words in them. */
const cellInset = 8;
const textInset = 18;
const small = { size: 11 } as const;
const name = { size: 11, weight: 600 } as const;
const path = { size: 10.5, mono: true, weight: 600 } as const;

export function sharedRows(beside: readonly Hop[]): readonly SharedRow[] {
  const volumes = beside.filter((hop) => hop.shares?.kind === 'volume');
  const more = volumes.length - mostVolumes;
  return [
    ...volumes.slice(0, mostVolumes).flatMap((hop) => volumeRow(hop)),
    ...(more > 0 ? [wordsRow(plural(more, 'more volume'), ['mounts them'], true, '')] : []),
    ...beside.flatMap((hop) => channelRows(hop)),
  ];
}

function channelRows(hop: Hop): readonly SharedRow[] {
  if (hop.shares?.kind !== 'ipc') return [];
  const { processes } = hop.shares;
  return [
    wordsRow('shared memory (IPC)', ['sees it'], true, hop.plain),
    wordsRow(
      processes ? 'shared processes' : 'processes: not shared',
      processes ? ['sees them all'] : ['sees its own only', 'only its own'],
      processes,
      hop.plain,
    ),
  ];
}

/** `words`: what each container has of it, and shorter words for a narrow box. */
function wordsRow(title: string, words: readonly string[], shared: boolean, hint: string): SharedRow {
  const height = 32;
  return {
    height,
    draw(y, lanes) {
      const { left, middle, right } = lanes;
      const room = left.width - textInset - cellInset - 4;
      const word = words.find((each) => measureText(each, small) <= room) ?? cutMiddle(words.at(-1) ?? '', room, small);
      return svg(
        'g',
        { class: 'in-pod-shared' },
        hint !== '' && svgTitle(hint),
        [left, right].map((lane) => [cell(lane, y, height), svg('text', { class: 'small', x: lane.x + textInset, y: y + 20 }, word)]),
        shared && joins(y + height / 2, lanes).map((d) => svg('path', { class: 'in-pod-share', d })),
        svg('rect', { class: shared ? 'station-box' : 'unused', x: middle.x, y, width: middle.width, height, rx: 3 }),
        centered(cutMiddle(title, middle.width - 12, small), middle, y + 20),
      );
    },
  };
}

function volumeRow(hop: Hop): readonly SharedRow[] {
  const { shares } = hop;
  if (shares?.kind !== 'volume') return [];
  const [here, there] = shares.mounts;
  if (!here || !there) return [];
  const height = 60;
  const reads = here.readOnly !== there.readOnly ? (here.readOnly ? 'left' : 'right') : undefined;
  return [
    {
      height,
      draw(y, lanes) {
        const { left, middle, right } = lanes;
        const shown = cutMiddle(shares.name, middle.width - 44, name);
        const nameX = middle.x + middle.width / 2 + 10;
        return svg(
          'g',
          { class: 'in-pod-shared' },
          svgTitle(hop.plain),
          [left, right].map((lane) => cell(lane, y, height)),
          mountWords(left, y, here, there),
          mountWords(right, y, there, here),
          flows(y + height / 2, lanes, reads),
          svg('rect', { class: 'station-box', x: middle.x, y, width: middle.width, height, rx: 3 }),
          centered('shared volume', middle, y + 17),
          iconAt('volume', nameX - measureText(shown, name) / 2 - 19, y + 25, 13),
          svg('text', { class: 'strong', x: nameX, y: y + 36, 'text-anchor': 'middle' }, shown),
          shares.type !== undefined && centered(cutMiddle(shares.type, middle.width - 12, small), middle, y + 52),
        );
      },
    },
  ];
}

/** "reads at /backup   read only", "writes at /data", and where both may do both "mounts at". */
function mountWords(lane: Lane, y: number, mount: SharedMount, other: SharedMount): SVGElement {
  const word = mount.readOnly ? 'reads at' : other.readOnly ? 'writes at' : 'mounts at';
  const room = lane.width - 2 * textInset;
  const note = 'read only';
  const noted = mount.readOnly && measureText(mount.path, path) + measureText(note, small) + 10 <= room;
  const shown = cutMiddle(mount.path, noted ? room - measureText(note, small) - 10 : room, path);
  return svg(
    'g',
    null,
    svg('text', { class: 'small', x: lane.x + textInset, y: y + 24 }, word),
    svg('text', { class: 'mono strong', x: lane.x + textInset, y: y + 43 }, shown, shown !== mount.path && svgTitle(mount.path)),
    noted && svg('text', { class: 'small', x: lane.x + lane.width - textInset - 4, y: y + 43, 'text-anchor': 'end' }, note),
  );
}

/** Lines to both sides; towards the one that reads where the other alone writes. */
function flows(y: number, lanes: Lanes, reads: 'left' | 'right' | undefined): readonly SVGElement[] {
  if (reads === undefined) return joins(y, lanes).map((d) => svg('path', { class: 'in-pod-share', d }));
  const { left, middle, right } = lanes;
  const ends = [
    { outer: left.x + left.width - cellInset, inner: middle.x },
    { outer: right.x + cellInset, inner: middle.x + middle.width },
  ];
  return ends.map(({ outer, inner }, at) => {
    const inward = (at === 0) === (reads === 'right');
    const [from, to] = inward ? [outer, inner] : [inner, outer];
    return svg('path', { class: 'in-pod-share flows', d: `M${from} ${y}H${to + (to > from ? -1 : 1)}`, 'marker-end': 'url(#in-pod-arrow)' });
  });
}

/** The arrow head of what is read, in the colour of the text: the packet alone has that of a path. */
export function shareArrow(): SVGMarkerElement {
  return svg(
    'marker',
    {
      id: 'in-pod-arrow',
      class: 'arrow-share',
      viewBox: '0 0 7 7',
      refX: 6.5,
      refY: 3.5,
      markerWidth: 7,
      markerHeight: 7,
      markerUnits: 'userSpaceOnUse',
      orient: 'auto',
    },
    svg('path', { d: 'M0 .5 7 3.5 0 6.500Z' }),
  );
}

function joins(y: number, { left, middle, right }: Lanes): readonly string[] {
  return [`M${left.x + left.width - cellInset} ${y}H${middle.x}`, `M${middle.x + middle.width} ${y}H${right.x + cellInset}`];
}

function cell(lane: Lane, y: number, height: number): SVGElement {
  return svg('rect', { class: 'in-pod-cell', x: lane.x + cellInset, y, width: lane.width - 2 * cellInset, height, rx: 3 });
}

function centered(text: string, lane: Lane, y: number): SVGElement {
  return svg('text', { class: 'small', x: lane.x + lane.width / 2, y, 'text-anchor': 'middle' }, text);
}
