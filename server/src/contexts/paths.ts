/** Relative paths with `/` between names: folders, resolving, and the folders that stand for themselves. */

/** `.` for a file of the workspace folder. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function isBelow(path: string, folder: string): boolean {
  return folder === '.' || path.startsWith(`${folder}/`);
}

/** `reference` as written in a file of `folder`; undefined when it is absolute or leaves the workspace. */
export function resolvePath(folder: string, reference: string): string | undefined {
  if (reference.startsWith('/')) return undefined;
  const segments = folder === '.' ? [] : folder.split('/');
  for (const segment of reference.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.length === 0 ? '.' : segments.join('/');
}

/** The deepest folder that all of the folders are, or are below. */
export function commonFolder(folders: readonly string[]): string {
  const [first = '.', ...others] = folders;
  let common = first === '.' ? [] : first.split('/');
  for (const folder of others) {
    const segments = folder === '.' ? [] : folder.split('/');
    let length = 0;
    while (length < common.length && common[length] === segments[length]) length++;
    common = common.slice(0, length);
  }
  return common.length === 0 ? '.' : common.join('/');
}

const standsAlone: ReadonlySet<string> = new Set(['testdata', 'fixtures', 'examples']);

/** The innermost folder named `testdata`, `fixtures` or `examples` that the file is below, else `.`: contexts inside join nothing outside. */
export function scopeOf(path: string): string {
  const segments = path.split('/');
  for (let length = segments.length - 1; length > 0; length--) if (standsAlone.has(segments[length - 1] ?? '')) return segments.slice(0, length).join('/');
  return '.';
}

/** Order of code units, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const environmentWords: ReadonlySet<string> = new Set(
  'dev develop development local sandbox test testing qa uat int integration stage staging stg preprod preview canary prod production prd live blue green'.split(
    ' ',
  ),
);

/** The one word of a file's or folder's name that says an environment: `prod` in `shop-prod.yaml`. */
export function environmentWord(path: string): string | undefined {
  const words = stemOf(path)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => environmentWords.has(word));
  return words.length === 1 ? words[0] : undefined;
}

/** A file's name without its extension; a folder's name. */
export function stemOf(path: string): string {
  return nameOf(path).replace(/\.(ya?ml|json)$/i, '');
}
