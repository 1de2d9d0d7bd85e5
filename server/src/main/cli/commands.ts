/** The list of commands of the command line. */
import { check } from './check';
import type { Command } from './command';
import { connectivity } from './connectivity';
import { contexts } from './contexts';
import { diff } from './diff';
import { rules } from './rules';
import { trace } from './trace';

export const commands: readonly Command[] = [check, trace, connectivity, diff, contexts, rules];
