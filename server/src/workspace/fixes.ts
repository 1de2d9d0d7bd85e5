/** From the edits of a fix to edits of text, file by file. */
import type { Edit, Fix } from '../model/finding';
import { applyEdits, type TextEdit, type TextEditRequest } from '../syntax/applyEdits';
import { documentPath } from './places';
import type { Snapshot } from './snapshot';

/** By uri; offsets are UTF-16 in the text of the snapshot. */
export type FileEdits = ReadonlyMap<string, readonly TextEdit[]>;

/** Null when one of the edits cannot be made without touching more than it names. */
export function textEditsOf(snapshot: Snapshot, fix: Fix): FileEdits | null {
  const byFile = new Map<string, TextEditRequest[]>();
  for (const edit of fix.edits) {
    const { uri } = edit.resource.source;
    const list = byFile.get(uri);
    if (list) list.push(requestOf(edit));
    else byFile.set(uri, [requestOf(edit)]);
  }
  const result = new Map<string, readonly TextEdit[]>();
  for (const [uri, requests] of byFile) {
    const file = snapshot.file(uri);
    const edits = file && applyEdits(file.yaml, requests);
    if (!edits) return null;
    result.set(uri, edits);
  }
  return result;
}

function requestOf(edit: Edit): TextEditRequest {
  const { document } = edit.resource.source;
  if (edit.kind === 'moveDocument') return { kind: 'moveDocument', document, before: edit.before.source.document };
  const { resource, path, ...rest } = edit;
  return { ...rest, document, path: documentPath(resource, path) };
}
