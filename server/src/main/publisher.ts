/** Sends diagnostics: the edited file first, then open ones, then those of their contexts; newest wins, and only what changed is sent. */
import { CancellationSource, Cancelled, Checkpoint, type Scheduler } from '../base/cancellation';
import type { Settings } from '../protocol/settings';
import { diagnosticsOf } from '../features/diagnostics';
import type { Snapshots } from '../features/features';
import type { Diagnostic } from 'vscode-languageserver-types';

export interface PublisherHost {
  send(uri: string, diagnostics: Diagnostic[]): void;
  openUris(): readonly string[];
  allUris(): readonly string[];
  scope(): Settings['diagnosticsScope'];
  yamlProblems(): boolean;
  /** Uri of the page of a rule, where the pages are at hand. */
  documentation(ruleId: string): string | undefined;
  /** After the open files were answered. */
  published(): void;
  log(message: string): void;
}

export class Publisher {
  private readonly sent = new Map<string, string>();
  private run: CancellationSource | undefined;
  private working = false;
  private askedEarly = false;

  constructor(
    private readonly snapshots: Snapshots,
    private readonly host: PublisherHost,
    private readonly scheduler: Scheduler,
  ) {}

  /** Whether somebody may have an answer that does not wait for this run; `published` is called once more at its end then. */
  answerEarly(): boolean {
    // Only files that are open have their rules run otherwise, so nobody would know when to ask again.
    if (!this.working || this.host.scope() === 'open') return false;
    this.askedEarly = true;
    return true;
  }

  /** Starts over; `first` is the file that a person is typing into. */
  publish(first?: string): void {
    this.run?.cancel();
    const run = new CancellationSource();
    this.run = run;
    this.working = true;
    this.go(run, first).catch((error: unknown) => {
      if (error instanceof Cancelled) return;
      this.host.log(`publishing failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      if (this.run === run) this.end();
    });
  }

  private async go(run: CancellationSource, first: string | undefined): Promise<void> {
    // Messages that wait are handled one a turn of the loop: after two turns the next one has been seen, so that a burst of edits is answered once.
    await this.scheduler.pause();
    await this.scheduler.pause();
    if (run.cancelled) throw new Cancelled();
    const checkpoint = new Checkpoint(run, this.scheduler);
    const open = this.host.openUris();
    const wanted = new Set<string>();
    if (first !== undefined) wanted.add(first);
    for (const uri of open) wanted.add(uri);
    for (const uri of wanted) {
      this.one(uri);
      await checkpoint.pass();
    }
    this.host.published();
    const scope = this.host.scope();
    if (scope === 'context')
      for (const uri of open) for (const context of this.snapshots.forUri(uri)?.contextsOf(uri) ?? []) for (const file of context.files) wanted.add(file);
    if (scope === 'workspace') for (const uri of this.host.allUris()) wanted.add(uri);
    for (const uri of wanted) {
      this.one(uri);
      await checkpoint.pass();
    }
    for (const uri of [...this.sent.keys()]) if (!wanted.has(uri)) this.clear(uri);
    this.end();
  }

  private end(): void {
    this.working = false;
    if (!this.askedEarly) return;
    this.askedEarly = false;
    this.host.published();
  }

  private one(uri: string): void {
    const snapshot = this.snapshots.forUri(uri);
    const diagnostics = snapshot
      ? diagnosticsOf(snapshot, uri, { yamlProblems: this.host.yamlProblems(), documentation: (ruleId) => this.host.documentation(ruleId) })
      : [];
    const text = JSON.stringify(diagnostics);
    if ((this.sent.get(uri) ?? '[]') === text) return;
    if (diagnostics.length === 0) this.sent.delete(uri);
    else this.sent.set(uri, text);
    this.host.send(uri, diagnostics);
  }

  private clear(uri: string): void {
    this.sent.delete(uri);
    this.host.send(uri, []);
  }
}
