/** Standard input, output and error of a command, so that a test can stand in for them. */
import { readFileSync } from 'node:fs';

export interface Streams {
  /** The answer. */
  write(text: string): void;
  /** A line for people beside the answer. */
  warn(line: string): void;
  /** Replaces the last progress line; '' takes it away. Shown on a terminal only, for work over a second. */
  progress(line: string): void;
  readStandardInput(): Buffer;
  /** Colour is wanted: a terminal, and no NO_COLOR. */
  readonly colour: boolean;
}

const patience = 1000;

export function processStreams(): Streams {
  const started = performance.now();
  let shown = false;
  return {
    write: (text) => process.stdout.write(text),
    warn: (line) => process.stderr.write(`packetpath: ${line}\n`),
    progress: (line) => {
      if (!process.stderr.isTTY || (line !== '' && performance.now() - started < patience)) return;
      if (line !== '' || shown) process.stderr.write(`\r\u001b[K${line}`);
      shown = line !== '';
    },
    readStandardInput: () => readFileSync(0),
    colour: process.stdout.isTTY && !process.env['NO_COLOR'],
  };
}
