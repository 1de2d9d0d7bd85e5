/** Traces as text for a terminal: one line a hop, indented by branch. */
import type { Branch, Evidence, Hop, Outcome, Packet, PacketEnd, Remedy, Trace } from '../protocol/trace';
import { traceCommand } from './traceCommand';

export interface TraceTextOptions {
  /** Sentences for an engineer instead of those for a newcomer. */
  readonly expert: boolean;
  readonly colour: boolean;
}

/** Ends with a line break. Control characters of manifests are shown as `\u001b`, never sent to the terminal. */
export function traceText(traces: readonly Trace[], options: TraceTextOptions): string {
  return `${traces.map((trace) => oneTrace(trace, options).join('\n')).join('\n\n')}\n`;
}

/** What an outcome is called in a heading. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  delivered: 'delivered',
  'refused-no-endpoints': 'refused: no endpoints',
  'refused-no-listener': 'refused: nobody listens',
  'dropped-policy-egress': 'dropped by an egress policy',
  'dropped-policy-ingress': 'dropped by an ingress policy',
  'dropped-no-local-endpoint': 'dropped: no endpoint on the node',
  'dropped-source-range': 'dropped: client not in the source ranges',
  'name-not-found': 'name not found',
  'dns-blocked': 'the name look-up is blocked by policy',
  'port-not-on-service': 'the Service has no such port',
  'no-route': 'no route',
  'grant-missing': 'a grant is missing',
  unknown: 'unknown',
  mixed: 'mixed',
};

function oneTrace(trace: Trace, options: TraceTextOptions): string[] {
  const paint = painter(options.colour);
  const { flow } = trace;
  const lines = [
    `${clean(flow.from)} → ${clean(flow.to)}, ${flow.protocol ?? 'TCP'} ${flow.port ?? ''} (${clean(trace.context)}): ${paint(colourOf(trace.outcome), outcomeWords[trace.outcome])}`,
  ];
  for (const branch of trace.branches) lines.push(...oneBranch(branch, trace.branches.length > 1, options));
  for (const unknown of trace.unknowns) lines.push(`? not known: ${clean(unknown.what)}`);
  for (const warning of trace.warnings) lines.push(`! ${clean(warning)}`);
  for (const remedy of trace.remedies) lines.push(...proposal(remedy, remedy.helps ? '+' : '-'));
  for (const tip of trace.tips ?? []) lines.push(...proposal(tip, '*'));
  return lines;
}

/** What would change it, the lines to write, and the command that shows it. */
function proposal({ what, edits = [], flow }: Remedy, sign: string): string[] {
  return [
    `${sign} ${clean(what)}`,
    ...edits.flatMap((edit) => [
      `    ${clean(edit.uri ?? edit.at.uri)}, at ${clean(edit.at.path.join('.'))}:`,
      ...edit.insert.split('\n').map((line) => `      ${clean(line)}`),
    ]),
    ...(flow ? [`    ${clean(traceCommand(flow))}`] : []),
  ];
}

function oneBranch(branch: Branch, several: boolean, options: TraceTextOptions): string[] {
  const paint = painter(options.colour);
  const lines: string[] = [];
  const indent = several ? '    ' : '  ';
  if (several)
    lines.push(`  ${clean(branch.label)}: ${percentOf(branch.share)} of connections, ${paint(colourOf(branch.outcome), outcomeWords[branch.outcome])}`);
  branch.hops.forEach((hop, position) => {
    lines.push(hopLine(hop, `${position + 1}`, indent, options));
    if (hop.trace) lines.push(...ownFlow(hop.trace, indent, options));
  });
  if (branch.notReached.length > 0) lines.push(`${indent}   not reached: ${branch.notReached.map((hop) => `${hop.kind} ${clean(hop.at.name)}`).join(', ')}`);
  if (branch.reply.length > 0) lines.push(`${indent} ↩ ${branch.reply.map((hop) => clean(options.expert ? hop.expert : hop.plain)).join(' ')}`);
  return lines;
}

/** A look-up's own flow in full for an engineer, or where it did not get through; else in one line. */
function ownFlow(flow: Branch, indent: string, options: TraceTextOptions): string[] {
  if (options.expert || flow.outcome !== 'delivered') return flow.hops.map((hop) => hopLine(hop, '·', `${indent}    `, options));
  return [`${indent}    · its own flow: ${flow.hops.length} hops to ${clean(flow.label)}, ${outcomeWords[flow.outcome]}`];
}

function hopLine(hop: Hop, number: string, indent: string, options: TraceTextOptions): string {
  const paint = painter(options.colour);
  const device = hop.device === undefined ? '' : ` ${clean(hop.device)}`;
  const change = packetChange(hop.before, hop.after);
  const where = placesOf(hop);
  return `${indent}${number.padStart(2)} ${hop.kind} @ ${clean(hop.at.name)}${device} ${paint(verdictColour(hop), hop.verdict)}${hop.assumed ? ' (assumed)' : ''}${change === '' ? '' : ` [${change}]`}: ${clean(options.expert ? hop.expert : hop.plain)}${where === '' ? '' : ` <${where}>`}`;
}

/** What the hop wrote on the packet. */
export function packetChange(before: Packet, after: Packet): string {
  const parts: string[] = [];
  if (!sameEnd(before.source, after.source)) parts.push(`from ${endOf(before.source)} ⇒ ${endOf(after.source)}`);
  if (!sameEnd(before.destination, after.destination)) parts.push(`to ${endOf(before.destination)} ⇒ ${endOf(after.destination)}`);
  if (!before.encapsulation && after.encapsulation) parts.push(`outer ${after.encapsulation.source} → ${after.encapsulation.destination}`);
  if (before.encapsulation && !after.encapsulation) parts.push('outer taken off');
  return parts.map(clean).join(', ');
}

export function endOf({ address, port }: PacketEnd): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function sameEnd(a: PacketEnd, b: PacketEnd): boolean {
  return a.address === b.address && a.port === b.port;
}

/** The evidence that decides: for a denial what denies, else the first. */
function placesOf(hop: Hop): string {
  const deciding = hop.because.filter((one) => one.role === 'denies' || one.role === 'missing');
  const shown = (deciding.length > 0 ? deciding : hop.because).slice(0, 2);
  return [...new Set(shown.map(placeOf))].join(', ');
}

/** `file:line` where the text is at hand, else the path. */
export function placeOf({ at, uri, range }: Evidence): string {
  const file = clean((uri ?? at.uri).split('/').at(-1) ?? '');
  return range ? `${file}:${range.start.line}` : `${file} ${clean(at.path.join('.'))}`;
}

export function percentOf(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function clean(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

type Colour = 'green' | 'red' | 'yellow' | 'none';

function colourOf(outcome: Outcome): Colour {
  return outcome === 'delivered' ? 'green' : outcome === 'unknown' || outcome === 'mixed' ? 'yellow' : 'red';
}

function verdictColour(hop: Hop): Colour {
  if (hop.verdict === 'delivered' || hop.verdict === 'allowed') return 'green';
  if (hop.verdict === 'dropped' || hop.verdict === 'rejected') return 'red';
  return hop.verdict === 'unknown' || hop.verdict === 'not-enforced' ? 'yellow' : 'none';
}

function painter(on: boolean): (colour: Colour, text: string) => string {
  const codes: Readonly<Record<Colour, number>> = { green: 32, red: 31, yellow: 33, none: 0 };
  return (colour, text) => (on && colour !== 'none' ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
}
