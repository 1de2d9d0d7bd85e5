/** What the extension does when its server dies: once, again, at its start, and too often. */
import { describe, expect, it, vi } from 'vitest';

// The real module wants VS Code; the handler takes its two enumerations from it and nothing else.
vi.mock('vscode-languageclient/node', () => ({ CloseAction: { DoNotRestart: 1, Restart: 2 }, ErrorAction: { Continue: 1, Shutdown: 2 } }));
const { restartingErrorHandler } = await import('../../client/src/errorHandler');

const restart = { action: 2, handled: true };
const stayDown = { action: 1, handled: true };

function handlerAt(clock: { now: number; starting?: boolean }): { handler: ReturnType<typeof restartingErrorHandler>; told: () => number } {
  let told = 0;
  const log = { warn: vi.fn(), error: vi.fn() };
  const handler = restartingErrorHandler(
    log,
    () => (told += 1),
    () => clock.starting === true,
    () => clock.now,
  );
  return { handler, told: () => told };
}

describe('restarting', () => {
  it('starts the server again and tells the person once', () => {
    const clock = { now: 0 };
    const { handler, told } = handlerAt(clock);
    expect(handler.closed()).toEqual(restart);
    clock.now += 10 * 60_000;
    expect(handler.closed()).toEqual(restart);
    expect(told()).toBe(1);
    expect(handler.crashes).toBe(2);
  });

  it('gives up on a server that keeps dying', () => {
    const clock = { now: 0 };
    const { handler } = handlerAt(clock);
    const answers = [1, 2, 3, 4, 5].map((second) => {
      clock.now = second * 1000;
      return handler.closed();
    });
    expect(answers).toEqual([restart, restart, restart, restart, stayDown]);
  });

  it('counts only what happened lately', () => {
    const clock = { now: 0 };
    const { handler } = handlerAt(clock);
    for (let minute = 0; minute < 20; minute += 1) {
      clock.now = minute * 60_000;
      expect(handler.closed()).toEqual(restart);
    }
  });

  it('forgets earlier crashes when a person restarts', () => {
    const clock = { now: 0 };
    const { handler } = handlerAt(clock);
    for (let crash = 0; crash < 4; crash += 1) handler.closed();
    handler.forget();
    expect(handler.closed()).toEqual(restart);
  });

  it('does not start again what died before it answered, and does not say that it did', () => {
    const { handler, told } = handlerAt({ now: 0, starting: true });
    expect(handler.closed()).toEqual(stayDown);
    expect(told()).toBe(0);
  });
});
