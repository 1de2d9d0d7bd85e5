/** An HTTP request as far as a route decides by it, and how hosts and paths of rules match. */

export interface HttpRequest {
  /** '' where the client names no host. */
  readonly host: string;
  readonly urlPath: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly query: readonly (readonly [string, string])[];
}

export function requestFor(host: string, urlPath: string): HttpRequest {
  return { host, urlPath: urlPath === '' ? '/' : urlPath, method: 'GET', headers: [], query: [] };
}

/** "GET shop.example.com/cart with x-canary: true" */
export function requestWords({ host, urlPath, method, headers, query }: HttpRequest): string {
  const verb = method === 'GET' ? '' : `${method} `;
  const extra = [...headers.map(([name, value]) => `${name}: ${value}`), ...query.map(([name, value]) => `?${name}=${value}`)];
  return `${verb}${host}${urlPath}${extra.length > 0 ? ` with ${extra.join(', ')}` : ''}`;
}

/** An Ingress's wildcard stands for exactly one label. */
export function hostMatches(pattern: string, host: string): boolean {
  const [a, b] = [pattern.toLowerCase(), host.toLowerCase()];
  if (a === b) return true;
  if (!a.startsWith('*.')) return false;
  const dot = b.indexOf('.');
  return dot > 0 && b.slice(dot) === a.slice(1);
}

/** The more exact a pattern, the higher: exact names, then wildcards by their length, then everything. */
export function hostRank(pattern: string | undefined): number {
  if (pattern === undefined || pattern === '' || pattern === '*') return 0;
  return pattern.startsWith('*.') ? pattern.length : 1000 + pattern.length;
}

/** Prefix compares whole segments: `/foo` is not `/foobar`. */
export function pathMatches(pattern: string, exact: boolean, urlPath: string): boolean {
  if (exact) return pattern === urlPath;
  const trimmed = pattern.replace(/\/+$/, '');
  return urlPath === trimmed || urlPath === pattern || urlPath.startsWith(`${trimmed}/`);
}

/** Something that a wildcard host stands for, to ask with. */
export function concreteHost(host: string): string {
  return host.startsWith('*.') ? `any${host.slice(1)}` : host;
}
