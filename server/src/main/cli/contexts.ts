/** `packetpath contexts`: how the files were grouped, and why. */
import { contextsReport, contextsText } from '../../report/contextsReport';
import type { Command } from './command';
import { commonUsage } from './command';
import { contextNamed, oneOf, parseCommand, renderOption } from './commonOptions';
import { json, writeAnswer } from './output';
import { openWorkspace } from './readWorkspace';

export const contexts: Command = {
  name: 'contexts',
  summary: 'how the files were grouped, and why',
  usage: `packetpath contexts [path…] [--format text|json] [--render helm,kustomize]
${commonUsage}`,
  run(args, streams) {
    const { values, paths } = parseCommand(args, renderOption);
    const format = oneOf('format', values.format, ['text', 'json']);
    const { snapshot, uris } = openWorkspace(streams, { values, paths, folderIsWorkspace: true });
    if (values.context !== undefined) contextNamed(snapshot, values.context);
    const given = new Set(uris);
    const report = contextsReport(
      snapshot,
      (context) => (values.context === undefined || context.id === values.context) && context.files.some((uri) => given.has(uri)),
    );
    writeAnswer(streams, values.output, format === 'json' ? json(report) : contextsText(report));
    return 0;
  },
};
