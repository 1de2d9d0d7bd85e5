/** Fields that take one of a few words. */
import { nearest } from '../../base/editDistance';
import type { Finding, Fix } from '../../model/finding';
import { valueAt, type Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';

/**
 * A finding with the message `notAllowed` when a text stands there that is none of the words, compared letter by letter as the API server does.
 * Values of other types, placeholders and an empty text (which counts as nothing) are left alone.
 */
export function notAllowed(resource: Resource, path: Path, allowed: readonly string[]): Finding<'notAllowed'> | undefined {
  const value = valueAt(resource, path);
  if (typeof value !== 'string' || value === '' || allowed.includes(value)) return undefined;
  const near = nearWord(value, allowed);
  const fixes: readonly Fix[] =
    near === undefined ? [] : [{ title: `Change to ${near}`, preferred: true, edits: [{ kind: 'replace', resource, path, value: near }] }];
  return { at: { resource, path }, message: 'notAllowed', data: { value: shortened(value), allowed: wordsOf(allowed) }, fixes };
}

function nearWord(value: string, allowed: readonly string[]): string | undefined {
  const fold = (text: string): string => text.toLowerCase().replace(/[-_ ]/g, '');
  const folded = fold(value);
  const word = allowed.find((candidate) => fold(candidate) === folded);
  if (word !== undefined) return word;
  const near = nearest(folded, allowed.map(fold), Math.min(2, Math.floor(folded.length / 3)));
  return near === undefined ? undefined : allowed.find((candidate) => fold(candidate) === near);
}

/** `A, B or C` */
function wordsOf(allowed: readonly string[]): string {
  return allowed.length < 2 ? allowed.join('') : `${allowed.slice(0, -1).join(', ')} or ${allowed[allowed.length - 1] ?? ''}`;
}

export function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
