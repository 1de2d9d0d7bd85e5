/** Texts of changed files as the last commit has them, by VS Code's own git extension. */
import { extensions, workspace, type LogOutputChannel, type Uri } from 'vscode';
import type { FileAtHead } from '../../server/src/protocol/requests';

/** What is used of https://github.com/microsoft/vscode/blob/main/extensions/git/src/api/git.d.ts */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

interface GitApi {
  getRepository(uri: Uri): GitRepository | null;
}

interface GitRepository {
  readonly rootUri: Uri;
  readonly state: {
    readonly HEAD: { readonly name?: string; readonly commit?: string } | undefined;
    readonly indexChanges: readonly GitChange[];
    readonly workingTreeChanges: readonly GitChange[];
    readonly mergeChanges: readonly GitChange[];
    readonly untrackedChanges?: readonly GitChange[];
  };
  /** Rejects when the commit has no such file. */
  show(ref: string, path: string): Promise<string>;
}

interface GitChange {
  readonly uri: Uri;
  readonly originalUri: Uri;
  readonly renameUri: Uri | undefined;
}

const manifestName = /(\.(ya?ml|json|jsonc)|\/Kustomization)$/i;
const atOnce = 8;

/** Manifests of the repository of a file that differ from HEAD, on disk or in an editor; undefined where git does not know the file. */
export async function filesAtHead(uri: Uri, log: LogOutputChannel): Promise<{ readonly name: string; readonly files: readonly FileAtHead[] } | undefined> {
  const repository = await repositoryOf(uri);
  if (!repository) return undefined;
  const { state } = repository;
  const changes = [...state.indexChanges, ...state.workingTreeChanges, ...state.mergeChanges, ...(state.untrackedChanges ?? [])];
  const uris = changes.flatMap((change) => [change.uri, change.originalUri, ...(change.renameUri ? [change.renameUri] : [])]);
  const edited = workspace.textDocuments.filter((document) => document.isDirty && isBelow(document.uri, repository.rootUri)).map((document) => document.uri);
  const distinct = [...new Map([...uris, ...edited].map((one) => [one.toString(), one])).values()].filter(
    (one) => one.scheme === 'file' && manifestName.test(one.path) && workspace.getWorkspaceFolder(one) !== undefined,
  );
  const files: FileAtHead[] = [];
  for (let at = 0; at < distinct.length; at += atOnce)
    files.push(...(await Promise.all(distinct.slice(at, at + atOnce).map((one) => atHead(repository, one, log)))));
  return { name: nameOf(state.HEAD), files };
}

async function repositoryOf(uri: Uri): Promise<GitRepository | undefined> {
  const extension = extensions.getExtension<GitExtension>('vscode.git');
  if (!extension) return undefined;
  const git = extension.isActive ? extension.exports : await extension.activate();
  return git.enabled ? (git.getAPI(1).getRepository(uri) ?? undefined) : undefined;
}

async function atHead(repository: GitRepository, uri: Uri, log: LogOutputChannel): Promise<FileAtHead> {
  const path = workspace.asRelativePath(uri, false);
  try {
    return { uri: uri.toString(), path, text: await repository.show('HEAD', uri.fsPath) };
  } catch (error) {
    log.debug(`${path} is not in HEAD: ${String(error)}`);
    return { uri: uri.toString(), path, text: null };
  }
}

function isBelow(uri: Uri, folder: Uri): boolean {
  return uri.scheme === folder.scheme && uri.path.startsWith(`${folder.path}/`);
}

function nameOf(head: GitRepository['state']['HEAD']): string {
  const commit = head?.commit?.slice(0, 8);
  return commit === undefined ? 'HEAD' : `HEAD (${commit})`;
}
