/** What both readers of the library make alike: where a node ends, and the problem of a key that stands twice. */
import type { Problem } from '../base/problem';
import { keyText } from './scalars';
import type { YamlScalar } from './tree';

/** Offsets from the start of the text; `document` is filled in by the caller. */
export function duplicateKey(first: YamlScalar, second: YamlScalar): Problem {
  return {
    code: 'duplicate-key',
    document: 0,
    at: { start: second.start, end: second.end },
    related: { at: { start: first.start, end: first.end }, message: 'The same key stands here first.' },
    message: 'duplicate',
    data: { key: keyText(second) },
  };
}

/** A mapping whose last value is missing ends behind its colon. `end`: the end of its last key or value. */
export function colonAfter(text: string, end: number): number {
  let at = end;
  while (text.charCodeAt(at) === 32) at++;
  return text.charCodeAt(at) === 58 ? at + 1 : end;
}

/** The end of a block scalar without the blank lines behind it. */
export function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start) {
    const code = text.charCodeAt(last - 1);
    if (code !== 10 && code !== 13 && code !== 32) break;
    last--;
  }
  return last;
}
