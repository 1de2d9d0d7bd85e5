/** The command line as a process. */
import { processStreams } from './cli/streams';
import { run } from './cli/run';

// The reader of a pipe may have had enough (`| head`); that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = run(process.argv.slice(2), processStreams());
