/** Requests for a change of text: the edits of a fix, each at a path from the root of a document. */
import type { Path } from '../protocol/source';

export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

interface At {
  readonly document: number;
  readonly path: Path;
}

/** The meaning of each kind is that of `Edit` in `model/finding.ts`; all paths speak of the text before any change. */
export type PathRequest =
  | (At & { readonly kind: 'replace'; readonly value: unknown; readonly span?: { readonly start: number; readonly end: number } })
  | (At & { readonly kind: 'insert'; readonly key: string | number; readonly value: unknown })
  | (At & { readonly kind: 'remove'; readonly pruneEmpty?: boolean })
  | (At & { readonly kind: 'move'; readonly to: number })
  | (At & { readonly kind: 'renameKey'; readonly key: string })
  | (At & { readonly kind: 'quote' })
  | (At & { readonly kind: 'wrap'; readonly key: string })
  | (At & { readonly kind: 'unwrap'; readonly key: string });

export type TextEditRequest = PathRequest | { readonly kind: 'moveDocument'; readonly document: number; readonly before: number };
