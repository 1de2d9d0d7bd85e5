/** Host names inside values: where a text names a Service, and on which port. */
import type { ScalarSpan } from '../../model/finding';

export interface HostName {
  /** In lower case, without a trailing dot. */
  readonly host: string;
  /** UTF-16 offsets in the text. */
  readonly span: ScalarSpan;
  /** Of the URL in which it stands, in lower case: `http`, `postgres`. */
  readonly scheme?: string;
  readonly port?: { readonly number: number; readonly span: ScalarSpan };
  /** Something stands behind the colon that is no number: a reference, a placeholder. */
  readonly portUnknown: boolean;
}

/** `url`: URLs, and names that hold `.svc`, in files of any format. `value`: besides, `host:port` where that is all of a value or of an item of its list. */
export type HostNamePlace = 'url' | 'value';

const label = '[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?';
const hostPattern = new RegExp(`^${label}(?:\\.${label}){0,10}\\.?$`);
const urlPattern = /([a-zA-Z][-+.a-zA-Z0-9]{0,30}):\/\/([^\s"'`<>\\]{1,2000})/g;
const clusterNamePattern = new RegExp(
  `(?<![-.\\w/@:])(${label}(?:\\.${label}){1,3}\\.svc(?:\\.${label}){0,6}\\.?)(?![-\\w])(:[^\\s,;"'\`/?)\\]}]{0,12})?`,
  'g',
);
const longestLine = 5000;

/**
 * The host names of a text, in the order in which they stand. The hosts of one URL are split at commas (`mongodb://a:1,b:2/x`), credentials are skipped.
 * `name` is the variable or flag that the value belongs to: one that speaks of an address lets `redis:7` count, one that speaks of an image lets nothing count.
 */
export function hostNamesIn(text: string, place: HostNamePlace, name = ''): readonly HostName[] {
  if (place === 'url' && !text.includes('://') && !text.includes('.svc')) return [];
  const found: HostName[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    if (line.length <= longestLine && (place === 'value' || !/^\s*(?:#|\/\/|;|--|\*)/.test(line))) found.push(...hostNamesOfLine(line, start, place, name));
    start += line.length + 1;
  }
  return found;
}

function hostNamesOfLine(line: string, offset: number, place: HostNamePlace, name: string): HostName[] {
  const found: HostName[] = [];
  const covered: ScalarSpan[] = [];
  const isFree = (at: number): boolean => !covered.some((span) => span.start <= at && at < span.end);
  for (const match of line.includes('://') ? line.matchAll(urlPattern) : []) {
    const scheme = match[1] ?? '';
    const start = match.index + scheme.length + 3;
    covered.push({ start: match.index, end: match.index + match[0].length });
    found.push(...hostsOfUrl(match[2] ?? '', offset + start, scheme.toLowerCase()));
  }
  for (const match of line.includes('.svc') ? line.matchAll(clusterNamePattern) : []) {
    if (!isFree(match.index)) continue;
    covered.push({ start: match.index, end: match.index + match[0].length });
    found.push(hostName(match[1] ?? '', match[2] ?? '', offset + match.index));
  }
  if (place === 'value' && line.includes(':') && !/image|tag|version|repo/i.test(name)) {
    for (const { host, port, start } of addressesOf(line)) {
      if (isFree(start) && (Number(port.slice(1)) >= 1024 || isAddressName(name))) found.push(hostName(host, port, offset + start));
    }
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}

/** What stands between `://` and the path, credentials left out. */
function hostsOfUrl(rest: string, start: number, scheme: string): HostName[] {
  const end = rest.search(/[/?#;]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  let at = authority.lastIndexOf('@') + 1;
  const hosts: HostName[] = [];
  for (const part of authority.slice(at).split(',')) {
    const match = /^([^:()[\]{}]+)(:.*)?$/.exec(part.replace(/[)\]}]+$/, (tail) => (part.includes('(') ? tail : '')));
    const host = match?.[1] ?? '';
    if (hostPattern.test(host)) hosts.push({ ...hostName(host, match?.[2] ?? '', start + at), scheme });
    at += part.length + 1;
  }
  return hosts;
}

/** `portText` with its colon. */
function hostName(host: string, portText: string, start: number): HostName {
  const about = { host: host.toLowerCase().replace(/\.$/, ''), span: { start, end: start + host.length } };
  const digits = /^:(\d{1,5})$/.exec(portText)?.[1];
  if (digits === undefined) return { ...about, portUnknown: portText !== '' };
  const portStart = start + host.length + 1;
  return { ...about, port: { number: Number(digits), span: { start: portStart, end: portStart + digits.length } }, portUnknown: false };
}

/**
 * A value that is `host:port`, or a list of nothing else, without the flag (`--addr=`) or the driver (`jdbc:oracle:thin:@`) before it.
 * `port` with its colon. Words of a sentence are no addresses.
 */
function addressesOf(line: string): readonly { host: string; port: string; start: number }[] {
  const before = /^\s*(?:--?[-\w.]+=)?["']?(?:jdbc:\w+:(?:\w+:)?@?(?:\/\/)?)?/.exec(line)?.[0].length ?? 0;
  const addresses: { host: string; port: string; start: number }[] = [];
  let at = before;
  for (const item of line.slice(before).split(/[,;\s]/)) {
    if (item !== '') {
      const match = /^([^:/]+)(:\d{1,5})(?:[/?].*)?["']?$/.exec(item);
      const host = match?.[1] ?? '';
      if (!hostPattern.test(host) || /^\d+(?:\.\d+)*$/.test(host)) return [];
      addresses.push({ host, port: match?.[2] ?? '', start: at });
    }
    at += item.length + 1;
  }
  return addresses;
}

/** Names of variables and flags whose value is an address. */
function isAddressName(name: string): boolean {
  return /(?:^|[-_.a-z])(?:hosts?|ur[il]s?|addr(?:ess)?(?:es)?|endpoints?|services?|servers?|brokers?|dsn|upstreams?|backends?)$/i.test(name);
}
