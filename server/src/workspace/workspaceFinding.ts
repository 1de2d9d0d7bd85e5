/** A finding with its place in text, as editor and command line take it. */
import type { TextRange } from '../base/problem';
import type { Fix, Related } from '../model/finding';
import type { ObjectRef, Path, Severity } from '../protocol/source';

export interface WorkspaceFinding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly uri: string;
  /** UTF-16 offsets in the file. */
  readonly range: TextRange;
  /** Ids of the contexts in which it holds. */
  readonly contexts: readonly string[];
  readonly object: ObjectRef | null;
  readonly path: Path;
  readonly related: readonly LocatedRelated[];
  readonly fixes: readonly Fix[];
  readonly tag?: 'unnecessary' | 'deprecated';
  /** Rule, object and path, never the line: stays the same while the text around it moves. */
  readonly fingerprint: string;
}

export interface LocatedRelated {
  readonly message: string;
  readonly uri: string;
  readonly range: TextRange;
}

export type { Related };
