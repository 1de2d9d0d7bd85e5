/** A small glob matcher for paths: `**`, `*`, `?` and `{a,b}`, without regular expressions, so that no pattern is slow. */

export interface Glob {
  /** True when the whole path matches. `/` separates, no leading `./`. */
  matches(path: string): boolean;
  /** True when the path or a folder above it matches. */
  covers(path: string): boolean;
}

/**
 * `glob` against a path relative to the glob's folder. A glob whose last part has no wildcard (`envs/dev`) names a folder as well:
 * everything below it matches. `dev/*` matches the files of `dev` alone, `dev/**` everything below it, `.` and `**` all. Never throws.
 */
export function globMatches(glob: string, path: string): boolean {
  const compiled = compileGlob(glob);
  return compiled.matches(path) || (endsPlainly(glob) && compiled.covers(path));
}

/** Compiled globs are kept, since a few are asked for every file. */
export function compileGlob(glob: string): Glob {
  const kept = cache.get(glob);
  if (kept) return kept;
  const compiled = compile(glob);
  if (cache.size >= 500) cache.clear();
  cache.set(glob, compiled);
  return compiled;
}

const cache = new Map<string, Glob>();
/** `{a,b}{c,d}` multiplies; what is above is taken as it stands. */
const mostAlternatives = 256;

function endsPlainly(glob: string): boolean {
  return !/[*?{}]/.test(lastPart(glob));
}

function lastPart(glob: string): string {
  const trimmed = glob.replace(/\/$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

function compile(glob: string): Glob {
  const trimmed = glob
    .trim()
    .replace(/^(\.\/)+/, '')
    .replace(/^\//, '')
    .replace(/\/$/, '');
  const patterns = expandBraces(trimmed === '' || trimmed === '.' ? '**' : trimmed).map((pattern) => pattern.split('/'));
  const matches = (segments: readonly string[]): boolean => patterns.some((pattern) => matchSegments(pattern, segments));
  return {
    matches: (path) => matches(path.split('/')),
    covers(path) {
      const segments = path.split('/');
      for (let length = 1; length <= segments.length; length++) if (matches(segments.slice(0, length))) return true;
      return false;
    },
  };
}

/** The first `{…,…}` replaced by each of its parts, until none is left or there would be too many. */
function expandBraces(pattern: string): readonly string[] {
  let open = [pattern];
  for (;;) {
    const next: string[] = [];
    let expanded = false;
    for (const one of open) {
      const brace = firstBrace(one);
      if (!brace) {
        next.push(one);
        continue;
      }
      expanded = true;
      for (const part of brace.parts) next.push(one.slice(0, brace.start) + part + one.slice(brace.end));
    }
    if (next.length > mostAlternatives) return open;
    open = next;
    if (!expanded) return open;
  }
}

function firstBrace(text: string): { readonly start: number; readonly end: number; readonly parts: readonly string[] } | undefined {
  const start = text.indexOf('{');
  if (start < 0) return undefined;
  const parts: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '{') depth++;
    else if (character === ',' && depth === 1) {
      parts.push(text.slice(from, at));
      from = at + 1;
    } else if (character === '}' && --depth === 0) {
      parts.push(text.slice(from, at));
      return { start, end: at + 1, parts };
    }
  }
  return undefined;
}

/** `**` stands for any number of segments, none included. On a mismatch only the last `**` grows, so the cost is at most the product of the lengths. */
function matchSegments(pattern: readonly string[], segments: readonly string[]): boolean {
  return matchWithStar(
    pattern.length,
    segments.length,
    (index) => pattern[index] === '**',
    (index, at) => matchText(pattern[index] ?? '', segments[at] ?? ''),
  );
}

function matchText(pattern: string, text: string): boolean {
  return matchWithStar(
    pattern.length,
    text.length,
    (index) => pattern[index] === '*',
    (index, at) => pattern[index] === '?' || pattern[index] === text[at],
  );
}

/** Wildcard matching over any sequence: greedy, going back to the last star only. */
function matchWithStar(patternLength: number, length: number, isStar: (index: number) => boolean, same: (index: number, at: number) => boolean): boolean {
  let index = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < length) {
    if (index < patternLength && isStar(index)) {
      star = index++;
      starAt = at;
    } else if (index < patternLength && same(index, at)) {
      index++;
      at++;
    } else if (star >= 0) {
      index = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (index < patternLength && isStar(index)) index++;
  return index === patternLength;
}
