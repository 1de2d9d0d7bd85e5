/** `packetpath rules`: every rule. */
import { rulesReport, rulesText } from '../../report/rulesReport';
import { rules as allRules } from '../../rules/rules';
import type { Command } from './command';
import { commonUsage } from './command';
import { oneOf, parseCommand } from './commonOptions';
import { CommandFailure } from './failure';
import { json, writeAnswer } from './output';

export const rules: Command = {
  name: 'rules',
  summary: 'every rule',
  usage: `packetpath rules [--format text|json]
${commonUsage}`,
  run(args, streams) {
    const { values, paths } = parseCommand(args, {});
    const format = oneOf('format', values.format, ['text', 'json']);
    if (paths.length > 0) throw new CommandFailure(`rules takes no paths: ${paths.join(' ')}`);
    const report = rulesReport(allRules);
    writeAnswer(streams, values.output, format === 'json' ? json(report) : rulesText(report));
    return 0;
  },
};
