/** Keeps asynchronous work in order: only the newest answer counts, and repeated causes run the work once more, not many times. */
import { CancellationTokenSource, type CancellationToken, type Disposable } from 'vscode';

/** Each `run` cancels the one before. The result is undefined when a newer one began meanwhile. */
export interface Newest extends Disposable {
  run<Result>(work: (token: CancellationToken) => Promise<Result>): Promise<Result | undefined>;
}

/** Makes a `Newest`. A rejection of work that is no longer the newest is swallowed: nobody waits for it. */
export function newest(): Newest {
  let current: CancellationTokenSource | undefined;
  return {
    async run(work) {
      current?.cancel();
      const mine = new CancellationTokenSource();
      current = mine;
      try {
        const result = await work(mine.token);
        return current === mine ? result : undefined;
      } catch (error) {
        if (current === mine) throw error;
        return undefined;
      } finally {
        if (current === mine) current = undefined;
        mine.dispose();
      }
    },
    dispose() {
      current?.cancel();
    },
  };
}

/** A function that runs `work`, and once more after it when it was called meanwhile. So typing without a pause still shows something. */
export function coalesced(work: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    do {
      again = false;
      await work();
      // Set by a call during the await.
    } while (isTrue(again));
    running = false;
  };
  return () => {
    if (running) again = true;
    else void run();
  };
}

/** Hides a value from control flow analysis, which does not see that a closure changes it. */
function isTrue(value: boolean): boolean {
  return value;
}
