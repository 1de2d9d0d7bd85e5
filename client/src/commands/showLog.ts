/** Shows what extension and server have logged. */
import type { Services } from '../services';

export function showLog({ log }: Services): void {
  log.show(true);
}
