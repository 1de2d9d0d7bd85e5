/** Hostile inputs: fixtures of the rules, mutated by a generator of numbers that is the same on every run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readFixture } from '../support/fixture';

const folder = resolve(import.meta.dirname, '../rules');

/** The texts of all rule fixtures, without their marks. */
export function fixtureTexts(): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((file) => readFixture(readFileSync(file, 'utf8')).files.map(({ text }) => text));
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const values = [
  '99999999999999999999999999',
  '-1',
  '1e400',
  '0x7fffffffffffffff',
  '.nan',
  '65536',
  'null',
  '~',
  'true',
  '[]',
  '{}',
  '[[[]]]',
  '{a: {b: [1, {}]}}',
  '""',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '<img src=x onerror=alert(1)>',
  '"\\0\\e[2J\\u202e"',
  '"a\\nb"',
  '{{ .Values.x }}',
  '${X}',
  '$(A)$(A)$(',
  '*alias',
  '&anchor x',
  '!!binary AAAA',
  '!custom {a: b}',
  '2024-01-01',
  '|\n  text\n  more',
  '>-\n  folded',
  '0.0.0.0/0',
  '::/0',
  '::ffff:1.2.3.4/200',
  '10.0.0.0/8/8',
  'http://[::1]:99999/%zz?#',
  'x'.repeat(300),
  '1.2.3.4.5',
  '?',
  '- - - a',
];
const keys = ['__proto__', 'constructor', 'metadata', 'spec', 'items', 'namespace', '<<', '? [a]', '"<b>"', '1', 'selector', 'ports'];

/** One text with one to five changes. */
export function mutated(texts: readonly string[], random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let text = pick(texts);
  const changes = 1 + Math.floor(random() * 5);
  for (let change = 0; change < changes; change++) {
    const lines = text.split('\n');
    const at = Math.floor(random() * lines.length);
    const line = lines[at] ?? '';
    const kind = Math.floor(random() * 12);
    if (kind === 0) lines.splice(at, 1);
    else if (kind === 1) lines.splice(at, 0, line);
    else if (kind === 2) lines[at] = line.replace(/:.*$/, `: ${pick(values)}`);
    else if (kind === 3) lines[at] = line.replace(/[\w./-]+\s*:/, `${pick(keys)}:`);
    else if (kind === 4) lines[at] = line.replace(/[\w./-]+$/, pick(values));
    else if (kind === 5) lines[at] = `${' '.repeat(Math.floor(random() * 12))}${line.trimStart()}`;
    else if (kind === 6) lines.splice(at, 1 + Math.floor(random() * 4));
    else if (kind === 7) lines.push('---', ...pick(texts).split('\n'));
    else if (kind === 8) lines[at] = line.replace(/^(\s*)(.*)$/, (_, indent: string, rest: string) => `${indent}- ${rest}`);
    else if (kind === 9) lines[at] = line.replace(/- /, '');
    const joined = lines.join(kind === 10 ? '\r\n' : '\n');
    text = kind === 11 ? joined.slice(0, Math.floor(random() * joined.length)) : joined;
  }
  return text;
}

/** Numbers and characters that JSON, YAML or a terminal take for something. */
export function anyBytes(random: () => number): Buffer {
  const head = random() < 0.5 ? Buffer.from('apiVersion: v1\nkind: Service\nmetadata:\n  name: ') : Buffer.alloc(0);
  const marks = Buffer.from(' \n\t:-[]{},&*!|>\'"%@`#?\r\u0000aA0~<>$()\\');
  const tail = Buffer.from(
    Array.from({ length: Math.floor(random() * 400) }, () => (random() < 0.6 ? (marks[Math.floor(random() * marks.length)] ?? 0) : Math.floor(random() * 256))),
  );
  const order = random();
  return Buffer.concat([
    ...(order < 0.1 ? [Buffer.from([0xff, 0xfe])] : order < 0.2 ? [Buffer.from([0xfe, 0xff])] : order < 0.3 ? [Buffer.from([0xef, 0xbb, 0xbf])] : []),
    head,
    tail,
  ]);
}
