/** Moves a whole document before another of the same file; the markers between documents stay where they are. */
import type { TextEdit } from './editRequest';
import { parseYaml } from './parse';
import { plainValue } from './plain';
import { isSamePlain } from './plainAfter';
import type { YamlDocument, YamlFile } from './tree';

/** One edit over the documents concerned, or null when there is nothing to move or the result reads differently. */
export function moveDocument(file: YamlFile, from: number, before: number): readonly TextEdit[] | null {
  const moved = file.documents[from];
  if (!moved || !file.documents[before]) return null;
  const to = from < before ? before - 1 : before;
  if (from === to) return [];
  const first = Math.min(from, to);
  const last = Math.max(from, to);
  const slots = file.documents.slice(first, last + 1).map((document) => ({ start: bodyStart(document), end: document.end }));
  const order = slots.map((_, index) => index);
  order.splice(to - first, 0, ...order.splice(from - first, 1));
  const eol = file.text.includes('\r\n') ? '\r\n' : '\n';
  const start = slots[0]?.start ?? 0;
  const end = slots[slots.length - 1]?.end ?? start;
  let newText = '';
  order.forEach((source, slot) => {
    const body = file.text.slice(slots[source]?.start ?? 0, slots[source]?.end ?? 0);
    const onMarkerLine = newText === '' ? file.text.charCodeAt(start - 1) === 45 : newText.endsWith('-');
    const next = slots[slot + 1];
    const closed = body.endsWith('\n') || (!next && !file.text.endsWith('\n')) ? body : body + eol;
    newText += onMarkerLine && !/^[ \t\r\n]/.test(closed) ? eol + closed : closed;
    if (next) newText += file.text.slice(slots[slot]?.end ?? 0, next.start);
  });
  const edit = { start, end, newText };
  return readsBack(file, edit, from, to) ? [edit] : null;
}

function readsBack(file: YamlFile, edit: TextEdit, from: number, to: number): boolean {
  const after = parseYaml(file.text.slice(0, edit.start) + edit.newText + file.text.slice(edit.end)).documents;
  const expected = [...file.documents];
  expected.splice(to, 0, ...expected.splice(from, 1));
  return (
    after.length === expected.length && expected.every((document, index) => isSamePlain(plainValue(document.root), plainValue(after[index]?.root ?? null)))
  );
}

/** Comments and directives before the first `---` stay at the head of the file. */
function bodyStart(document: YamlDocument): number {
  const marker = /^---[ \t]*(#[^\n]*)?(\r?\n|$)/m.exec(document.text);
  return document.start + (marker ? marker.index + marker[0].length : 0);
}
