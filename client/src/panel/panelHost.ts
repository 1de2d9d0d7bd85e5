/** The panel's side in the extension: its pages, each with a question of its own, and what their messages do. */
import { commands, env, l10n, window, type Disposable, type LogOutputChannel } from 'vscode';
import type { FromPanel, ToPanel } from '../../../server/src/protocol/panel';
import type { Flow } from '../../../server/src/protocol/trace';
import type { ActiveManifest } from '../activeManifest';
import type { PacketpathServer } from '../languageClient';
import { coalesced } from '../newest';
import { help } from './help';
import { followCursor, type CursorFollowing } from './followCursor';
import type { PanelPage } from './panelPage';
import { PanelSession, type Message, type Rendered } from './panelSession';
import { previewRemedy } from './previewRemedy';
import { revealSource } from './revealSource';
import { saveDrawing } from './saveDrawing';

/** The last messages of each type, in both directions, of the page in front: what the suite in VS Code looks at. */
export interface PanelState {
  readonly pages: number;
  /** What each page has drawn last. */
  readonly drawn: readonly Rendered[];
  readonly sent: { readonly [Type in ToPanel['type']]?: Message<Type> };
  readonly received: { readonly [Type in FromPanel['type']]?: Extract<FromPanel, { readonly type: Type }> };
}

/** What is to be shown as soon as there is a page. */
interface Wish {
  readonly context: string | undefined;
  readonly flow: Flow | undefined;
}

export class PanelHost implements Disposable {
  /** In the order in which they came to the front. */
  private sessions: readonly PanelSession[] = [];
  private wish: Wish | undefined;
  private readonly received: Partial<Record<FromPanel['type'], FromPanel>> = {};
  private readonly cursor: CursorFollowing;
  private readonly subscriptions: Disposable[];
  /** Set by what can open editor panels. */
  openAnother: (() => void) | undefined;
  /** The page whose contents the next new one takes over. */
  private origin: PanelSession | undefined;

  /** Asks the server again for everything that is shown; several causes at once are one run. */
  readonly refresh = coalesced(async () => {
    for (const session of this.sessions) if (session.page.visible()) await session.refresh();
  });

  constructor(
    private readonly server: PacketpathServer,
    private readonly activeManifest: ActiveManifest,
    private readonly log: LogOutputChannel,
  ) {
    this.cursor = followCursor(server, log, {
      wanted: () => this.sessions.some((session) => session.following),
      select: (place) => {
        for (const session of this.sessions) if (session.following) this.select(session, place.context, place.card);
      },
    });
    this.subscriptions = [
      this.cursor,
      server.onChanged(this.refresh),
      server.onState(this.refresh),
      activeManifest.onChange(() => {
        for (const session of this.sessions) this.followManifest(session);
      }),
    ];
  }

  get state(): PanelState {
    return {
      pages: this.sessions.length,
      drawn: this.sessions.flatMap((session) => session.drawn ?? []),
      sent: { ...this.front?.sent },
      received: { ...this.received },
    } as PanelState;
  }

  attach(page: PanelPage): Disposable {
    const session = new PanelSession(page, this.server, this.activeManifest, this.log);
    if (this.origin) session.takeOver(this.origin);
    this.origin = undefined;
    this.sessions = [...this.sessions, session];
    return {
      dispose: () => {
        this.sessions = this.sessions.filter((other) => other !== session);
        session.dispose();
      },
    };
  }

  /** Traces `flow` in `context` and shows the path on the page in front. */
  async showTrace(context: string | undefined, flow: Flow): Promise<void> {
    await this.show({ context, flow });
  }

  showTopology(): void {
    void this.show({ context: undefined, flow: undefined });
  }

  /** Does what a page asks. Messages are already checked. */
  receive(page: PanelPage, message: FromPanel): void {
    void this.act(message, page).catch((error: unknown) => {
      this.log.error(`Panel, ${message.type}: ${String(error)}`);
    });
  }

