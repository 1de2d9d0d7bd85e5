/** Findings and fixes: what a rule says, still without text positions. */
import type { Path, Severity } from '../protocol/source';
import type { Resource } from './resources';

/** A range of UTF-16 offsets in the decoded scalar. */
export interface ScalarSpan {
  readonly start: number;
  readonly end: number;
}

/** Where a finding stands: the value at a path, its key, or the whole list item. */
export interface Mark {
  readonly resource: Resource;
  readonly path: Path;
  readonly part?: 'value' | 'key' | 'item';
  readonly span?: ScalarSpan;
}

export interface Related {
  readonly mark: Mark;
  readonly message: string;
}

/**
 * One change of a resource, at a path from its root. Only `syntax/applyEdits` makes text of it.
 * `value`s are plain YAML-able values, `source` moves or copies text that stands elsewhere.
 */
export type Edit =
  | { readonly kind: 'replace'; readonly resource: Resource; readonly path: Path; readonly value: unknown; readonly span?: ScalarSpan }
  /** Into a sequence before `index` (its length: at the end), or a mapping as `key`. */
  | { readonly kind: 'insert'; readonly resource: Resource; readonly path: Path; readonly key: string | number; readonly value: unknown }
  /** The entry or item with its comments; a collection that becomes empty goes with `pruneEmpty`. */
  | { readonly kind: 'remove'; readonly resource: Resource; readonly path: Path; readonly pruneEmpty?: boolean }
  /** A sequence item to another index of the same sequence, with its comments. */
  | { readonly kind: 'move'; readonly resource: Resource; readonly path: Path; readonly to: number }
  | { readonly kind: 'renameKey'; readonly resource: Resource; readonly path: Path; readonly key: string }
  /** Puts the scalar's source text in double quotes. */
  | { readonly kind: 'quote'; readonly resource: Resource; readonly path: Path }
  /** Wraps the mapping at `path` under a new key: `{app: x}` becomes `{key: {app: x}}`. */
  | { readonly kind: 'wrap'; readonly resource: Resource; readonly path: Path; readonly key: string }
  /** Replaces the mapping at `path` by the value of its only entry `key`. */
  | { readonly kind: 'unwrap'; readonly resource: Resource; readonly path: Path; readonly key: string }
  /** The whole document of `resource` before the document of `before`, in the same file. */
  | { readonly kind: 'moveDocument'; readonly resource: Resource; readonly before: Resource };

export interface Fix {
  readonly title: string;
  /** The fix that is meant; at most one of a finding. */
  readonly preferred?: boolean;
  /** True when it may be applied without looking ("fix all safe problems"). */
  readonly safe?: boolean;
  readonly edits: readonly Edit[];
}

/** What a rule's `check` yields. `message` is an id of the rule's messages, `data` fills its `{}`. */
export interface Finding<Message extends string = string> {
  readonly at: Mark;
  readonly message: Message;
  readonly data?: Readonly<Record<string, string | number>>;
  /** Where it differs from the rule's usual one. */
  readonly severity?: Severity;
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
  readonly tag?: 'unnecessary' | 'deprecated';
}
