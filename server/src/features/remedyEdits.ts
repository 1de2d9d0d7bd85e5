/** From the lines that a remedy proposes to the exact change of text, indented as its surroundings are. */
import type { RemedyEdit } from '../protocol/trace';
import { applyEdits, type TextEdit, type TextEditRequest } from '../syntax/applyEdits';
import { nodeAt } from '../syntax/locate';
import { parseYaml } from '../syntax/parse';
import { toPlain } from '../syntax/plain';
import type { FileState } from '../workspace/fileState';
import type { Snapshot } from '../workspace/snapshot';
import { textOfLines, toTextSpan } from './toLsp';

/** The edit with its place and its exact change; as it came where the text is gone or the change cannot be made safely. */
export function placedEdit(snapshot: Snapshot, edit: RemedyEdit): RemedyEdit {
  const located = snapshot.locate(edit.at);
  if (!located) return edit;
  const { file } = located;
  const changes = changesOf(file, edit);
  const [change] = changes ?? [];
  if (!changes || !change || changes.length !== 1) return { ...edit, uri: file.uri, afterLine: toTextSpan(file, located.range).end.line };
  const exact = { uri: file.uri, change: { range: toTextSpan(file, change), newText: change.newText } };
  return { ...edit, ...exact, ...linesOf(file, change) };
}

/** `insert` is YAML at the margin: items for the list at the place, or keys for the mapping there. */
function changesOf(file: FileState, { at, insert }: RemedyEdit): readonly TextEdit[] | null {
  const [proposed] = parseYaml(insert).documents;
  const tree = file.yaml.documents[at.document];
  if (!proposed?.ok || !tree) return null;
  const value = toPlain(proposed);
  const target = nodeAt(tree, at.path);
  const { document, path } = at;
  const requests: TextEditRequest[] = [];
  if (Array.isArray(value)) {
    if (target?.type !== 'sequence') return null;
    value.forEach((item: unknown) => requests.push({ kind: 'insert', document, path, key: target.items.length, value: item }));
  } else if (typeof value === 'object' && value !== null) {
    if (target?.type !== 'mapping') return null;
    for (const [key, item] of Object.entries(value)) {
      const present = target.pairs.some((pair) => pair.key.value === key);
      requests.push(present ? { kind: 'replace', document, path: [...path, key], value: item } : { kind: 'insert', document, path, key, value: item });
    }
  }
  return applyEdits(file.yaml, requests);
}

/** The change as whole lines to show, where it is one. */
function linesOf(file: FileState, { start, end, newText }: TextEdit): { readonly afterLine: number; readonly insert: string } | undefined {
  if (start !== end) return undefined;
  const { line, column } = file.lines().positionAt(start);
  const [text = ''] = textOfLines(file, line, line + 1);
  if (column === 0 && newText.endsWith('\n')) return { afterLine: line, insert: newText.replace(/\r?\n$/, '') };
  if (column === text.length && /^\r?\n/.test(newText)) return { afterLine: line + 1, insert: newText.replace(/^\r?\n/, '') };
  return undefined;
}
