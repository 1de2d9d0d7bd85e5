/** Options that every command takes, and how their text becomes values. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearest } from '../../base/editDistance';
import type { Context } from '../../model/context';
import type { Snapshot } from '../../workspace/snapshot';
import type { RenderKind } from '../../workspace/rendered';
import { renderKinds } from '../renderProgram';
import { CommandFailure } from './failure';

export const commonOptions = {
  format: { type: 'string' },
  output: { type: 'string' },
  config: { type: 'string' },
  context: { type: 'string' },
  closed: { type: 'boolean' },
  'kubernetes-version': { type: 'string' },
  namespace: { type: 'string' },
  root: { type: 'string' },
  'stdin-filename': { type: 'string' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies NonNullable<ParseArgsConfig['options']>;

/** Of the commands that read a workspace from disk. */
export const renderOption = { render: { type: 'string' } } as const satisfies NonNullable<ParseArgsConfig['options']>;

type Options = NonNullable<ParseArgsConfig['options']>;

export interface CommonValues {
  readonly format?: string;
  readonly output?: string;
  readonly config?: string;
  readonly context?: string;
  readonly closed?: boolean;
  readonly 'kubernetes-version'?: string;
  readonly namespace?: string;
  readonly root?: string;
  readonly 'stdin-filename'?: string;
  readonly quiet?: boolean;
  readonly render?: string;
}

/** `-` counts as a path. An unknown option is a failure that names it. */
export function parseCommand<O extends Options>(
  args: readonly string[],
  own: O,
): { readonly values: ReturnType<typeof parseArgs<{ options: O & typeof commonOptions }>>['values']; readonly paths: readonly string[] } {
  const options = { ...commonOptions, ...own };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values: values, paths: positionals };
  } catch (error) {
    throw new CommandFailure(wordsOf(error, Object.keys(options)));
  }
}

/** Node's first sentence; of an option that is not known, the nearest that is. */
function wordsOf(error: unknown, options: readonly string[]): string {
  if (!(error instanceof Error)) return String(error);
  const unknown = /^Unknown option '(-[^']*)'/.exec(error.message)?.[1];
  if (unknown === undefined) return error.message.split('\n')[0] ?? '';
  const near = nearest(unknown.replace(/^-+/, ''), options, 3);
  return `there is no option ${unknown}${near === undefined ? '; --help lists them' : `; did you mean --${near}?`}`;
}

/** One of the words, the first when none was given. */
export function oneOf<T extends string>(option: string, given: string | undefined, words: readonly [T, ...T[]]): T {
  if (given === undefined) return words[0];
  const word = words.find((candidate) => candidate === given);
  if (word === undefined) throw new CommandFailure(`--${option} ${given}: expected one of ${words.join(', ')}`);
  return word;
}

export function kubernetesVersion(given: string | undefined): string {
  if (given === undefined) return '';
  if (!/^v?1\.\d{1,3}(\.\d+)?$/.test(given)) throw new CommandFailure(`--kubernetes-version ${given}: expected 1.N, for example 1.33`);
  return given;
}

export function integer(option: string, given: string, first: number, last: number): number {
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < first || value > last) throw new CommandFailure(`--${option} ${given}: expected a number from ${first} to ${last}`);
  return value;
}

/** The context of `--context`; a failure that names the nearest where there is none. */
export function contextNamed(snapshot: Snapshot, id: string): Context {
  const context = snapshot.context(id);
  if (context) return context;
  const near = nearest(
    id,
    snapshot.contexts.map((candidate) => candidate.id),
    4,
  );
  throw new CommandFailure(`--context ${id}: there is no such context; ${near === undefined ? '`packetpath contexts` lists them' : `did you mean ${near}?`}`);
}

/** Of `--render`: none when it is not given. */
export function renderKindsOf(given: string | undefined): ReadonlySet<RenderKind> {
  const words = given === undefined ? [] : given.split(',').map((word) => word.trim());
  return new Set(
    words.map((word) => {
      const kind = renderKinds.find((candidate) => candidate === word);
      if (kind === undefined) throw new CommandFailure(`--render ${String(given)}: expected ${renderKinds.join(', ')}, or both with a comma`);
      return kind;
    }),
  );
}
