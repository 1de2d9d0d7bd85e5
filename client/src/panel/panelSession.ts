/** What one page of the panel shows: its context, its question and the answers, each asked for anew when facts change. */
import { l10n, Uri, workspace, type Disposable, type LogOutputChannel } from 'vscode';
import type { Absence, FromPanel, ProposalList, ToPanel } from '../../../server/src/protocol/panel';
import type { TopologyAnswer } from '../../../server/src/protocol/requests';
import type { Flow, Remedy, Trace } from '../../../server/src/protocol/trace';
import type { ActiveManifest } from '../activeManifest';
import type { PacketpathServer } from '../languageClient';
import { newest } from '../newest';
import type { PanelPage } from './panelPage';

export type Message<Type extends ToPanel['type']> = Extract<ToPanel, { readonly type: Type }>;
type Unsent<T> = T extends ToPanel ? Omit<T, 'revision'> : never;
export type Rendered = Extract<FromPanel, { readonly type: 'rendered' }>;

export class PanelSession implements Disposable {
  /** The context that is shown; undefined: that of the manifest in view. */
  private context: string | undefined;
  /** A file of the folder that the context is of: two folders of a workspace may have contexts of one id, and so has an untitled file. */
  private beside: string | undefined;
  following = true;
  /** The context was chosen by hand while this manifest was in view (undefined: none yet): it stays until another one is. */
  private chosenBeside: { uri: string | undefined } | undefined;
  question: Flow | null = null;
  /** The answer takes its edits as made. A refresh keeps that: it also comes when the page is only looked at again. */
  private tried: Remedy | undefined;
  /** What the page has drawn last. */
  drawn: Rendered | undefined;
  readonly sent: Partial<Record<ToPanel['type'], ToPanel>> = {};
  private answer: Message<'trace'> | undefined;
  private topology: TopologyAnswer | undefined;
  private readonly asking = newest();
  /** Grows with every message, so that the page drops what comes late. The server's own revision starts again with the server. */
  private revision = 0;

  constructor(
    readonly page: PanelPage,
    private readonly server: PacketpathServer,
    private readonly activeManifest: ActiveManifest,
    private readonly log: LogOutputChannel,
  ) {}

  /** Asks the server again for everything that is shown; what the person looks at comes first. */
  async refresh(): Promise<void> {
    const traceFirst = this.drawn?.view === 'trace' && this.question !== null && this.shownContext !== undefined;
    if (traceFirst && this.question !== null) await this.askTrace(this.question, this.tried);
    await this.askTopology();
    if (!traceFirst && this.question !== null) await this.askTrace(this.question, this.tried);
  }

  /** Shows another context, of the folder of the manifest in view. */
  setContext(context: string | undefined): void {
    this.context = context;
    this.beside = this.activeManifest.current?.uri.toString();
  }

  /** True when `context` of the folder of `uri` is what is shown. */
  shows(context: string, uri: Uri): boolean {
    return this.shownContext === context && folderOf(this.beside) === folderOf(uri.toString());
  }

  /** The person chooses a context. */
  choose(context: string): void {
    this.context = context;
    this.chosenBeside = { uri: this.activeManifest.current?.uri.toString() };
  }

  /** True while the manifest in view is the one beside which the context was chosen: following then leaves it. */
  get keepsContext(): boolean {
    const chosen = this.chosenBeside;
    if (!chosen) return false;
    const uri = this.activeManifest.current?.uri.toString();
    // After a reload the page says what was chosen before the editor says what it shows.
    chosen.uri ??= uri;
    if (chosen.uri !== uri) this.chosenBeside = undefined;
    return chosen.uri === uri;
  }

  get shownContext(): string | undefined {
    return this.context ?? this.topology?.topology?.context.id;
  }

  get shownTrace(): Trace | null {
    return this.answer?.trace ?? null;
  }

