/** From the edits of a fix to edits of text, file by file. */
import type { Edit, Fix } from '../model/finding';
import { editableSource, isOwnSource, sourceOf } from '../model/origins';
import type { Resource } from '../model/resources';
import type { Path, SourceRef } from '../protocol/source';
import { applyEdits, type TextEdit, type TextEditRequest } from '../syntax/applyEdits';
import { yamlOf } from './places';
import { isExact } from './renderedPlaces';
import type { Snapshot } from './snapshot';

/** By uri; offsets are UTF-16 in the text of the snapshot. */
export type FileEdits = ReadonlyMap<string, readonly TextEdit[]>;

/** Null when one of the edits cannot be made without touching more than it names. */
export function textEditsOf(snapshot: Snapshot, fix: Fix): FileEdits | null {
  const byFile = new Map<string, TextEditRequest[]>();
  for (const edit of fix.edits) {
    const made = requestOf(edit);
    if (!made) return null;
    const list = byFile.get(made.uri);
    if (list) list.push(made.request);
    else byFile.set(made.uri, [made.request]);
  }
  const result = new Map<string, readonly TextEdit[]>();
  for (const [uri, requests] of byFile) {
    const file = snapshot.file(uri);
    const edits = file && applyEdits(yamlOf(file), requests);
    if (!edits) return null;
    result.set(uri, edits);
  }
  return result;
}

/** False for a fix of a value that no one text says: a name that Kustomize put together, an item that a patch moved. */
export function canBeMade(fix: Fix): boolean {
  return fix.edits.every((edit) => requestOf(edit) !== undefined);
}

function requestOf(edit: Edit): { readonly uri: string; readonly request: TextEditRequest } | undefined {
  if (edit.kind === 'moveDocument') {
    if (edit.resource.origins?.rendered) return undefined;
    const { uri, document } = edit.resource.source;
    return { uri, request: { kind: 'moveDocument', document, before: edit.before.source.document } };
  }
  const { resource, path, ...rest } = edit;
  const at = placeToEdit(resource, path, rest.kind, 'key' in rest && typeof rest.key === 'string');
  return at && { uri: at.uri, request: { ...rest, document: at.document, path: at.path } };
}

/**
 * An edit goes to the file that says the value. What takes something away or changes its shape is made in the resource's own file alone:
 * without the patch the value below it would come to light.
 */
function placeToEdit(resource: Resource, path: Path, kind: Edit['kind'], isEntry: boolean): SourceRef | undefined {
  if (!resource.origins) return sourceOf(resource, path);
  const { rendered } = resource.origins;
  if (rendered) return rendered.twin && isExact(resource, rendered.twin, path) ? placeToEdit(rendered.twin, path, kind, isEntry) : undefined;
  if (kind === 'insert' && isEntry) {
    const at = sourceOf(resource, path);
    return at.span ? undefined : at;
  }
  const at = editableSource(resource, path);
  if (!at || kind === 'replace' || kind === 'insert' || kind === 'quote') return at;
  return isOwnSource(resource, at) ? at : undefined;
}
