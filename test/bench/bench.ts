/** `npm run bench`: what the work costs on generated workspaces, beside reading and parsing the same files; printed as JSON. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { traceIn } from '../../server/src/features/traces';
import { findManifestFiles, readManifest } from '../../server/src/main/manifestFiles';
import { diagnosticsOf } from '../../server/src/features/diagnostics';
import { Workspace } from '../../server/src/workspace/workspace';
import { testOptions } from '../support/workspaceOf';
import { measureCheck } from './check';
import { measureConnectivity } from './connectivityBench';
import { generateWorkspace, type GeneratedFile } from './generateWorkspace';
import { measureTopology } from './topologyBench';
import { median, percentiles, round, time } from './timing';

interface Figures {
  readonly files: number;
  readonly documents: number;
  /** Milliseconds, medians of five; reading and parsing with `yaml` alternated with our own index of the same files. */
  readonly readAndParse: number;
  readonly coldIndex: number;
  readonly coldIndexAndAllFindings: number;
  readonly ratio: number;
  readonly keystroke: { readonly p50: number; readonly p95: number };
  readonly keystrokeInName: { readonly p50: number; readonly p95: number };
  readonly megabytes: number;
  readonly trace: { readonly p50: number; readonly p95: number };
}

/** `npm run bench`: all. `npm run bench -- check`, `npm run bench -- index 100,1000`: a part, and sizes in files. */
const [part, sizesWanted = '100,1000,10000'] = process.argv.slice(2);
const sizes = part === undefined || part === 'index' ? sizesWanted.split(',').map(Number) : [];
const rounds = 5;
/** Turns of each side before anything is measured, so that both run as compiled code. */
const warmUps = 3;

const folder = mkdtempSync(join(tmpdir(), 'packetpath-bench-'));
try {
  const figures = sizes.map((size) => measure(size));
  const [first] = figures;
  const thousand = figures.find((one) => one.files === 1000);
  const result = {
    node: process.version,
    rounds,
    figures,
    ...(part === undefined || part === 'check' ? { check: measureCheck(folder) } : {}),
    ...(part === undefined || part === 'connectivity' ? { connectivity: [200, 400].map((workloads) => measureConnectivity(workloads, rounds)) } : {}),
    ...(part === undefined || part === 'topology' ? { topology: measureTopology(2000, rounds) } : {}),
    ...(first && thousand && first.files === 100 ? { keystrokeGrowth100To1000: round(thousand.keystroke.p50 / first.keystroke.p50) } : {}),
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measure(size: number): Figures {
  const root = join(folder, String(size));
  const files = generateWorkspace(size);
  for (const file of files) {
    mkdirSync(dirname(join(root, file.path)), { recursive: true });
    writeFileSync(join(root, file.path), file.text);
  }
  for (let turn = 0; turn < warmUps; turn++) {
    readAndParse(root, files);
    index(root);
  }
  const raw: number[] = [];
  const cold: number[] = [];
  for (let turn = 0; turn < rounds; turn++) {
    raw.push(time(() => readAndParse(root, files)));
    cold.push(time(() => index(root)));
  }
  const before = memory();
  const workspace = index(root);
  const findings = time(() => {
    const snapshot = workspace.snapshot();
    for (const uri of snapshot.files.keys()) snapshot.findings(uri);
  });
  const megabytes = memory() - before;
  const keystroke = keystrokes(workspace, root, files, (text, turn) => text.replace('value: info', `value: level-${turn}`));
  const keystrokeInName = keystrokes(workspace, root, files, (text, turn) => text.replace('name: component-', `name: c${turn}omponent-`));
  const trace = traces(workspace);
  const [readMedian, coldMedian] = [median(raw), median(cold)];
  return {
    files: files.length,
    documents: files.length * 3,
    readAndParse: round(readMedian),
    coldIndex: round(coldMedian),
    coldIndexAndAllFindings: round(coldMedian + findings),
    ratio: round(coldMedian / readMedian),
    keystroke,
    keystrokeInName,
    megabytes: round(megabytes),
    trace,
  };
}

function readAndParse(root: string, files: readonly GeneratedFile[]): number {
  let documents = 0;
  for (const file of files) documents += parseAllDocuments(readFileSync(join(root, file.path), 'utf8')).length;
  return documents;
}

/** Finds, reads, parses and groups all files: what happens before the first answer. */
function index(root: string): Workspace {
  const workspace = new Workspace(testOptions);
  for (const { file, path } of findManifestFiles(root, { maxSize: 10_000_000, exclude: [] }).files) {
    const text = readManifest(file);
    if (text.ok) workspace.setFile(pathToFileURL(file).href, path, text.text);
  }
  workspace.snapshot();
  return workspace;
}

/** From the new text of one file to its diagnostics, many times over, in files all over the workspace. */
function keystrokes(
  workspace: Workspace,
  root: string,
  files: readonly GeneratedFile[],
  edit: (text: string, turn: number) => string,
): { readonly p50: number; readonly p95: number } {
  const times: number[] = [];
  const count = 200;
  for (let turn = 0; turn < count; turn++) {
    const file = files[(turn * 37) % files.length];
    if (!file) continue;
    const uri = pathToFileURL(join(root, file.path)).href;
    const text = edit(file.text, turn);
    const taken = time(() => {
      workspace.setFile(uri, file.path, text);
      diagnosticsOf(workspace.snapshot(), uri, { yamlProblems: true });
    });
    if (turn >= 20) times.push(taken);
    workspace.setFile(uri, file.path, file.text);
    workspace.snapshot();
  }
  return percentiles(times);
}

function traces(workspace: Workspace): { readonly p50: number; readonly p95: number } {
  const snapshot = workspace.snapshot();
  const times: number[] = [];
  const [context] = snapshot.contexts;
  if (!context) throw new Error('the generated workspace forms no context');
  for (let turn = 0; turn < 200; turn++) {
    const part = turn % 10;
    const taken = time(() => {
      const answer = traceIn(snapshot, context, { from: `deployment/app-1/component-${part}`, to: `service/app-1/component-${(part + 1) % 10}`, port: 80 });
      if (!answer.ok) throw new Error(answer.error);
    });
    if (turn >= 20) times.push(taken);
  }
  return percentiles(times);
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1_000_000;
}
