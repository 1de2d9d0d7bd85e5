/** `packetpath connectivity`: who may talk to whom, on which ports. */
import { connectivityCsv } from '../../report/connectivityCsv';
import { connectivityDot } from '../../report/connectivityDot';
import { connectivityMermaid } from '../../report/connectivityMermaid';
import { type ConnectivityReport, connectivityReport, type ReportOptions } from '../../report/connectivityReport';
import { connectivityText } from '../../report/connectivityText';
import { unreadNotes } from '../../report/connectivityUnread';
import { oneLine } from '../../report/paint';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from './command';
import { commonUsage } from './command';
import { type CommonValues, contextNamed, oneOf, parseCommand, renderOption } from './commonOptions';
import { CommandFailure } from './failure';
import { json, writeAnswer } from './output';
import { policyOptions, policyReading, policyUsage } from './policyOptions';
import { openWorkspace } from './readWorkspace';
import type { Streams } from './streams';

export const connectivity: Command = {
  name: 'connectivity',
  summary: 'who may talk to whom, on which ports',
  usage: `packetpath connectivity [path…] [--format text|json|csv|dot|mermaid] [--explain] [--separate] [--render helm,kustomize]
${policyUsage}

--explain adds the policies and rules that decide every pair. With --separate each given folder is a workspace of its own.
Policies are judged as enforced, whatever the network plugin; --cni only says whether an ipBlock matches pods.
${commonUsage}`,
  run(args, streams) {
    const { values, paths } = parseCommand(args, { ...policyOptions, ...renderOption, explain: { type: 'boolean' }, separate: { type: 'boolean' } });
    const format = oneOf('format', values.format, ['text', 'json', 'csv', 'dot', 'mermaid']);
    const options: ReportOptions = { ...policyReading(values), explain: values.explain === true };
    const folders = values.separate === true ? separateFolders(paths) : undefined;
    const contexts = folders
      ? folders.flatMap((folder) => answerFor(streams, values, [folder], options).map((context) => ({ ...context, root: rootUnder(folder, context.root) })))
      : answerFor(streams, values, paths, options);
    const report: ConnectivityReport = { schemaVersion: 1, contexts };
    writeAnswer(streams, values.output, render(format, report, { colour: streams.colour && values.output === undefined, explain: options.explain }));
    return 0;
  },
};

function answerFor(streams: Streams, values: CommonValues, paths: readonly string[], options: ReportOptions): ConnectivityReport['contexts'] {
  const { snapshot, uris } = openWorkspace(streams, { values, paths, folderIsWorkspace: true });
  const given = new Set(uris);
  if (values.quiet !== true) for (const note of unreadNotes(uris.flatMap((uri) => snapshot.files.get(uri) ?? []))) streams.warn(oneLine(note));
  const contexts =
    values.context === undefined
      ? snapshot.contexts.filter((context) => context.files.some((uri) => given.has(uri)))
      : [contextNamed(snapshot, values.context)];
  const contextsOfReport: ConnectivityReport['contexts'][number][] = [];
  contexts.forEach((context, position) => {
    streams.progress(`comparing pods of ${oneLine(context.id)}, ${position + 1} of ${contexts.length}`);
    const { report, notes } = connectivityReport(snapshot, [context], options);
    streams.progress('');
    if (values.quiet !== true) for (const note of notes) streams.warn(oneLine(note));
    contextsOfReport.push(...report.contexts);
  });
  return contextsOfReport;
}

function render(
  format: 'text' | 'json' | 'csv' | 'dot' | 'mermaid',
  report: ConnectivityReport,
  look: { readonly colour: boolean; readonly explain: boolean },
): string {
  switch (format) {
    case 'text':
      return connectivityText(report, look);
    case 'json':
      return json(report);
    case 'csv':
      return connectivityCsv(report, look);
    case 'dot':
      return connectivityDot(report);
    case 'mermaid':
      return connectivityMermaid(report);
  }
}

function separateFolders(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) throw new CommandFailure('--separate needs folders');
  for (const path of paths) if (path === '-' || isFile(path)) throw new CommandFailure(`--separate ${path}: expected a folder`);
  return paths;
}

function isFile(path: string): boolean {
  return statSync(resolve(path), { throwIfNoEntry: false })?.isFile() === true;
}

/** The roots of separate workspaces begin with the folder as it was given, so that they differ. */
function rootUnder(folder: string, root: string): string {
  const trimmed = folder.replace(/(?<=.)\/+$/, '');
  return root === '.' ? trimmed : `${trimmed}/${root}`;
}
