/** Starts the language server anew. */
import type { Services } from '../services';

export async function restartServer({ server, log }: Services): Promise<void> {
  log.info('The language server is restarted on request.');
  await server.restart();
}
