/** What `packetpath check` costs: on real repositories beside reading and parsing the same files, and as a workspace grows. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { run } from '../../server/src/main/cli/run';
import { findManifestFiles } from '../../server/src/main/manifestFiles';
import { generateWorkspace } from './generateWorkspace';
import { median, round, time } from './timing';

export interface CheckFigures {
  /** Undefined where the corpus of real manifests is not at hand. */
  readonly corpus?: { readonly files: number; readonly readAndParse: number; readonly check: number; readonly ratio: number };
  /** From 3,000 to 30,000 documents, in milliseconds. `spread`: ten resources a namespace; `together`: all in one. */
  readonly growth: readonly { readonly variant: 'spread' | 'together'; readonly small: number; readonly large: number; readonly factor: number }[];
}

const corpus = process.env['PACKETPATH_CORPUS'] ?? resolve('../shared/corpus');
const rounds = 5;

/** `folder`: an empty one for generated files. Milliseconds, medians of five after one warm-up, both sides in turn. */
export function measureCheck(folder: string): CheckFigures {
  return {
    ...(existsSync(corpus) ? { corpus: measureCorpus() } : {}),
    growth: [measureGrowth(folder, 'spread'), measureGrowth(folder, 'together')],
  };
}

function measureCorpus(): NonNullable<CheckFigures['corpus']> {
  const { files } = findManifestFiles(corpus, { maxSize: 10_000_000, exclude: [] });
  const read = (): void => {
    for (const { file } of files) parse(readFileSync(file, 'utf8'));
  };
  read();
  check(corpus);
  const raw: number[] = [];
  const whole: number[] = [];
  for (let turn = 0; turn < rounds; turn++) {
    raw.push(time(read));
    whole.push(time(() => check(corpus)));
  }
  return { files: files.length, readAndParse: round(median(raw)), check: round(median(whole)), ratio: round(median(whole) / median(raw)) };
}

function measureGrowth(folder: string, variant: 'spread' | 'together'): CheckFigures['growth'][number] {
  const [small, large] = [1000, 10_000].map((size) => {
    const root = join(folder, `${variant}-${size}`);
    generateWorkspace(size).forEach((file, index) => {
      const text =
        variant === 'spread'
          ? file.text
          : file.text.replace(/namespace: \S+/g, 'namespace: all').replace(/component-(\d)/g, `component-${Math.floor(index / 10)}-$1`);
      mkdirSync(dirname(join(root, file.path)), { recursive: true });
      writeFileSync(join(root, file.path), text);
    });
    check(root);
    return median(Array.from({ length: rounds }, () => time(() => check(root))));
  });
  return { variant, small: round(small ?? 0), large: round(large ?? 0), factor: round((large ?? 0) / (small ?? 1)) };
}

function check(root: string): void {
  let failed = '';
  const status = run(['check', root, '--root', root, '--format', 'json', '--fail-on', 'never'], {
    write: () => undefined,
    warn: (line) => {
      failed = line;
    },
    progress: () => undefined,
    readStandardInput: () => Buffer.from(''),
    colour: false,
  });
  if (status !== 0) throw new Error(`check ended with ${status}: ${failed}`);
}

/** A file that is no YAML costs what it costs. */
function parse(text: string): void {
  try {
    parseAllDocuments(text);
  } catch {
    // Templates may throw in the library.
  }
}
