/** From marks and source references to places in text. */
import type { TextRange } from '../base/problem';
import type { Mark } from '../model/finding';
import type { Resource } from '../model/resources';
import type { Path, SourceRef } from '../protocol/source';
import { locateNearest, locateSpan } from '../syntax/locate';
import type { FileState } from './fileState';

/** The path from the document's root of a path from the resource's. */
export function documentPath(resource: Resource, path: Path): Path {
  return resource.source.path.length === 0 ? path : [...resource.source.path, ...path];
}

/** UTF-16 offsets in the file; the start of the file when the document is gone. */
export function rangeOfMark(mark: Mark, file: FileState): TextRange {
  const document = file.yaml.documents[mark.resource.source.document];
  if (!document) return { start: 0, end: 0 };
  const path = documentPath(mark.resource, mark.path);
  if (mark.span) return locateSpan(document, path, mark.span);
  return locateNearest(document, path, mark.part ?? 'value');
}

export function rangeOfSource(source: SourceRef, file: FileState): TextRange {
  const document = file.yaml.documents[source.document];
  return document ? locateNearest(document, source.path, 'value') : { start: 0, end: 0 };
}
