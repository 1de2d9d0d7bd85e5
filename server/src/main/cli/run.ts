/** The command line from arguments to exit status. */
import { nearest } from '../../base/editDistance';
import { oneLine } from '../../report/paint';
import { reasonOf } from '../manifestFiles';
import { commands } from './commands';
import { CommandFailure } from './failure';
import type { Streams } from './streams';
import { version } from './version';

/** 0 done and clean, 1 found something, 2 a usage, configuration or input-output error. */
export function run(args: readonly string[], streams: Streams): number {
  try {
    return dispatch(args, streams);
  } catch (error) {
    // A defect of ours is no finding either: status 1 would say that the manifests are wrong.
    streams.warn(error instanceof CommandFailure ? oneLine(error.message) : `this should not have happened: ${oneLine(reasonOf(error))}`);
    return 2;
  }
}

function dispatch(args: readonly string[], streams: Streams): number {
  const [name, ...rest] = args;
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (name === '--version' || (name !== undefined && own.includes('--version'))) {
    streams.write(`${version}\n`);
    return 0;
  }
  if (name === undefined) throw new CommandFailure(`a command is missing: ${commands.map((command) => command.name).join(', ')}; packetpath --help tells more`);
  if (name === '--help' || name === '-h' || name === 'help') {
    const command = name === 'help' ? commands.find((candidate) => candidate.name === rest[0]) : undefined;
    streams.write(command ? command.usage : overview());
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    const near = nearest(
      name,
      commands.map((candidate) => candidate.name),
    );
    throw new CommandFailure(`there is no command ${name}${near === undefined ? '; packetpath --help lists them' : `; did you mean ${near}?`}`);
  }
  if (own.includes('--help') || own.includes('-h')) {
    streams.write(command.usage);
    return 0;
  }
  return command.run(rest, streams);
}

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return `Packetpath: where does this packet go, and what in these files decides it?

${commands.map((command) => `  packetpath ${command.name.padEnd(width)}  ${command.summary}`).join('\n')}

packetpath COMMAND --help tells the options of a command.
`;
}
