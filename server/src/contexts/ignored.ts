/** Which paths are never indexed, and which names mean something special. */
import { compileGlob } from './globs';

const neverIndexed: ReadonlySet<string> = new Set(['node_modules', '.git', 'vendor']);

/** Packages, history and vendored sources; `path` is relative to the workspace folder. */
export function isNeverIndexed(path: string): boolean {
  return path.split('/').some((segment) => neverIndexed.has(segment));
}

/** Names that Kustomize looks for in a folder, in its order: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
export const kustomizationNames: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export function isKustomizationName(path: string): boolean {
  return kustomizationNames.includes(path.slice(path.lastIndexOf('/') + 1));
}

/** True below the `templates/` folder of a chart. `chartFolders` hold a `Chart.yaml`, relative to the workspace, `.` for the workspace folder itself. */
export function isHelmTemplate(path: string, chartFolders: ReadonlySet<string>): boolean {
  if (chartFolders.has('.') && path.startsWith('templates/')) return true;
  for (let at = path.indexOf('/templates/'); at >= 0; at = path.indexOf('/templates/', at + 1)) if (chartFolders.has(path.slice(0, at))) return true;
  return false;
}

/** What `files.exclude` names: a folder that matches takes all below it along. */
export function excludedBy(globs: readonly string[]): (path: string) => boolean {
  const compiled = globs.map(compileGlob);
  return (path) => compiled.some((glob) => glob.covers(path));
}

interface IgnoreLine {
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  readonly matches: (path: string) => boolean;
}

/**
 * `.packetpathignore`: the patterns of gitignore without character classes and escapes (comments, `!`, a leading or inner `/` that ties a pattern
 * to the file's folder, a trailing `/` for folders alone); the last line that matches decides. https://git-scm.com/docs/gitignore
 */
export class IgnoreFile {
  private readonly lines: readonly IgnoreLine[];

  /** `folder`: where the file stands, relative to the workspace; `.` for the workspace folder. */
  constructor(
    text: string,
    private readonly folder = '.',
  ) {
    this.lines = text.split(/\r?\n/).flatMap(readLine);
  }

  /** `path` of a file, relative to the workspace. As in git, nothing inside an ignored folder comes back. */
  ignores(path: string): boolean {
    const inner = this.folder === '.' ? path : path.startsWith(`${this.folder}/`) ? path.slice(this.folder.length + 1) : undefined;
    if (inner === undefined || this.lines.length === 0) return false;
    for (let slash = inner.indexOf('/'); slash >= 0; slash = inner.indexOf('/', slash + 1)) if (this.decides(inner.slice(0, slash), true)) return true;
    return this.decides(inner, false);
  }

  private decides(path: string, isFolder: boolean): boolean {
    const line = this.lines.findLast(({ foldersOnly, matches }) => (isFolder || !foldersOnly) && matches(path));
    return line !== undefined && !line.negated;
  }
}

function readLine(line: string): readonly IgnoreLine[] {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return [];
  const negated = trimmed.startsWith('!');
  const pattern = negated ? trimmed.slice(1) : trimmed;
  const foldersOnly = pattern.endsWith('/');
  const bare = foldersOnly ? pattern.slice(0, -1) : pattern;
  if (bare === '' || bare === '/') return [];
  const glob = compileGlob(bare.includes('/') ? bare : `**/${bare}`);
  return [{ negated, foldersOnly, matches: (path) => glob.matches(path) }];
}
