/** `packetpath diff`: which connections an edit opens and closes. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { nearest } from '../../base/editDistance';
import { defaultSettings } from '../../protocol/settings';
import { unreadNotes } from '../../report/connectivityUnread';
import { diffCsv } from '../../report/diffCsv';
import { diffMermaid } from '../../report/diffMermaid';
import { type DiffReport, diffReport } from '../../report/diffReport';
import { diffText } from '../../report/diffText';
import { oneLine } from '../../report/paint';
import type { Snapshot } from '../../workspace/snapshot';
import type { Command } from './command';
import { commonUsage } from './command';
import { type CommonValues, oneOf, parseCommand } from './commonOptions';
import { CommandFailure } from './failure';
import { gitPlace, readGitTree } from './gitTree';
import { json, writeAnswer } from './output';
import { policyOptions, policyReading, policyUsage } from './policyOptions';
import { openTree, openWorkspace } from './readWorkspace';
import type { Streams } from './streams';

export const diff: Command = {
  name: 'diff',
  summary: 'which connections an edit opens and closes',
  usage: `packetpath diff BEFORE AFTER [--format text|json|csv|mermaid] [--explain] [--fail-on-change]
${policyUsage}

BEFORE and AFTER are folders, or git:REV[:FOLDER]: a folder of a git revision, from the root of the repository.
Each is a workspace of its own; contexts are compared by their id.
${commonUsage}`,
  run(args, streams) {
    const { values, paths } = parseCommand(args, { ...policyOptions, explain: { type: 'boolean' }, 'fail-on-change': { type: 'boolean' } });
    const format = oneOf('format', values.format, ['text', 'json', 'csv', 'mermaid']);
    const reading = policyReading(values);
    const [before, after] = paths;
    if (before === undefined || after === undefined || paths.length > 2)
      throw new CommandFailure('diff needs BEFORE and AFTER: two folders, or git:REV[:FOLDER]');
    const [old, now] = [open(streams, values, before, after), open(streams, values, after, before)];
    const { context } = values;
    if (context !== undefined) requireContext(context, [old, now]);
    const { report, notes } = diffReport(old, now, {
      ...reading,
      explain: values.explain === true,
      ...(context === undefined ? {} : { context }),
      progress: (id) => {
        streams.progress(`comparing ${oneLine(id)}`);
      },
    });
    streams.progress('');
    if (values.quiet !== true) for (const note of [...unread('before', old), ...unread('after', now), ...notes]) streams.warn(oneLine(note));
    writeAnswer(streams, values.output, render(format, report, streams.colour && values.output === undefined));
    return values['fail-on-change'] === true && report.changes.length > 0 ? 1 : 0;
  },
};

function unread(side: string, snapshot: Snapshot): readonly string[] {
  return unreadNotes([...snapshot.files].map(([, file]) => file)).map((note) => `${side}, ${note}`);
}

function render(format: 'text' | 'json' | 'csv' | 'mermaid', report: DiffReport, colour: boolean): string {
  switch (format) {
    case 'text':
      return diffText(report, { colour });
    case 'json':
      return json(report);
    case 'csv':
      return diffCsv(report);
    case 'mermaid':
      return diffMermaid(report);
  }
}

function open(streams: Streams, values: CommonValues, place: string, other: string): Snapshot {
  const revision = gitPlace(place);
  if (revision) {
    const tree = readGitTree(repositoryFolder(values, other), revision, defaultSettings.maxFileSize * 1_000_000);
    return openTree(streams, values, tree);
  }
  const stat = statSync(resolve(place), { throwIfNoEntry: false });
  if (place !== '-' && !stat) throw new CommandFailure(`${place}: no such folder`);
  if (!stat?.isDirectory()) throw new CommandFailure(`${place}: expected a folder, or git:REV[:FOLDER]`);
  return openWorkspace(streams, { values: withoutRoot(values), paths: [place], folderIsWorkspace: true }).snapshot;
}

/** `--root` says whose revisions are meant, not what a folder's workspace is. */
function withoutRoot(values: CommonValues): CommonValues {
  return Object.fromEntries(Object.entries(values).filter(([option]) => option !== 'root'));
}

/** A revision is one of the repository of `--root`, else of the other folder, else of the current folder. */
function repositoryFolder({ root }: CommonValues, other: string): string {
  if (root !== undefined) return existing(resolve(root), `--root ${root}: no such folder`);
  if (gitPlace(other)) return process.cwd();
  const folder = resolve(other);
  return isInRepository(folder) ? folder : process.cwd();
}

function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (statSync(resolve(at, '.git'), { throwIfNoEntry: false })) return true;
    if (dirname(at) === at) return false;
  }
}

function existing(folder: string, otherwise: string): string {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new CommandFailure(otherwise);
  return folder;
}

function requireContext(id: string, snapshots: readonly Snapshot[]): void {
  if (snapshots.some((snapshot) => snapshot.context(id))) return;
  const near = nearest(
    id,
    snapshots.flatMap(({ contexts }) => contexts.map((context) => context.id)),
    4,
  );
  throw new CommandFailure(`--context ${id}: neither side has such a context${near === undefined ? '' : `; did you mean ${near}?`}`);
}
