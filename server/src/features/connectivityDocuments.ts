/** The documents that the editor opens about a whole context: who may talk to whom, and what changed since a commit. */
import { isNeverIndexed } from '../contexts/ignored';
import type { DocumentAnswer, FileAtHead } from '../protocol/requests';
import { connectivityMarkdown } from '../report/connectivityMarkdown';
import { connectivityReport } from '../report/connectivityReport';
import { diffMarkdown } from '../report/diffMarkdown';
import { diffReport } from '../report/diffReport';
import type { Snapshot } from '../workspace/snapshot';
import { Workspace } from '../workspace/workspace';
import { chooseContext } from './panelData';

export function connectivityDocument(snapshot: Snapshot, wanted: { readonly uri?: string; readonly context?: string }): DocumentAnswer {
  const context = chooseContext(snapshot, wanted);
  if (!context) return { ok: false, error: 'There are no Kubernetes manifests in this workspace yet.' };
  return { ok: true, title: `Connectivity of ${context.label}`, text: connectivityMarkdown(connectivityReport(snapshot, [context], { explain: false })) };
}

/** `files` are those that differ from the commit; all others are taken to be the same in it. */
export function changesDocument(snapshot: Snapshot, files: readonly FileAtHead[], since: string): DocumentAnswer {
  const before = asOf(snapshot, files);
  return { ok: true, title: `Connections since ${since}`, text: diffMarkdown(diffReport(before, snapshot, { explain: false }), since) };
}

/** The workspace with other texts of some files. What is not indexed now is not indexed then. */
function asOf(snapshot: Snapshot, files: readonly FileAtHead[]): Snapshot {
  const workspace = new Workspace(snapshot.parts.options);
  const then = new Map(files.map((file) => [file.uri, file]));
  const now = new Map([...[...snapshot.parts.configurations.all].map(({ file }) => file), ...snapshot.files.values()].map((file) => [file.uri, file]));
  for (const [uri, { path, text }] of now) {
    const file = then.get(uri);
    if (!file) workspace.setFile(uri, path, text);
    else if (file.text !== null) workspace.setFile(uri, path, file.text);
  }
  for (const { uri, path, text } of files) if (text !== null && !now.has(uri) && !isNeverIndexed(path)) workspace.setFile(uri, path, text);
  return workspace.snapshot();
}
