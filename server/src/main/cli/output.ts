/** Where an answer goes: standard output, or the file of `--output`. */
import { writeFileSync } from 'node:fs';
import { reasonOf } from '../manifestFiles';
import { CommandFailure } from './failure';
import type { Streams } from './streams';

export function writeAnswer(streams: Streams, file: string | undefined, text: string): void {
  if (file === undefined) {
    streams.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandFailure(`${file}: ${reasonOf(error)}`);
  }
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
