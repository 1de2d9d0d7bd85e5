/** Runs `helm template` or `kustomize build`: fixed arguments, no shell, no network that it could be talked into, and an end to time and output. */
import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { RenderAnswer, RenderKind, RenderTarget } from '../workspace/rendered';

export const renderKinds: readonly RenderKind[] = ['helm', 'kustomize'];

export interface RenderLimits {
  /** Milliseconds. */
  readonly time: number;
  /** Bytes of output. */
  readonly output: number;
}

export const renderLimits: RenderLimits = { time: 10_000, output: 20_000_000 };

interface Call {
  readonly program: string;
  readonly file: string;
  readonly args: readonly string[];
}

/** For the editor. `root`: absolute path of the workspace folder. Never rejects; a call that is aborted is a failure. */
export async function render(root: string, target: RenderTarget, signal: AbortSignal, limits: RenderLimits = renderLimits): Promise<RenderAnswer> {
  const call = callFor(root, target);
  if (!('file' in call)) return call;
  const { file, args, program } = call;
  return new Promise((resolve) => {
    const options = { ...optionsOf(root, limits), signal };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (!error) resolve({ ok: true, program, text: stdout, namespace: target.namespace });
      else resolve({ ok: false, program, reason: reasonOf({ code: error.code, killed: error.killed === true, stderr }, limits) });
    }).stdin?.end();
  });
}

/** For the command line. */
export function renderNow(root: string, target: RenderTarget, limits: RenderLimits = renderLimits): RenderAnswer {
  const call = callFor(root, target);
  if (!('file' in call)) return call;
  const { file, args, program } = call;
  const { error, status, signal, stdout, stderr } = spawnSync(file, args, { ...optionsOf(root, limits), stdio: ['ignore', 'pipe', 'pipe'] });
  if (!error && status === 0) return { ok: true, program, text: stdout, namespace: target.namespace };
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? status;
  return { ok: false, program, reason: reasonOf({ code, killed: code === 'ETIMEDOUT' || signal !== null, stderr: stderr ?? '' }, limits) };
}

/**
 * The folder is absolute, so that it cannot be read as an option. `--include-crds`: `crds/` is part of what is installed. Dependencies are not
 * fetched, plugins are not loaded, and no cluster is asked.
 */
function callFor(root: string, { kind, root: folder, namespace }: RenderTarget): Call | (RenderAnswer & { readonly ok: false }) {
  const place = join(root, ...folder.split('/'));
  if (kind === 'helm') {
    const file = programOnPath('helm', root);
    if (file === undefined) return { ok: false, program: 'helm', reason: 'helm is not on the PATH' };
    return { program: 'helm', file, args: ['template', releaseOf(place), place, '--namespace', namespace, '--include-crds'] };
  }
  const kustomize = programOnPath('kustomize', root);
  if (kustomize !== undefined) return { program: 'kustomize', file: kustomize, args: ['build', place] };
  const kubectl = programOnPath('kubectl', root);
  if (kubectl !== undefined) return { program: 'kubectl kustomize', file: kubectl, args: ['kustomize', place] };
  return { ok: false, program: 'kustomize', reason: 'neither kustomize nor kubectl is on the PATH' };
}

/** The name of the chart's folder as a release may be called: https://helm.sh/docs/chart_template_guide/builtin_objects/ (at most 53 letters). */
function releaseOf(place: string): string {
  const name = (place.split(sep).at(-1) ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 53)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'release' : name;
}

/** Absolute path of a program; never one in the workspace, which anybody may have written. */
function programOnPath(name: string, workspace: string): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (!isAbsolute(folder) || isInside(folder, workspace)) continue;
    const path = join(folder, file);
    if (isExecutable(path)) return path;
  }
  return undefined;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Without a PATH no git is found, which Kustomize would clone remote bases with, and what it would read by HTTP ends at a proxy that is not there.
 * The configuration of clusters is one that does not exist: it may name programs that log in.
 */
function optionsOf(
  root: string,
  { time, output }: RenderLimits,
): {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeout: number;
  readonly maxBuffer: number;
  readonly encoding: 'utf8';
  readonly killSignal: 'SIGKILL';
  readonly windowsHide: true;
  readonly shell: false;
} {
  const nowhere = 'http://127.0.0.1:9';
  const kept = ['HOME', 'USERPROFILE', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(kept),
    PATH: '',
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    HELM_NO_PLUGINS: '1',
    KUBECONFIG: join(dirname(process.execPath), 'no-kubeconfig'),
  };
  return { cwd: root, env, timeout: time, maxBuffer: output, encoding: 'utf8', killSignal: 'SIGKILL', windowsHide: true, shell: false };
}

interface Failed {
  readonly code: unknown;
  readonly killed: boolean;
  readonly stderr: string;
}

function reasonOf({ code, killed, stderr }: Failed, { time, output }: RenderLimits): string {
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER' || code === 'ENOBUFS') return `it wrote more than ${output / 1_000_000} MB`;
  if (code === 'ABORT_ERR') return 'it was stopped';
  if (killed) return `it did not end within ${time / 1000} s`;
  if (typeof code !== 'number') return `it could not be started (${String(code)})`;
  const lines = stderr
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/\p{Cc}+/gu, ' ')
        .replace(logPrefix, '')
        .trim(),
    )
    .filter((line) => line !== '');
  const says = lines.find((line) => /^error/i.test(line)) ?? lines[0];
  return says === undefined ? `it ended with ${code}` : `it ended with ${code}: ${says.slice(0, 300)}`;
}

/** Of klog, which kubectl writes with: severity, time, process, place in its source. */
const logPrefix = /^[IWEF]\d{4} [\d:.]+ +\d+ [\w.]+:\d+\] (?:"[^"]*" err=)?"?/;
