/** What happens when the server dies: it is started again, the person is told once, and a server that keeps dying stays down. */
import type { LogOutputChannel } from 'vscode';
import { CloseAction, ErrorAction, type CloseHandlerResult, type ErrorHandler, type ErrorHandlerResult } from 'vscode-languageclient/node';

const allowedCrashes = 4;
const withinMilliseconds = 3 * 60 * 1000;

export interface RestartingErrorHandler extends ErrorHandler {
  readonly crashes: number;
  closed(): CloseHandlerResult;
  /** A person asked for a restart: earlier crashes no longer count against the server. */
  forget(): void;
}

/**
 * `onFirstCrash` is called once, however often the server dies; what follows is for the status.
 * `starting` says that the server died before it ever answered: then it would only die again.
 */
export function restartingErrorHandler(
  log: Pick<LogOutputChannel, 'warn' | 'error'>,
  onFirstCrash: () => void,
  starting: () => boolean,
  now: () => number = Date.now,
): RestartingErrorHandler {
  let crashes = 0;
  let recent: number[] = [];
  return {
    get crashes() {
      return crashes;
    },
    forget() {
      recent = [];
    },
    error(error: Error): ErrorHandlerResult {
      log.warn(`Connection to the language server: ${error.message}`);
      // One unreadable message is no reason to stop a server that still answers; when it is gone, `closed` follows.
      return { action: ErrorAction.Continue, handled: true };
    },
    closed(): CloseHandlerResult {
      if (starting()) return { action: CloseAction.DoNotRestart, handled: true };
      crashes += 1;
      const time = now();
      recent = [...recent.filter((crash) => time - crash < withinMilliseconds), time];
      if (crashes === 1) onFirstCrash();
      if (recent.length > allowedCrashes) {
        log.error(`The language server stopped ${String(recent.length)} times within three minutes and stays down.`);
        return { action: CloseAction.DoNotRestart, handled: true };
      }
      log.error('The language server stopped and is started again.');
      return { action: CloseAction.Restart, handled: true };
    },
  };
}
