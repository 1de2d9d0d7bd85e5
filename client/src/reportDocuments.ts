/** Read-only Markdown documents that the server writes. They follow the files while they are open. */
import { EventEmitter, l10n, Uri, window, workspace, type Disposable, type TextDocumentContentProvider } from 'vscode';
import type { DocumentAnswer } from '../../server/src/protocol/requests';
import type { PacketpathServer } from './languageClient';

const scheme = 'packetpath-report';
/** Milliseconds without a change after which open documents are written anew. */
const calm = 500;

/** Asks the server for the text, each time anew. */
export type ReportSource = () => Promise<DocumentAnswer>;

export interface ReportDocuments extends Disposable {
  /** Opens the document, or renews it where it is open. `name` tells documents of one kind apart. An answer that is an error is shown as a message. */
  show(name: string, source: ReportSource): Promise<void>;
}

export function createReportDocuments(server: PacketpathServer): ReportDocuments {
  const changed = new EventEmitter<Uri>();
  const sources = new Map<string, ReportSource>();
  const provider: TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const answer = await sources.get(uri.toString())?.();
      if (answer === undefined) return l10n.t('Run the command again: this document is of an earlier session.');
      return answer.ok ? answer.text : answer.error;
    },
  };
  let waiting: NodeJS.Timeout | undefined;
  const renewAll = (): void => {
    for (const uri of sources.keys()) changed.fire(Uri.parse(uri));
  };
  const subscriptions: Disposable[] = [
    changed,
    workspace.registerTextDocumentContentProvider(scheme, provider),
    workspace.onDidCloseTextDocument(({ uri }) => sources.delete(uri.toString())),
    server.onChanged(() => {
      clearTimeout(waiting);
      waiting = setTimeout(renewAll, calm);
    }),
    {
      dispose: () => {
        clearTimeout(waiting);
      },
    },
  ];
  return {
    show: async (name, source) => {
      const answer = await source();
      if (!answer.ok) {
        void window.showInformationMessage(answer.error);
        return;
      }
      const uri = Uri.from({ scheme, path: `/${answer.title.replaceAll(/[\\/]/g, '-')}.md`, query: name });
      sources.set(uri.toString(), source);
      changed.fire(uri);
      await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
    },
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
