/** Cases of network policy as text: manifests, a question, the expected table. Every verdict is asked one port at a time and as a set of ports. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddress } from '../../server/src/base/addresses';
import type { ClusterIndex, PodSet } from '../../server/src/cluster/clusterIndex';
import { allowedPorts } from '../../server/src/cluster/policyPorts';
import { hasPort } from '../../server/src/cluster/portSet';
import { policyVerdict, type PolicyModes, type PolicyPeerEnd, type PolicyVerdict } from '../../server/src/cluster/policyVerdict';
import { protocols, type TransportProtocol } from '../../server/src/protocol/trace';
import { indexOf } from '../support/workspaceOf';
import { podNames, podOf } from './policyTable';

/** A section of a case: `=== heading` and the lines below it. */
export interface Section {
  readonly heading: string;
  readonly body: string;
}

export interface PolicyCase {
  readonly title: string;
  readonly sections: readonly Section[];
}

export function readCase(text: string): PolicyCase {
  const [head = '', ...rest] = text.split(/^=== /m);
  return {
    title: head.split('\n')[0] ?? '',
    sections: rest.map((part) => {
      const end = part.indexOf('\n');
      return { heading: part.slice(0, end).trim(), body: part.slice(end + 1).replace(/\s+$/, '') };
    }),
  };
}

/** Namespaces north, south, east, west with the label `side`, each with pods p0 and p1, which have addresses and named ports. */
const fourSides = readFileSync(join(import.meta.dirname, 'fourSides.yaml'), 'utf8').trim();

/** What a case says and what comes out, line by line; and how many verdicts were compared. */
export interface CaseResult {
  readonly expected: string;
  readonly actual: string;
  readonly verdicts: number;
}

type Answer = PolicyVerdict['verdict'];

export class Asker {
  verdicts = 0;

  constructor(
    readonly index: ClusterIndex,
    readonly modes: PolicyModes,
  ) {}

  /** One end of a connection, both ways of asking. */
  ask(
    direction: 'Ingress' | 'Egress',
    subject: PodSet,
    peer: PolicyPeerEnd,
    protocol: TransportProtocol,
    port: number,
    more: { self?: boolean; hairpin?: boolean } = {},
  ): PolicyVerdict {
    this.verdicts++;
    const question = { direction, subject, peer, ...more };
    const verdict = policyVerdict(this.index, { ...question, protocol, port }, this.modes);
    const sets = allowedPorts(this.index, question, this.modes);
    const answer = (['allowed', 'denied', 'unknown'] as const).filter((name) => hasPort(sets[name], protocol, port));
    if (answer.length !== 1 || answer[0] !== verdict.verdict)
      throw new Error(`${direction} of ${subject.key} on ${port}/${protocol}: ${verdict.verdict}, and as a set ${answer.join()}`);
    return verdict;
  }
}

/** A connection passes when both ends let it pass. */
export function joined(a: Answer, b: Answer): Answer {
  if (a === 'denied' || b === 'denied') return 'denied';
  return a === 'unknown' || b === 'unknown' ? 'unknown' : 'allowed';
}

const mark: Readonly<Record<Answer, string>> = { allowed: '.', denied: 'X', unknown: '?' };

/** Tables over namespaces x, y, z with pods a, b, c, which serve ports 80 and 81 of every protocol and have addresses 10.244.1.1 to 10.244.3.3. */
export function runTables(text: string): CaseResult {
  const { sections } = readCase(text);
  let policies = '';
  const labels: string[] = [];
  let verdicts = 0;
  const expected: string[] = [];
  const actual: string[] = [];
  for (const { heading, body } of sections) {
    if (heading === 'policies') policies = body;
    else if (heading === 'labels') labels.push(...body.split('\n'));
    else {
      const [protocol, port] = questionOf(heading);
      const asker = new Asker(indexOf(ninePods(policies, labels), { closed: true }), {});
      expected.push(`${heading}\n${body}`);
      actual.push(`${heading}\n${tableOf(asker, protocol, port)}`);
      verdicts += asker.verdicts;
    }
  }
  return { expected: expected.join('\n\n'), actual: actual.join('\n\n'), verdicts };
}

function questionOf(heading: string): readonly [TransportProtocol, number] {
  const [word, port] = heading.split(' ');
  const protocol = protocols.find((candidate) => candidate === word);
  if (!protocol || port === undefined) throw new Error(`not a question: ${heading}`);
  return [protocol, Number(port)];
}

