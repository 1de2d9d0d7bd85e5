/** The sentence beside a ghost: who refers to it, and where. */
import type { TopologyCard } from '../../../server/src/protocol/topology';
import { el } from '../dom';
import type { SavedDrawing } from '../exportDrawing';
import { cutMiddle, wrapText } from '../measureText';
import { link } from '../toolkit';
import type { PlacedNote } from './layout';
import { placeOf } from './relations';

const widest = 210;
const least = 90;
const mostLines = 2;
const lineHeight = 16;
const font = { size: 11 };

/** Whether there is room for the sentence at all. */
export function hasRoom({ width }: PlacedNote): boolean {
  return width > least;
}

/** The sentence as it is written into a drawing that is saved: line by line, as wide as on the page. */
export function savedNote(note: PlacedNote): NonNullable<SavedDrawing['words']> {
  if (!hasRoom(note)) return [];
  return wrapText(note.words, Math.min(note.width, widest), font, mostLines).map((text, line) => ({ text, x: note.x, y: note.y + 17 + line * lineHeight }));
}

export function drawGhostNote({ card, x, y, width, words }: PlacedNote, zoom: number, open: (card: TopologyCard) => void): HTMLElement {
  const place = placeOf(card);
  const room = Math.min(width, widest);
  const note = el(
    'div',
    { class: 'ghost-note' },
    wrapText(words, room, font, mostLines).join(' '),
    ' ',
    place !== undefined &&
      card.ghost?.namedBy[0] &&
      link({ label: cutMiddle(place, room - 10, font), title: `${place}\nShow in the editor`, onClick: () => open(card) }),
  );
  note.style.left = `${x * zoom}px`;
  note.style.top = `${(y + 5) * zoom}px`;
  note.style.width = `${room + 4}px`;
  note.style.transform = `scale(${zoom})`;
  return note;
}