  /** Asks and shows the answer. A newer question wins; the older answer is dropped. */
  async askTrace(flow: Flow, tried?: Remedy): Promise<void> {
    this.question = flow;
    this.tried = tried;
    const context = this.shownContext;
    const uri = this.beside ?? this.activeManifest.current?.uri.toString();
    const where = { ...(context === undefined ? {} : { context }), ...(uri === undefined ? {} : { uri }) };
    try {
      const reply = await this.asking.run((token) =>
        this.server.request('packetpath/trace', { ...where, flow, ...(tried?.edits ? { edits: tried.edits } : {}) }, token),
      );
      if (reply === undefined) return;
      if (reply.ok) {
        // Without a port there is one trace for each port of the destination, in their order. The question then names the one that is shown.
        const [trace = null, ...others] = reply.traces;
        const shown = others.length === 0 || trace === null ? flow : { ...flow, ...portOf(trace.flow) };
        this.question = shown;
        this.answer = this.send({ type: 'trace', question: shown, trace, ...(tried ? { tried: tried.change ?? tried.what } : {}) });
      } else if (tried)
        // The text that the edit belongs to is another one now: perhaps the edit was made.
        await this.askTrace(flow);
      else this.answer = this.send({ type: 'trace', question: flow, trace: null, error: reply.error });
    } catch (error) {
      this.log.warn(`Trace: ${String(error)}`);
      this.answer = this.send({ type: 'trace', question: flow, trace: null, error: l10n.t('The language server did not answer.') });
    }
  }

  /** As if the edits of the remedy or tip were made, while they have their place and until the person asks anew. Null: as the files are. */
  async tryRemedy(index: number | null, list: ProposalList = 'remedies'): Promise<void> {
    if (this.question === null) return;
    const remedy = index === null ? undefined : this.shownTrace?.[list]?.[index];
    await this.askTrace(this.question, remedy?.edits?.length ? remedy : undefined);
  }

  /** A selection that the page made by itself is kept for its next life. */
  keepSelection(card: string | null): void {
    this.revision += 1;
    this.sent['select'] = { type: 'select', revision: this.revision, card };
  }

  send<T extends ToPanel['type']>(message: Unsent<Message<T>> & { readonly type: T }): Message<T> {
    this.revision += 1;
    const complete = { ...message, revision: this.revision } as unknown as Message<T>;
    this.sent[complete.type] = complete;
    this.page.send(complete);
    return complete;
  }

  /** To a page that was made anew: what the one before it showed. */
  repeat(): void {
    for (const type of ['topology', 'trace', 'select', 'show'] as const) {
      const message = this.sent[type];
      if (message === undefined) continue;
      // With a number of its own, so that the order in which messages reach the page is that of their revisions.
      this.revision += 1;
      this.page.send({ ...message, revision: this.revision });
    }
  }

  /** Begins with what another page shows. */
  takeOver(other: PanelSession): void {
    this.context = other.shownContext;
    this.beside = other.beside;
    this.question = other.question;
  }

  dispose(): void {
    this.asking.dispose();
  }

  private async askTopology(): Promise<void> {
    if (this.server.state !== 'running') {
      this.sendTopology(
        this.topology,
        this.server.state === 'starting' ? l10n.t('The language server is starting.') : l10n.t('The language server has stopped.'),
        this.server.state,
      );
      return;
    }
    const uri = this.activeManifest.current?.uri.toString();
    if (this.context === undefined) this.beside = uri;
    const beside = this.beside === undefined ? {} : { uri: this.beside };
    try {
      let answer = await this.server.request('packetpath/topology', this.context === undefined ? beside : { ...beside, context: this.context });
      if (this.context !== undefined && answer.topology && answer.topology.context.id !== this.context) {
        // The context is gone, with its folder or by an edit of the configuration.
        this.setContext(undefined);
        answer = await this.server.request('packetpath/topology', uri !== undefined ? { uri } : {});
      }
      this.topology = answer;
      this.sendTopology(answer, answer.message, 'empty');
    } catch (error) {
      this.log.warn(`Topology: ${String(error)}`);
    }
  }

  /** `absence`: why there is none, where there is none. */
  private sendTopology(answer: TopologyAnswer | undefined, message: string | undefined, absence: Absence): void {
    this.send({
      type: 'topology',
      topology: answer?.topology ?? null,
      contexts: answer?.contexts ?? [],
      endpoints: answer?.endpoints ?? [],
      defaults: answer?.defaults ?? { cni: 'bridge', proxyMode: 'iptables', placement: 'any' },
      ...(message === undefined ? {} : { message }),
      ...(answer?.topology ? {} : { absence }),
    });
  }
}

/** The workspace folder of a file, as text; empty for what stands in none. */
function folderOf(uri: string | undefined): string {
  return uri === undefined ? '' : (workspace.getWorkspaceFolder(Uri.parse(uri))?.uri.toString() ?? '');
}

function portOf({ port, protocol }: Flow): Pick<Flow, 'port' | 'protocol'> {
  return { ...(port === undefined ? {} : { port }), ...(protocol === undefined ? {} : { protocol }) };
}