function ninePods(policies: string, labels: readonly string[]): string {
  const more = (of: string): string =>
    labels
      .map((line) => line.split(' '))
      .filter(([kind, name]) => `${kind} ${name}` === of)
      .map(([, , key, value]) => `, ${key}: '${value}'`)
      .join('');
  const namespaces = ['x', 'y', 'z'].map(
    (name) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: '${name}', labels: {ns: '${name}'${more(`namespace ${name}`)}}}`,
  );
  const pods = podNames.map((name) => {
    const [namespace = '', pod = ''] = name.split('/');
    const ports = [80, 81].flatMap((port) =>
      protocols.map((protocol) => `{name: serve-${port}-${protocol.toLowerCase()}, containerPort: ${port}, protocol: ${protocol}}`),
    );
    const address = `10.244.${'xyz'.indexOf(namespace) + 1}.${'abc'.indexOf(pod) + 1}`;
    return `apiVersion: v1\nkind: Pod\nmetadata: {name: ${pod}, namespace: '${namespace}', labels: {pod: ${pod}${more(`pod ${name}`)}}}\nspec: {containers: [{name: main, image: example.com/serve:1, ports: [${ports.join(', ')}]}]}\nstatus: {podIP: ${address}}`;
  });
  return [...namespaces, ...pods, policies].filter((part) => part !== '').join('\n---\n');
}

function tableOf(asker: Asker, protocol: TransportProtocol, port: number): string {
  const rows = podNames.map((from) => `${from}   ${podNames.map((to) => mark[connection(asker, from, to, protocol, port)]).join('  ')}`);
  return [`     ${podNames.map((name) => name.replace('/', '')).join(' ')}`, ...rows].join('\n');
}

function connection(asker: Asker, from: string, to: string, protocol: TransportProtocol, port: number): Answer {
  const [source, target] = [podOf(asker.index, from), podOf(asker.index, to)];
  const self = { self: from === to };
  const out = asker.ask('Egress', source, { kind: 'pods', podSet: target }, protocol, port, self);
  return joined(out.verdict, asker.ask('Ingress', target, { kind: 'pods', podSet: source }, protocol, port, self).verdict);
}

/**
 * Lines such as `default/client -> default/web TCP 80: denied`, with `, ingress: Admin keep-out` where a case says who decides. An end is a pod,
 * `internet`, an address, `node NAME`, `own node`, `other node`, `host NAME`, `somebody` (a pod of no manifest), or `itself through its Service`.
 */
export function runConnections(text: string): CaseResult {
  const { sections } = readCase(text);
  let manifests = '';
  let modes: PolicyModes = {};
  let verdicts = 0;
  const expected: string[] = [];
  const actual: string[] = [];
  for (const { heading, body } of sections) {
    if (heading === 'manifests') manifests = body;
    else if (heading === 'manifests, beside the pods of the four sides') manifests = `${fourSides}\n---\n${body}`;
    else if (heading === 'and') manifests = `${manifests}\n---\n${body}`;
    else if (heading.startsWith('modes')) modes = modesOf(heading);
    else if (heading !== 'connections') throw new Error(`no section of a case: ${heading}`);
    else {
      const asker = new Asker(indexOf(manifests, { closed: true }), modes);
      const lines = body.split('\n').filter((line) => line.trim() !== '');
      expected.push(...lines);
      actual.push(...lines.map((line) => answered(asker, line)));
      verdicts += asker.verdicts;
    }
  }
  return { expected: expected.join('\n'), actual: actual.join('\n'), verdicts };
}

function modesOf(heading: string): PolicyModes {
  return {
    ...(heading.includes('never') && { ipBlockMatchesPods: 'never' as const }),
    ...(heading.includes('applied') && { hostNetworkPolicies: 'applied' as const }),
  };
}

function answered(asker: Asker, line: string): string {
  const match = /^(.+?) -> (.+?) (TCP|UDP|SCTP) (\d+): (\w+)(.*)$/.exec(line);
  if (!match) throw new Error(`not a connection: ${line}`);
  const [, from = '', to = '', word = '', port = '', , because = ''] = match;
  const protocol = protocols.find((candidate) => candidate === word) ?? 'TCP';
  const hairpin = to === 'itself through its Service';
  const self = hairpin || from === to ? { self: true, hairpin } : {};
  const [source, target] = [endOf(asker.index, from), endOf(asker.index, hairpin ? from : to)];
  const out = source.kind === 'pods' ? asker.ask('Egress', source.podSet, target, protocol, Number(port), self) : undefined;
  const into = target.kind === 'pods' ? asker.ask('Ingress', target.podSet, source, protocol, Number(port), self) : undefined;
  const verdict = joined(out?.verdict ?? 'allowed', into?.verdict ?? 'allowed');
  return `${from} -> ${to} ${word} ${port}: ${verdict}${because === '' ? '' : reasons(out, into, verdict)}`;
}

/** Who decides at the end that decides. */
function reasons(out: PolicyVerdict | undefined, into: PolicyVerdict | undefined, verdict: Answer): string {
  const parts = [out && ([out, 'egress'] as const), into && ([into, 'ingress'] as const)].flatMap((part) => (part ? [part] : []));
  const telling = parts.filter(([one]) => one.verdict === verdict && one.tier !== undefined);
  return telling.map(([one, direction]) => `, ${direction}: ${one.tier ?? 'nobody'} ${decider(one)}`).join('');
}

function decider({ deciding, reason }: PolicyVerdict): string {
  if (deciding.kind === 'default-deny') return deciding.policies.map((policy) => policy.metadata.name).join('+');
  return deciding.kind === 'rule' || deciding.kind === 'admin-rule' ? reason : deciding.kind;
}

function endOf(index: ClusterIndex, text: string): PolicyPeerEnd {
  if (text === 'internet') return { kind: 'outside', scope: 'internet' };
  if (text === 'somebody') return { kind: 'unknown-pod' };
  if (text === 'own node') return { kind: 'node', ownNode: 'yes' };
  if (text === 'other node') return { kind: 'node', ownNode: 'no' };
  if (text.startsWith('node ')) {
    const node = index.ofKind('Node').find((candidate) => candidate.metadata.name === text.slice(5));
    if (!node) throw new Error(`no ${text}`);
    return { kind: 'node', ownNode: 'no', labels: node.metadata.labels };
  }
  if (text.startsWith('host ')) return { kind: 'outside', scope: 'internet', hostname: text.slice(5) };
  const address = parseAddress(text);
  if (address) return { kind: 'address', address };
  return { kind: 'pods', podSet: podOf(index, text) };
}
