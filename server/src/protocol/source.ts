/** Places in manifests and the severities of findings: the words that every part shares. */

/** One step into a YAML document: a mapping key or a sequence index. */
export type PathSegment = string | number;

/** Steps from the root of one resource (or document) to a value. */
export type Path = readonly PathSegment[];

/**
 * A place in a manifest, named by path and never by position, so that it survives edits elsewhere.
 * `document` counts the YAML documents of the file from 0. `path` starts at the document's root:
 * for an item of a `List` it begins with `items`, index.
 */
export interface SourceRef {
  readonly uri: string;
  readonly document: number;
  readonly path: Path;
  /** A part of the scalar at `path`, in UTF-16 offsets of its decoded text: what an inline patch of a kustomization says. */
  readonly span?: { readonly start: number; readonly end: number };
}

export const severities = ['error', 'warning', 'information', 'hint'] as const;
export type Severity = (typeof severities)[number];

/** What a setting may say of a rule: a severity, or that it does not run. */
export type RuleLevel = Severity | 'off';

/** A place as people write it: lines and columns from 1, columns in UTF-16 code units. */
export interface TextPoint {
  readonly line: number;
  readonly column: number;
}

export interface TextSpan {
  readonly start: TextPoint;
  readonly end: TextPoint;
}

/** How a resource is named to a person and in messages between the parts. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined when no file, overlay or setting says which namespace. */
  readonly namespace?: string;
  readonly name: string;
}
