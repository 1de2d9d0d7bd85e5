/** Changes of a file's documents → edits of its text that keep comments, quotes, indentation and line breaks. */
import { editDocument, emptyCollection, removeEntries } from './editDocument';
import { columnAt } from './editLines';
import type { PathRequest, TextEdit, TextEditRequest } from './editRequest';
import { dashBefore } from './locate';
import { moveDocument } from './moveDocument';
import { parseYaml } from './parse';
import { isSamePlain, plainAfter } from './plainAfter';
import { plainValue } from './plain';
import type { RenderStyle } from './render';
import { keyText } from './scalars';
import type { YamlDocument, YamlFile, YamlNode } from './tree';
import { follow } from './walk';

export type { PathRequest, TextEdit, TextEditRequest } from './editRequest';

/**
 * The edits, sorted and not overlapping, in UTF-16 offsets of the file; null when they cannot be made safely: a path that leads nowhere
 * or through an alias, requests that touch each other, or a result that does not read back as what was asked.
 */
export function applyEdits(file: YamlFile, requests: readonly TextEditRequest[]): readonly TextEdit[] | null {
  const moves = requests.filter((request) => request.kind === 'moveDocument');
  const first = moves[0];
  if (first) return requests.length === 1 ? moveDocument(file, first.document, first.before) : null;
  const byDocument = new Map<number, PathRequest[]>();
  for (const request of requests as readonly PathRequest[]) {
    const list = byDocument.get(request.document);
    if (list) list.push(request);
    else byDocument.set(request.document, [request]);
  }
  const edits: TextEdit[] = [];
  for (const [index, ofDocument] of byDocument) {
    const document = file.documents[index];
    const own = document && editsOf(document, ofDocument, file.text.includes('\r\n') ? '\r\n' : '\n');
    if (!own) return null;
    for (const edit of own) edits.push({ start: edit.start + document.start, end: edit.end + document.start, newText: edit.newText });
  }
  return sorted(edits);
}

/** The text after edits as `applyEdits` gives them. */
export function editedText(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.newText;
    at = edit.end;
  }
  return result + text.slice(at);
}

function editsOf(document: YamlDocument, requests: readonly PathRequest[], eol: string): readonly TextEdit[] | null {
  const style = styleOf(document, eol);
  const edits: TextEdit[] = [];
  const removed = removals(document, requests, style);
  if (!removed) return null;
  edits.push(...removed);
  for (const request of requests) {
    if (request.kind === 'remove') continue;
    const own = editDocument(document, request, style);
    if (!own) return null;
    edits.push(...own);
  }
  const result = sorted(edits);
  return result && readsBack(document, requests, result) ? result : null;
}

/** What the parser makes of the result decides: a fix never does more or less than it says. */
function readsBack(document: YamlDocument, requests: readonly PathRequest[], edits: readonly TextEdit[]): boolean {
  const after = parseYaml(editedText(document.text, edits));
  const [only] = after.documents;
  if (after.documents.length > 1 || (only && !only.ok)) return false;
  const expected = plainAfter(document, requests);
  return expected !== undefined && isSamePlain(only ? plainValue(only.root) : null, expected.value);
}

function sorted(edits: readonly TextEdit[]): readonly TextEdit[] | null {
  const unique = edits.filter((edit, index) => edit.start === edit.end || edits.findIndex((other) => same(edit, other)) === index);
  // Inserts at one place keep the order in which they were asked for.
  const result = unique.map((edit, index) => ({ edit, index })).sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.index - b.index);
  for (let index = 1; index < result.length; index++) {
    if ((result[index]?.edit.start ?? 0) < (result[index - 1]?.edit.end ?? 0)) return null;
  }
  return result.map(({ edit }) => edit);
}

function same(a: TextEdit, b: TextEdit): boolean {
  return a.start === b.start && a.end === b.end && a.newText === b.newText;
}

/** All removals of a document together, since together they may empty a collection. */
function removals(document: YamlDocument, requests: readonly PathRequest[], style: RenderStyle): TextEdit[] | null {
  const pending = requests.filter((request) => request.kind === 'remove').map(({ path, pruneEmpty }) => ({ path, prune: pruneEmpty === true }));
  const groups = new Map<string, { readonly path: PathRequest['path']; readonly removed: Set<number>; prune: boolean; done: boolean }>();
  const edits: TextEdit[] = [];
  for (const { path, prune } of pending) {
    const last = path[path.length - 1];
    const place = follow(document, path);
    const { parent } = place;
    if (last === undefined || place.steps !== path.length || place.through || !parent || parent.type === 'scalar' || parent.alias) return null;
    const index = parent.type === 'sequence' ? Number(last) : parent.pairs.findLastIndex((pair) => keyText(pair.key) === String(last));
    const key = JSON.stringify(path.slice(0, -1));
    const group = groups.get(key) ?? { path: path.slice(0, -1), removed: new Set(), prune: false, done: false };
    groups.set(key, group);
    group.removed.add(index);
    group.prune ||= prune;
    const whole = group.removed.size === (parent.type === 'sequence' ? parent.items.length : parent.pairs.length);
    if (whole && group.prune && group.path.length > 0 && !group.done) {
      group.done = true;
      pending.push({ path: group.path, prune: true });
    }
  }
  const gone = [...groups.values()].filter((group) => group.done);
  for (const group of groups.values()) {
    if (group.done || gone.some((other) => isWithin(group.path, other.path))) continue;
    const node = follow(document, group.path).node;
    if (!node || node.type === 'scalar') return null;
    const whole = group.removed.size === (node.type === 'sequence' ? node.items.length : node.pairs.length);
    const own = whole ? emptyCollection(document, group.path, style) : removeEntries(document.text, node, group.removed, group.path.length === 0);
    if (!own) return null;
    edits.push(...own);
  }
  return edits;
}

function isWithin(path: PathRequest['path'], ancestor: PathRequest['path']): boolean {
  return path.length > ancestor.length && ancestor.every((segment, index) => segment === path[index]);
}

/** How this document is indented, from the first places that show it. */
function styleOf(document: YamlDocument, eol: string): RenderStyle {
  const seen: { step?: number; dash?: number } = {};
  look(document.root, document.text, seen);
  const json = document.root !== null && document.root.type !== 'scalar' && document.root.flow && document.text.includes('"');
  const step = seen.step ?? 2;
  return { eol, step, dash: seen.dash ?? step, json };
}

function look(node: YamlNode | null, text: string, seen: { step?: number; dash?: number }): void {
  if (!node || node.type === 'scalar' || node.alias || node.flow || (seen.step !== undefined && seen.dash !== undefined)) return;
  if (node.type === 'sequence') {
    for (const item of node.items) look(item, text, seen);
    return;
  }
  for (const { key, value } of node.pairs) {
    if (!value || value.type === 'scalar' || value.flow || value.alias || key.alias) continue;
    const start = value.type === 'sequence' ? dashBefore(text, value.items[0]?.start ?? value.start) : value.start;
    const delta = columnAt(text, start) - columnAt(text, key.start);
    if (value.type === 'sequence') seen.dash ??= Math.max(0, delta);
    else if (delta > 0) seen.step ??= delta;
    look(value, text, seen);
  }
}
