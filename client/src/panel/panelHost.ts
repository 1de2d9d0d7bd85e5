/** The panel's side in the extension: what all its pages show, which question stands, and what their messages do. */
import { commands, env, l10n, window, type Disposable, type LogOutputChannel } from 'vscode';
import type { FromPanel, ToPanel } from '../../../server/src/protocol/panel';
import type { TopologyAnswer } from '../../../server/src/protocol/requests';
import type { Flow, Trace } from '../../../server/src/protocol/trace';
import type { ActiveManifest } from '../activeManifest';
import type { PacketpathServer } from '../languageClient';
import { coalesced, newest } from '../newest';
import { followCursor, type CursorFollowing } from './followCursor';
import type { PanelPage } from './panelPage';
import { previewRemedy } from './previewRemedy';
import { revealSource } from './revealSource';

type Message<Type extends ToPanel['type']> = Extract<ToPanel, { readonly type: Type }>;
type Unsent<T> = T extends ToPanel ? Omit<T, 'revision'> : never;

/** The last messages of each type, in both directions: what the suite in VS Code looks at. */
export interface PanelState {
  readonly pages: number;
  /** What each page has drawn last. */
  readonly drawn: readonly Extract<FromPanel, { readonly type: 'rendered' }>[];
  readonly sent: { readonly [Type in ToPanel['type']]?: Message<Type> };
  readonly received: { readonly [Type in FromPanel['type']]?: Extract<FromPanel, { readonly type: Type }> };
}

export class PanelHost implements Disposable {
  private readonly pages = new Set<PanelPage>();
  private readonly sent: Partial<Record<ToPanel['type'], ToPanel>> = {};
  private readonly received: Partial<Record<FromPanel['type'], FromPanel>> = {};
  private readonly drawn = new Map<PanelPage, Extract<FromPanel, { readonly type: 'rendered' }>>();
  private readonly asking = newest();
  private readonly cursor: CursorFollowing;
  private readonly subscriptions: Disposable[];
  /** Grows with every message, so that a page drops what comes late. The server's own revision starts again with the server. */
  private revision = 0;
  /** The context that is shown; undefined: that of the manifest in view. */
  private context: string | undefined;
  private following = true;
  private question: Flow | null = null;
  private answer: Message<'trace'> | undefined;
  private topology: TopologyAnswer | undefined;

  /** Asks the server again for everything that is shown; several causes at once are one run. */
  readonly refresh = coalesced(async () => {
    if (![...this.pages].some((page) => page.visible())) return;
    await this.askTopology();
    if (this.question !== null) await this.askTrace(this.question);
  });

  constructor(
    private readonly server: PacketpathServer,
    private readonly activeManifest: ActiveManifest,
    private readonly log: LogOutputChannel,
  ) {
    this.cursor = followCursor(server, log, {
      wanted: () => this.following && this.pages.size > 0,
      select: (place) => {
        this.select(place.context, place.card);
      },
    });
    this.subscriptions = [
      this.asking,
      this.cursor,
      server.onChanged(this.refresh),
      server.onState(this.refresh),
      activeManifest.onChange(() => {
        this.followManifest();
      }),
    ];
  }

  get state(): PanelState {
    return { pages: this.pages.size, drawn: [...this.drawn.values()], sent: { ...this.sent }, received: { ...this.received } } as PanelState;
  }

  attach(page: PanelPage): Disposable {
    this.pages.add(page);
    return {
      dispose: () => {
        this.pages.delete(page);
        this.drawn.delete(page);
      },
    };
  }

  /** Traces `flow` in `context` and shows the path on every page. */
  async showTrace(context: string | undefined, flow: Flow): Promise<void> {
    if (context !== undefined && context !== this.context) {
      this.context = context;
      this.refresh();
    }
    this.send({ type: 'show', view: 'trace' });
    await this.askTrace(flow);
  }

  showTopology(): void {
    this.send({ type: 'show', view: 'topology' });
    this.refresh();
  }

  /** Does what a page asks. Messages are already checked. */
  receive(page: PanelPage, message: FromPanel): void {
    this.received[message.type] = message;
    void this.act(message, page).catch((error: unknown) => {
      this.log.error(`Panel, ${message.type}: ${String(error)}`);
    });
  }