  /** `page` asks; undefined where no page does: then the one in front is meant. */
  async act(message: FromPanel, page: PanelPage | undefined): Promise<void> {
    this.received[message.type] = message;
    const session = page === undefined ? this.front : this.sessions.find((each) => each.page === page);
    if (!session) return;
    if (message.type !== 'ready' && message.type !== 'rendered') this.bringToFront(session);
    switch (message.type) {
      case 'ready':
        session.repeat();
        if (this.wish) {
          const wish = this.wish;
          this.wish = undefined;
          await this.show(wish);
        }
        this.refresh();
        this.cursor.look();
        return;
      case 'ask':
        await session.askTrace(message.question);
        return;
      case 'reveal':
        await revealSource(this.server, message.at, session.page.column(), false);
        return;
      case 'selected':
        // The page asks for the source by itself where it wants to; here the selection is kept for its next life.
        session.keepSelection(message.card);
        return;
      case 'context':
        session.choose(message.id);
        this.refresh();
        return;
      case 'follow':
        session.following = message.on;
        if (message.on) {
          this.followManifest(session);
          this.cursor.look();
        }
        return;
      case 'copy':
        await this.copy(session, message.what);
        return;
      case 'save':
        await saveDrawing(message);
        return;
      case 'preview': {
        const remedy = session.shownTrace?.remedies[message.remedy];
        if (remedy !== undefined) await previewRemedy(this.server, remedy);
        return;
      }
      case 'try':
        await session.tryRemedy(message.remedy, message.list);
        return;
      case 'open':
        this.origin = session;
        this.openAnother?.();
        return;
      case 'setting':
        await commands.executeCommand('workbench.action.openSettings', '@ext:packetpath.packetpath');
        return;
      case 'help':
        await help(message.what);
        return;
      case 'rendered':
        session.drawn = message;
        return;
    }
  }

  dispose(): void {
    for (const subscription of [...this.subscriptions, ...this.sessions]) subscription.dispose();
  }

  /** A page that can be seen before one that cannot, an editor panel before the side bar, the last one used before others. */
  private get front(): PanelSession | undefined {
    const rank = ({ page }: PanelSession): number => (page.visible() ? 2 : 0) + (page.column() !== undefined ? 1 : 0);
    return [...this.sessions].reverse().sort((a, b) => rank(b) - rank(a))[0];
  }

  private bringToFront(session: PanelSession): void {
    this.sessions = [...this.sessions.filter((other) => other !== session), session];
  }

  private async show(wish: Wish): Promise<void> {
    const session = this.front;
    if (!session) {
      this.wish = wish;
      return;
    }
    const { context, flow } = wish;
    const uri = this.activeManifest.current?.uri;
    if (context !== undefined && (uri === undefined ? context !== session.shownContext : !session.shows(context, uri))) {
      session.setContext(context);
      this.refresh();
    }
    session.send({ type: 'show', view: flow === undefined ? 'topology' : 'trace' });
    if (flow === undefined) this.refresh();
    else await session.askTrace(flow);
  }

  private followManifest(session: PanelSession): void {
    const manifest = this.activeManifest.current;
    if (!session.following || manifest === undefined || manifest.contexts.length === 0 || session.keepsContext) return;
    if (manifest.contexts.some((context) => session.shows(context.id, manifest.uri))) return;
    session.setContext(manifest.contexts[0]?.id);
    this.refresh();
  }

  private select(session: PanelSession, context: string, card: string | null): void {
    const manifest = this.activeManifest.current;
    // A file may belong to several contexts: the one that is shown stays.
    if (manifest && !session.keepsContext && !manifest.contexts.some((one) => session.shows(one.id, manifest.uri))) {
      session.setContext(context);
      this.refresh();
    }
    session.send({ type: 'select', card });
  }

  private async copy(session: PanelSession, what: 'mermaid' | 'markdown' | 'command'): Promise<void> {
    const trace = session.shownTrace;
    if (trace === null) return;
    await env.clipboard.writeText(await this.server.request('packetpath/render', { trace, format: what }));
    window.setStatusBarMessage(l10n.t('$(clippy) Copied to the clipboard'), 3000);
  }
}
