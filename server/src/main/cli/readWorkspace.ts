/** From paths on the command line to an indexed workspace. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RuleLevel } from '../../protocol/source';
import { spanOf } from '../../report/checkReport';
import { oneLine, printable } from '../../report/paint';
import { defaultSettings } from '../../protocol/settings';
import { rules } from '../../rules/rules';
import { configurationFileName, isConfiguration, Workspace } from '../../workspace/workspace';
import type { WorkspaceOptions } from '../../workspace/options';
import { renderTargets } from '../../workspace/rendered';
import type { Snapshot } from '../../workspace/snapshot';
import { readBaseline } from '../baseline';
import { decodeText, findManifestFiles, type LeftOut, readManifest, reasonOf } from '../manifestFiles';
import { renderNow } from '../renderProgram';
import { type CommonValues, kubernetesVersion, renderKindsOf } from './commonOptions';
import { CommandFailure } from './failure';
import type { Streams } from './streams';

export interface OpenedWorkspace {
  readonly snapshot: Snapshot;
  /** Files of the given paths, in order of their path. */
  readonly uris: readonly string[];
}

export interface OpenOptions {
  readonly values: CommonValues;
  readonly paths: readonly string[];
  /** A folder that is given alone is the workspace, also inside a git checkout. */
  readonly folderIsWorkspace: boolean;
  readonly ruleLevels?: Readonly<Record<string, RuleLevel>>;
  /** The command line says which baseline counts, so that of the configuration does not. */
  readonly ownBaseline?: boolean;
}

export function openWorkspace(streams: Streams, { values, paths, folderIsWorkspace, ruleLevels, ownBaseline }: OpenOptions): OpenedWorkspace {
  const given = paths.length === 0 ? ['.'] : paths;
  renderKindsOf(values.render);
  const stdin = given.includes('-');
  if (stdin && given.length > 1) throw new CommandFailure('- reads standard input and stands alone');
  const absolute = stdin ? [] : given.map((path) => resolve(path));
  for (const [place, path] of absolute.entries()) if (!existsSync(path)) throw new CommandFailure(`${given[place] ?? path}: no such file or folder`);
  const root = stdin ? resolve('.') : values.root === undefined ? rootOf(absolute, folderIsWorkspace) : rootOption(values.root);
  const workspace = new Workspace({
    ...optionsOf(streams, values),
    commandLineRules: ruleLevels ?? {},
    ...(ownBaseline ? {} : { readBaseline: (path: string) => configuredBaseline(streams, join(root, path)) }),
    stdin,
  });
  if (stdin) return readStandardInput(workspace, streams, values);
  for (const [place, path] of absolute.entries())
    if (!isFile(path) && !isInside(path, root)) throw new CommandFailure(`${given[place] ?? path}: not in the workspace ${root}`);
  return readFolder(workspace, streams, values, root, absolute);
}

/** Files that are not on disk, such as those of a git revision. Of `--config` globs are relative to them. */
export function openTree(
  streams: Streams,
  values: CommonValues,
  { files, leftOut }: { readonly files: readonly { readonly path: string; readonly text: string }[]; readonly leftOut: readonly LeftOut[] },
): Snapshot {
  const workspace = new Workspace(optionsOf(streams, values));
  if (values.quiet !== true) for (const { path, reason } of leftOut) streams.warn(`${printable(path)}: left out, ${reason}`);
  const chosen = readConfigurationOption(workspace, values, undefined);
  for (const { path, text } of files) {
    if (isConfiguration(path) && chosen !== undefined) continue;
    workspace.setFile(pathToFileURL(resolve('/', path)).href, path, text);
  }
  return checkedConfiguration(workspace.snapshot(), streams, values, []);
}

function optionsOf(streams: Streams, values: CommonValues): WorkspaceOptions {
  return {
    rules,
    settingsRules: {},
    commandLineRules: {},
    cluster: {},
    unresolvedReferences: 'off',
    kubernetesVersion: '',
    ...(values['kubernetes-version'] === undefined ? {} : { commandLineKubernetesVersion: kubernetesVersion(values['kubernetes-version']) }),
    closed: values.closed === true,
    stdin: false,
    ...(values.namespace === undefined ? {} : { namespace: values.namespace }),
    ruleFailed: (ruleId, error) => {
      streams.warn(`rule ${ruleId} failed: ${oneLine(reasonOf(error))}`);
    },
  };
}

function configuredBaseline(streams: Streams, file: string): ReadonlySet<string> | undefined {
  const baseline = readBaseline(file);
  if (baseline.ok) return baseline.fingerprints;
  streams.warn(`${file}: ${baseline.reason}`);
  return undefined;
}

function readStandardInput(workspace: Workspace, streams: Streams, values: CommonValues): OpenedWorkspace {
  const path = values['stdin-filename'] ?? 'stdin.yaml';
  const uri = pathToFileURL(resolve('/', path)).href;
  readConfigurationOption(workspace, values, process.cwd());
  workspace.setFile(uri, path, decodeText(standardInput(streams)));
  return { snapshot: checkedConfiguration(workspace.snapshot(), streams, values, [uri]), uris: [uri] };
}

