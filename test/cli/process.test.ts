/** The command line as it is built and started: status, streams, standard input. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { builtBundle } from '../support/bundle';
import { folderOf, web, wrongService } from './commandLine';

let cli = '';
beforeAll(async () => {
  cli = await builtBundle('dist/cli.js');
});

function started(args: readonly string[], input = ''): { status: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { input, encoding: 'utf8', maxBuffer: 100_000_000 });
  return { status, out: stdout, error: stderr };
}

describe('packetpath as a process', () => {
  test('clean, findings, and an error', () => {
    const folder = folderOf({ 'a.yaml': web, 'b.yaml': wrongService });
    expect(started(['check', folder])).toMatchObject({ status: 0, error: '' });
    expect(started(['check', folder, '--fail-on', 'warning'])).toMatchObject({ status: 1, out: expect.stringContaining('b.yaml:9:19') as string });
    const wrong = started(['check', `${folder}/none.yaml`]);
    expect(wrong.status).toBe(2);
    expect(wrong.error).toMatch(/^packetpath: .*none\.yaml: no such file or folder\n$/);
  });

  test('standard input, as kustomize build and helm template give it', () => {
    const answer = started(['check', '-', '--format', 'json'], `${web}---\n${wrongService}`);
    expect(answer.status).toBe(0);
    expect(JSON.parse(answer.out)).toMatchObject({ findings: [{ uri: 'stdin.yaml', contexts: ['stdin'] }] });
  });

  test('an answer of many megabytes goes through a pipe whole', () => {
    const many = Array.from(
      { length: 3000 },
      (_, place) => wrongService.replaceAll('web', `web${place}`) + '---\n' + web.replaceAll('web', `web${place}`),
    ).join('---\n');
    const { status, out } = started(['check', '-', '--format', 'json'], many);
    expect(status).toBe(0);
    expect((JSON.parse(out) as { findings: unknown[] }).findings).toHaveLength(3000);
  });
});