  /** `page` asks; undefined where no page does. */
  async act(message: FromPanel, page: PanelPage | undefined): Promise<void> {
    switch (message.type) {
      case 'ready':
        if (page !== undefined) this.repeatTo(page);
        this.refresh();
        this.cursor.look();
        return;
      case 'ask':
        await this.askTrace(message.question);
        return;
      case 'reveal':
        await revealSource(this.server, message.at, page?.column(), false);
        return;
      case 'selected':
        // The page asks for the source by itself where it wants to; here the selection is kept for pages that come later.
        this.revision += 1;
        this.sent['select'] = { type: 'select', revision: this.revision, card: message.card };
        return;
      case 'context':
        this.context = message.id;
        this.refresh();
        return;
      case 'follow':
        this.following = message.on;
        if (message.on) {
          this.followManifest();
          this.cursor.look();
        }
        return;
      case 'copy':
        await this.copy(message.what);
        return;
      case 'preview':
        await this.preview(message.remedy);
        return;
      case 'setting':
        await commands.executeCommand('workbench.action.openSettings', '@ext:packetpath.packetpath');
        return;
      case 'rendered':
        if (page !== undefined) this.drawn.set(page, message);
        return;
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async askTopology(): Promise<void> {
    if (this.server.state !== 'running') {
      this.sendTopology(
        this.topology,
        this.server.state === 'starting' ? l10n.t('The language server is starting.') : l10n.t('The language server has stopped.'),
      );
      return;
    }
    const uri = this.activeManifest.current?.uri.toString();
    try {
      let answer = await this.server.request('packetpath/topology', this.context !== undefined ? { context: this.context } : uri !== undefined ? { uri } : {});
      if (answer.topology === null && this.context !== undefined) {
        // The context is gone, with its folder or by an edit of the configuration.
        this.context = undefined;
        answer = await this.server.request('packetpath/topology', uri !== undefined ? { uri } : {});
      }
      this.topology = answer;
      this.sendTopology(answer, answer.message);
    } catch (error) {
      this.log.warn(`Topology: ${String(error)}`);
    }
  }

  private sendTopology(answer: TopologyAnswer | undefined, message: string | undefined): void {
    this.send({
      type: 'topology',
      topology: answer?.topology ?? null,
      contexts: answer?.contexts ?? [],
      endpoints: answer?.endpoints ?? [],
      defaults: answer?.defaults ?? { cni: 'bridge', proxyMode: 'iptables', placement: 'any' },
      ...(message === undefined ? {} : { message }),
    });
  }

  /** Asks and shows the answer. A newer question wins; the older answer is dropped. */
  private async askTrace(flow: Flow): Promise<void> {
    this.question = flow;
    const context = this.context ?? this.topology?.topology?.context.id;
    const uri = this.activeManifest.current?.uri.toString();
    const where = context !== undefined ? { context } : uri !== undefined ? { uri } : {};
    let answer: Message<'trace'> | undefined;
    try {
      const reply = await this.asking.run((token) => this.server.request('packetpath/trace', { ...where, flow }, token));
      if (reply === undefined) return;
      if (reply.ok) {
        // Without a port there is one trace for each port of the destination, in their order. The question then names the one that is shown.
        const [trace = null, ...others] = reply.traces;
        const shown = others.length === 0 || trace === null ? flow : { ...flow, ...portOf(trace.flow) };
        this.question = shown;
        answer = this.send({ type: 'trace', question: shown, trace });
      } else answer = this.send({ type: 'trace', question: flow, trace: null, error: reply.error });
    } catch (error) {
      this.log.warn(`Trace: ${String(error)}`);
      answer = this.send({ type: 'trace', question: flow, trace: null, error: l10n.t('The language server did not answer.') });
    }
    this.answer = answer;
  }

  private followManifest(): void {
    const manifest = this.activeManifest.current;
    if (!this.following || manifest === undefined || manifest.contexts.length === 0) return;
    const shown = this.context ?? this.topology?.topology?.context.id;
    if (shown !== undefined && manifest.contexts.some((context) => context.id === shown)) return;
    this.context = manifest.contexts[0]?.id;
    this.refresh();
  }

  private select(context: string, card: string | null): void {
    const shown = this.context ?? this.topology?.topology?.context.id;
    // A file may belong to several contexts: the one that the person chose stays.
    if (context !== shown && this.activeManifest.current?.contexts.every((one) => one.id !== shown) === true) {
      this.context = context;
      this.refresh();
    }
    this.send({ type: 'select', card });
  }

  private async copy(what: 'mermaid' | 'markdown' | 'command'): Promise<void> {
    const trace = this.shownTrace();
    if (trace === null) return;
    await env.clipboard.writeText(await this.server.request('packetpath/render', { trace, format: what }));
    window.setStatusBarMessage(l10n.t('$(clippy) Copied to the clipboard'), 3000);
  }

  private async preview(index: number): Promise<void> {
    const remedy = this.shownTrace()?.remedies[index];
    if (remedy !== undefined) await previewRemedy(this.server, remedy);
  }

  private shownTrace(): Trace | null {
    return this.answer?.trace ?? null;
  }

  private repeatTo(page: PanelPage): void {
    for (const type of ['topology', 'trace', 'select', 'show'] as const) {
      const message = this.sent[type];
      if (message === undefined) continue;
      // With a number of its own, so that the order in which messages reach the new page is that of their revisions.
      this.revision += 1;
      page.send({ ...message, revision: this.revision });
    }
  }

  private send<T extends ToPanel['type']>(message: Unsent<Message<T>> & { readonly type: T }): Message<T> {
    this.revision += 1;
    const complete = { ...message, revision: this.revision } as unknown as Message<T>;
    this.sent[complete.type] = complete;
    for (const page of this.pages) page.send(complete);
    return complete;
  }
}

function portOf({ port, protocol }: Flow): Pick<Flow, 'port' | 'protocol'> {
  return { ...(port === undefined ? {} : { port }), ...(protocol === undefined ? {} : { protocol }) };
}