function readFolder(workspace: Workspace, streams: Streams, values: CommonValues, root: string, given: readonly string[]): OpenedWorkspace {
  const options = { maxSize: defaultSettings.maxFileSize * 1_000_000, exclude: [] };
  const { files, leftOut } = findManifestFiles(root, options);
  const leave = (path: string, reason: string): void => {
    if (values.quiet !== true) streams.warn(`${printable(path)}: left out, ${reason}`);
  };
  for (const { path, reason } of leftOut) leave(path, reason);
  const chosen = readConfigurationOption(workspace, values, root);
  const uris: string[] = [];
  const seen = new Set<string>();
  const take = (file: string, path: string, named: boolean): void => {
    const uri = pathToFileURL(file).href;
    if (seen.has(uri)) return;
    seen.add(uri);
    if (isConfiguration(path) && chosen !== undefined && file !== chosen) return;
    const text = readManifest(file);
    if (text.ok) {
      workspace.setFile(uri, path, text.text);
      if (given.some((one) => isInside(file, one))) uris.push(uri);
    } else if (named) throw new CommandFailure(`${path}: ${text.reason}`);
    else leave(path, text.reason);
  };
  let done = 0;
  for (const { file, path } of files) {
    take(file, path, false);
    if (++done % 200 === 0) streams.progress(`reading ${done} of ${files.length} files`);
  }
  // What is named counts also where walking would pass it by (an ignored folder, an unusual name).
  for (const path of given) {
    if (isFile(path)) take(path, toPath(root, path), true);
    else if (path !== root && !files.some(({ file }) => isInside(file, path)))
      for (const found of findManifestFiles(path, options).files) take(found.file, toPath(root, found.file), false);
  }
  renderTheirs(workspace, streams, values, root, new Set(uris));
  streams.progress('');
  uris.sort((a, b) => (a < b ? -1 : 1));
  return { snapshot: checkedConfiguration(workspace.snapshot(), streams, values, uris), uris };
}

/** Of the contexts that hold a given file. A program that fails is said in its context: what it would have written is missing there. */
function renderTheirs(workspace: Workspace, streams: Streams, values: CommonValues, root: string, given: ReadonlySet<string>): void {
  const kinds = renderKindsOf(values.render);
  if (kinds.size === 0) return;
  const { parts } = workspace.snapshot();
  for (const target of renderTargets(parts.grouping, parts.files)) {
    if (!kinds.has(target.kind) || !target.files.some((uri) => given.has(uri))) continue;
    if (values.context !== undefined && values.context !== target.context) continue;
    streams.progress(`rendering ${target.root}`);
    workspace.setRendered(target.kind, target.root, renderNow(root, target));
  }
}

/** Reads `--config`; returns its absolute path. Its globs are relative to its folder where that lies in the workspace, else to the workspace. */
function readConfigurationOption(workspace: Workspace, values: CommonValues, root: string | undefined): string | undefined {
  if (values.config === undefined) return undefined;
  const file = resolve(values.config);
  const text = readManifest(file);
  if (!text.ok) throw new CommandFailure(`${values.config}: ${text.reason}`);
  const folder = root !== undefined && isInside(file, root) ? toPath(root, dirname(file)) : '';
  workspace.setFile(pathToFileURL(file).href, folder === '' ? configurationFileName : `${folder}/${configurationFileName}`, text.text);
  return file;
}

/** A mistake in the file of `--config` is a failure; in one that was found it is a finding, and said where findings of it are not asked for. */
function checkedConfiguration(snapshot: Snapshot, streams: Streams, values: CommonValues, uris: readonly string[]): Snapshot {
  for (const configuration of snapshot.parts.configurations.all) {
    const [mistake] = snapshot.findings(configuration.uri).filter((finding) => finding.severity === 'error');
    if (!mistake) continue;
    const { line, column } = spanOf(configuration.file, mistake.range).start;
    const says = `${values.config ?? configuration.file.path}:${line}:${column}: ${mistake.message}`;
    if (values.config !== undefined) throw new CommandFailure(says);
    if (!uris.includes(configuration.uri)) streams.warn(oneLine(says));
  }
  return snapshot;
}

function standardInput(streams: Streams): Buffer {
  try {
    return streams.readStandardInput();
  } catch (error) {
    throw new CommandFailure(`standard input: ${reasonOf(error)}`);
  }
}

function rootOption(given: string): string {
  const root = resolve(given);
  if (!existsSync(root)) throw new CommandFailure(`--root ${given}: no such folder`);
  if (isFile(root)) throw new CommandFailure(`--root ${given}: not a folder`);
  return root;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function rootOf(paths: readonly string[], folderIsWorkspace: boolean): string {
  const folders = paths.map((path) => (isFile(path) ? dirname(path) : path));
  const [only] = folders;
  if (folderIsWorkspace && only !== undefined && folders.length === 1 && paths[0] === only) return only;
  const common = folders.reduce((shared, folder) => commonFolder(shared, folder));
  return gitRoot(common) ?? common;
}

function commonFolder(a: string, b: string): string {
  const [left, right] = [a.split(sep), b.split(sep)];
  let length = 0;
  while (length < left.length && length < right.length && left[length] === right[length]) length++;
  return left.slice(0, length).join(sep) || sep;
}

function gitRoot(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function toPath(root: string, file: string): string {
  const path = relative(root, file);
  return path.startsWith('..') ? basename(file) : path.split(sep).join('/');
}
