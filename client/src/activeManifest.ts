/** Follows which manifest the person looks at, and which contexts it belongs to. */
import { commands, EventEmitter, window, type Disposable, type Event, type LogOutputChannel, type TextDocument, type Uri } from 'vscode';
import { manifestLanguages } from '../../server/src/protocol/commands';
import type { ContextAnswer } from '../../server/src/protocol/requests';
import { newest } from './newest';
import type { PacketpathServer } from './languageClient';

export interface ManifestInView {
  readonly uri: Uri;
  /** Empty while nothing of the file is known, and for files that are no manifests. */
  readonly contexts: readonly ContextAnswer[];
}

export interface ActiveManifest extends Disposable {
  /** The last text editor of one of our languages. It stays while the person looks at a panel. */
  readonly current: ManifestInView | undefined;
  readonly onChange: Event<ManifestInView | undefined>;
}

/** Starts to follow the active editor, and keeps the context key `packetpath.isManifest`. */
export function followActiveManifest(server: PacketpathServer, log: LogOutputChannel): ActiveManifest {
  const changed = new EventEmitter<ManifestInView | undefined>();
  const asking = newest();
  let current: ManifestInView | undefined;

  const set = (next: ManifestInView | undefined): void => {
    current = next;
    void commands.executeCommand('setContext', 'packetpath.isManifest', next !== undefined && next.contexts.length > 0);
    changed.fire(next);
  };

  const look = async (): Promise<void> => {
    const document = window.activeTextEditor?.document;
    if (document !== undefined && !isManifestLanguage(document)) {
      set(undefined);
      return;
    }
    const uri = document?.uri ?? current?.uri;
    if (uri === undefined || server.state !== 'running') return;
    try {
      const contexts = await asking.run((token) => server.request('packetpath/contextsOf', { uri: uri.toString() }, token));
      if (contexts !== undefined) set({ uri, contexts });
    } catch (error) {
      log.warn(`Contexts of ${uri.toString()}: ${String(error)}`);
    }
  };

  const subscriptions: Disposable[] = [
    changed,
    asking,
    window.onDidChangeActiveTextEditor(() => void look()),
    server.onState(() => void look()),
    server.onChanged(() => void look()),
  ];
  return {
    get current() {
      return current;
    },
    onChange: changed.event,
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

/** True when the document's language is one that manifests are written in. */
export function isManifestLanguage(document: TextDocument): boolean {
  return manifestLanguages.some((language) => language === document.languageId);
}
