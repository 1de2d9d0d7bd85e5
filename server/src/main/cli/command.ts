/** What a command of the command line is. */
import type { Streams } from './streams';

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly usage: string;
  /** Exit status: 0 done and clean, 1 found something; a `CommandFailure` that is thrown becomes 2. */
  run(args: readonly string[], streams: Streams): number;
}

export const commonUsage = `
Common options:
  --format FORMAT            text by default
  --output FILE              write the answer to a file
  --config FILE              a configuration instead of the nearest .packetpath.yaml
  --context ID               only this context
  --closed                   nothing but these files is in the cluster
  --kubernetes-version 1.N   version of the cluster
  --namespace NS             where manifests write none
  --root FOLDER              the workspace; by default the git root above the paths
  --stdin-filename PATH      what standard input (-) is called
  --quiet                    only the answer
  --help, --version
`;
