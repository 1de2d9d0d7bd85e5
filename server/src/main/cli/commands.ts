/** The list of commands of the command line. */
import { check } from './check';
import type { Command } from './command';
import { contexts } from './contexts';
import { rules } from './rules';
import { trace } from './trace';

export const commands: readonly Command[] = [check, trace, contexts, rules];
