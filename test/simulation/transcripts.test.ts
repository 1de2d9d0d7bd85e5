/** Whole traces as text: each file holds manifests, questions and what is answered. `PACKETPATH_UPDATE=1` writes the answers anew. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../server/src/protocol/trace';
import { traceText } from '../../server/src/report/traceText';
import { simulate } from '../../server/src/simulation/simulate';
import { traceIndexOf } from '../support/workspaceOf';

const folder = join(import.meta.dirname, 'transcripts');
const update = process.env['PACKETPATH_UPDATE'] === '1';

interface Transcript {
  readonly head: string;
  readonly manifest: string;
  readonly closed: boolean;
  readonly questions: readonly { readonly line: string; readonly flow: Flow; readonly expected: string }[];
}

/** A line `%%% ask {json}` opens a question; the text up to the next one is its answer. */
function readTranscript(text: string): Transcript {
  const [first = '', ...rest] = text.split(/^(?=%%% ask )/m);
  const at = first.indexOf('%%% manifests\n');
  if (at < 0) throw new Error('a transcript needs a line "%%% manifests"');
  return {
    head: first.slice(0, at),
    manifest: first.slice(at + '%%% manifests\n'.length),
    closed: /^# closed$/m.test(first.slice(0, at)),
    questions: rest.map((part) => {
      const end = part.indexOf('\n');
      const line = part.slice(0, end);
      return { line, flow: JSON.parse(line.slice('%%% ask '.length)) as Flow, expected: part.slice(end + 1) };
    }),
  };
}

function answerOf(transcript: Transcript, flow: Flow): string {
  const answer = simulate(traceIndexOf(transcript.manifest, { closed: transcript.closed }), flow);
  return answer.ok
    ? `${traceText(answer.traces, { expert: false, colour: false })}\n`
    : `error: ${answer.error}\ncandidates: ${answer.candidates.join(', ')}\n\n`;
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  const transcript = readTranscript(readFileSync(join(folder, file), 'utf8'));
  if (update) {
    const answers = transcript.questions.map(({ line, flow }) => `${line}\n${answerOf(transcript, flow)}`);
    writeFileSync(join(folder, file), `${transcript.head}%%% manifests\n${transcript.manifest}${answers.join('')}`);
  }
  describe(file, () => {
    for (const { line, flow, expected } of transcript.questions) {
      test.skipIf(update)(line.slice('%%% ask '.length), () => {
        expect(answerOf(transcript, flow)).toBe(expected);
      });
    }
    test('has questions', () => {
      expect(transcript.questions.length).toBeGreaterThan(0);
    });
  });
}
