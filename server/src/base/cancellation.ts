/** Newest wins: how a long run learns that it is no longer wanted, and lets others work. */

export interface CancellationToken {
  readonly cancelled: boolean;
}

/** Thrown by `checkpoint`; whoever started the run catches it. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

export class CancellationSource implements CancellationToken {
  cancelled = false;
  cancel(): void {
    this.cancelled = true;
  }
}

/** The clock and the event loop, given from outside. */
export interface Scheduler {
  /** Milliseconds from an arbitrary start. */
  now(): number;
  /** Lets the event loop turn once. */
  pause(): Promise<void>;
}

/** Yields about every ten milliseconds and throws `Cancelled` once the token says so. */
export class Checkpoint {
  private last: number;
  constructor(
    private readonly token: CancellationToken,
    private readonly scheduler: Scheduler,
  ) {
    this.last = scheduler.now();
  }
  async pass(): Promise<void> {
    if (this.token.cancelled) throw new Cancelled();
    if (this.scheduler.now() - this.last < 10) return;
    await this.scheduler.pause();
    this.last = this.scheduler.now();
    if (this.token.cancelled as boolean) throw new Cancelled();
  }
}
