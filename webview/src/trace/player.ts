/** Plays a path: one second a hop, of which the packet travels for 350 milliseconds and rests for the others. */
export const travelTime = 350;
export const hopTime = 1000;

export interface Player {
  readonly playing: () => boolean;
  /** From `start` on; a player that was playing begins anew. */
  play(start: number, count: number): void;
  stop(): void;
}

/** Calls `step` for each hop and `ended` when there is no further one or it was stopped. */
export function createPlayer(step: (index: number) => void, ended: () => void): Player {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    ended();
  };
  const run = (index: number, count: number): void => {
    step(index);
    if (index + 1 >= count) {
      timer = undefined;
      ended();
      return;
    }
    timer = setTimeout(() => run(index + 1, count), hopTime);
  };
  return {
    playing: () => timer !== undefined,
    play(start, count) {
      clearTimeout(timer);
      timer = undefined;
      if (count > 0) run(start, count);
    },
    stop,
  };
}
