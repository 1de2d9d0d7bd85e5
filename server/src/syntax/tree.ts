/** The tree of one YAML document: our own nodes with ranges, whatever parser made them. */
import type { KeptTree } from './keptTree';
import type { TextRange } from '../base/problem';
import type { Value } from '../base/opaque';
import type { Problem } from '../base/problem';

export type ScalarValue = Value<string> | number | boolean | null | bigint;
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** Offsets of nodes count from the start of their document, so that a document that moves keeps its tree. */
export interface YamlScalar extends TextRange {
  readonly type: 'scalar';
  readonly style: ScalarStyle;
  /** As kubectl reads it; opaque when it holds a placeholder. */
  readonly value: ScalarValue;
  /** True for what stands here through an alias or a merge key. */
  readonly alias?: boolean;
}

export interface YamlPair {
  readonly key: YamlScalar;
  readonly value: YamlNode | null;
}

export interface YamlMapping extends TextRange {
  readonly type: 'mapping';
  readonly flow: boolean;
  /** Merge keys (`<<`) resolved: pairs that came from one stand last, and only where the mapping has no such key. */
  readonly pairs: readonly YamlPair[];
  /** Of a template: the text that may add keys which are not here. */
  readonly open?: string;
  readonly alias?: boolean;
}

export interface YamlSequence extends TextRange {
  readonly type: 'sequence';
  readonly flow: boolean;
  readonly items: readonly (YamlNode | null)[];
  readonly alias?: boolean;
}

/** An alias stands as the node that it names, with the range of the alias (`*name`): findings are at the use. */
export type YamlNode = YamlScalar | YamlMapping | YamlSequence;

export interface YamlDocument {
  /** Offsets in the file: from the document's first character after the `---` line to the next marker. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly root: YamlNode | null;
  /** What holds the root; the same for a document that only moved. */
  readonly tree: KeptTree;
  /** False when the text is not YAML; `root` then holds what could be read, or null. */
  readonly ok: boolean;
  /** Ranges count from the start of the file; `document` is this document's index. */
  readonly problems: readonly Problem[];
  /** Read from a Helm template that holds actions. */
  readonly templated?: boolean;
  /** The whole document stands under control flow of a template: it may be there, several times or not at all. */
  readonly conditional?: boolean;
  /** The same for a document of a template that reads the same. */
  readonly templateKey?: string;
}

/** A file cut into documents. */
export interface YamlFile {
  readonly text: string;
  readonly documents: readonly YamlDocument[];
  /** Read as a Helm template. */
  readonly template?: boolean;
}
