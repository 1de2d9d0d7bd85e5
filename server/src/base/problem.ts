/** A problem of reading: bad YAML, a wrong shape, a mistake in the configuration. A rule gives it its words. */
import type { Path, Severity } from '../protocol/source';

/** UTF-16 offsets in the text of the file, `end` exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface Problem {
  /** What a problem rule lists in `problems`. */
  readonly code: string;
  readonly document: number;
  readonly at: { readonly path: Path; readonly part?: 'value' | 'key' } | TextRange;
  readonly related?: { readonly at: { readonly path: Path; readonly part?: 'value' | 'key' } | TextRange; readonly message: string };
  /** Where it differs from the rule's usual one. */
  readonly severity?: Severity;
  /** Message id and what fills its `{}`. */
  readonly message: string;
  readonly data?: Readonly<Record<string, string | number>>;
}
