/** Keeps what a folder's charts and kustomizations render to up to date: after a rest, at most two at a time, the newest wins. */
import { type RenderAnswer, type RenderKind, renderKey, type RenderTarget, renderTargets } from '../workspace/rendered';
import type { FolderIndex } from './folderIndex';
import { render } from './renderProgram';

/** Of one workspace folder. `changed`: called after what is rendered has changed. */
export function renderQueueOf(folder: FolderIndex, root: string, slots: RenderSlots, changed: () => void): RenderQueue {
  const host: RenderHost = {
    targets: () => renderTargets(folder.snapshot().parts.grouping, folder.snapshot().files),
    render: (target, signal) => render(root, target, signal),
    set: (kind, path, answer) => {
      folder.workspace.setRendered(kind, path, answer);
    },
    changed,
  };
  return new RenderQueue(host, slots);
}

export interface RenderHost {
  /** What can be rendered now. */
  targets(): readonly RenderTarget[];
  render(target: RenderTarget, signal: AbortSignal): Promise<RenderAnswer>;
  /** Undefined: no longer rendered. */
  set(kind: RenderKind, root: string, answer: RenderAnswer | undefined): void;
  /** Something was set. */
  changed(): void;
}

/** Shared by all folders of a session. */
export class RenderSlots {
  private free = 2;
  private readonly waiting: (() => void)[] = [];

  async take(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  give(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}

interface Known {
  target: RenderTarget;
  timer: NodeJS.Timeout | undefined;
  /** Of the run that counts; an older one is aborted and says nothing. */
  running: AbortController | undefined;
}

export class RenderQueue {
  private readonly known = new Map<string, Known>();
  private kinds: ReadonlySet<RenderKind> = new Set();

  constructor(
    private readonly host: RenderHost,
    private readonly slots: RenderSlots,
    /** Milliseconds. */
    private readonly rest = 500,
  ) {}

  /** What may be run: nothing in a workspace that is not trusted. */
  allow(kinds: ReadonlySet<RenderKind>): void {
    this.kinds = kinds;
    this.refresh();
  }

  /** After the files were indexed or grouped anew: what is new is rendered, what is gone is forgotten. */
  refresh(): void {
    if (this.kinds.size === 0 && this.known.size === 0) return;
    const targets = new Map(this.host.targets().flatMap((target) => (this.kinds.has(target.kind) ? [[renderKey(target.kind, target.root), target]] : [])));
    let isGone = false;
    for (const [key, one] of this.known) {
      if (targets.has(key)) continue;
      this.stop(one);
      this.known.delete(key);
      this.host.set(one.target.kind, one.target.root, undefined);
      isGone = true;
    }
    for (const [key, target] of targets) {
      const one = this.known.get(key);
      if (one) {
        const isSame = one.target.namespace === target.namespace;
        one.target = target;
        if (!isSame) this.schedule(one);
        continue;
      }
      const added: Known = { target, timer: undefined, running: undefined };
      this.known.set(key, added);
      this.schedule(added);
    }
    if (isGone) this.host.changed();
  }

  /** A file on disk, by uri and by its path below the workspace folder. */
  fileChanged(uri: string, path: string): void {
    for (const one of this.known.values()) {
      const { root, files } = one.target;
      if (root === '.' || path.startsWith(`${root}/`) || files.includes(uri)) this.schedule(one);
    }
  }

  dispose(): void {
    for (const one of this.known.values()) this.stop(one);
    this.known.clear();
  }

  private schedule(one: Known): void {
    this.stop(one);
    one.timer = setTimeout(() => void this.run(one), this.rest);
  }

  private stop(one: Known): void {
    clearTimeout(one.timer);
    one.timer = undefined;
    one.running?.abort();
    one.running = undefined;
  }

  private async run(one: Known): Promise<void> {
    const own = new AbortController();
    one.running = own;
    await this.slots.take();
    try {
      if (own.signal.aborted) return;
      const answer = await this.host.render(one.target, own.signal);
      if (own.signal.aborted) return;
      one.running = undefined;
      this.host.set(one.target.kind, one.target.root, answer);
      this.host.changed();
    } finally {
      this.slots.give();
    }
  }
}
