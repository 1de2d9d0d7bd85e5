/** The one place that knows the npm package `yaml`: what the readers of `syntax/` use of it. */
import { CST, type Document, parseDocument as parseWith, Parser, Schema } from 'yaml';

export { type Document, isAlias, isCollection, isMap, isPair, isScalar, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
export type Token = CST.Token;
export type SourceToken = CST.SourceToken;
export type FlowCollection = CST.FlowCollection;
export type BlockMap = CST.BlockMap;
export type BlockSequence = CST.BlockSequence;
export type ScalarToken = CST.FlowScalar | CST.BlockScalar;

const schema = new Schema({ schema: 'failsafe', merge: false, resolveKnownTags: false });
const options = { schema, uniqueKeys: false, prettyErrors: false, keepSourceTokens: false, logLevel: 'silent', strict: true } as const;

/** One document as nodes; every scalar is text. What is wrong stands in `errors`. */
export function parseDocument(text: string): Document.Parsed {
  return parseWith(text, options);
}

/** The concrete syntax of a text, token by token. */
export function parseTokens(text: string): Iterable<Token> {
  return new Parser().parse(text);
}

/** The text and the range (start, end of the value) of a scalar; undefined when something is wrong with it. */
export function resolveScalar(token: ScalarToken): { readonly value: string; readonly start: number; readonly end: number } | undefined {
  let wrong = false;
  const resolved = CST.resolveAsScalar(token, true, () => {
    wrong = true;
  });
  return wrong ? undefined : { value: resolved.value, start: resolved.range[0], end: resolved.range[1] };
}
