/** Runs the command line in the process of a test, with temporary folders and streams that remember. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from '../../server/src/main/cli/run';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly warnings: readonly string[];
}

export interface RanJson extends Ran {
  /** Standard output as JSON. */
  readonly json: unknown;
}

/** A folder of its own for a test, gone when the test is over. `git`: it is the root of a checkout. */
export function folderOf(files: Readonly<Record<string, string>>, { git = false } = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'packetpath-test-')));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  if (git) mkdirSync(join(folder, '.git'));
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

export function packetpath(args: readonly string[], { input = '', colour = false } = {}): Ran {
  let out = '';
  const warnings: string[] = [];
  const status = run(args, {
    write: (text) => {
      out += text;
    },
    warn: (line) => {
      warnings.push(line);
    },
    progress: () => undefined,
    readStandardInput: () => Buffer.from(input),
    colour,
  });
  return { status, out, warnings };
}

/** With `--format json`. */
export function packetpathJson(args: readonly string[], streams: { readonly input?: string } = {}): RanJson {
  const ran = packetpath([...args, '--format', 'json'], streams);
  return { ...ran, json: ran.out === '' ? undefined : (JSON.parse(ran.out) as unknown) };
}

export const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: main
          image: web:1
          ports:
            - name: http
              containerPort: 8080
`;

export const webService = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: 8080
`;

/** One error (line 9: a port name that no container has) and nothing else. */
export const wrongService = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: htpp
`;

export const client = web.replaceAll('web', 'client').replace('name: http', 'name: metrics');
