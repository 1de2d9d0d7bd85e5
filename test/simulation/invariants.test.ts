/** What holds for every answer: each path class with each plugin, each proxy mode and each placement. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { traceIn } from '../../server/src/features/traces';
import { type Branch, type CniMode, cniModes, type Flow, type Hop, type Packet, placements, proxyModes, type Trace } from '../../server/src/protocol/trace';
import { snapshotOf } from '../support/workspaceOf';

const text = readFileSync(join(import.meta.dirname, 'everyPath.yaml'), 'utf8');
const lines = text.split('\n').length;
const snapshot = snapshotOf(text, { closed: true });
const [context] = snapshot.contexts;
if (!context) throw new Error('no context');

/** From, to and a port where the destination has none of its own. */
const questions: readonly (readonly [string, string, number?])[] = [
  ['pod/a/client/main', 'pod/a/client/side'],
  ['pod/a/client', 'localhost:9090'],
  ['pod/a/client', 'pod/a/client', 80],
  ['pod/a/client', 'pod/a/jailed', 80],
  ['pod/a/client', 'deployment/a/web', 8080],
  ['deployment/a/web', 'deployment/a/web', 8080],
  ['pod/a/client', 'web:80'],
  ['pod/a/client', 'service/a/web'],
  ['pod/a/client', 'service/a/web', 81],
  ['pod/a/client', 'guarded.b:80'],
  ['pod/a/jailed', 'guarded.b:80'],
  ['pod/a/jailed', 'service/b/guarded'],
  ['pod/a/jailed', 'service/a/web', 80],
  ['pod/a/jailed', 'node/node-1', 30080],
  ['pod/a/jailed', 'node/node-2', 30080],
  ['pod/a/own', 'guarded:80'],
  ['pod/a/own', 'web:80'],
  ['pod/a/nd', 'web.a:80'],
  ['pod/a/client', '10-244-1-5.a.pod:80'],
  ['pod/a/client', 'ip:10.244.1.77', 80],
  ['deployment/a/web', 'service/a/web', 80],
  ['deployment/b/guarded', 'service/b/guarded'],
  ['pod/a/client', 'heads:80'],
  ['pod/a/client', 'service/a/heads'],
  ['pod/a/client', 'db-1.db:5432'],
  ['pod/a/client', 'db-7.db:5432'],
  ['pod/a/client', 'service/a/np'],
  ['internet', 'service/a/np'],
  ['pod/a/client', 'node/node-1', 30080],
  ['pod/a/client', 'node/node-2', 30081],
  ['internet', 'node/node-2', 30081],
  ['internet', 'service/a/npl'],
  ['internet', 'service/a/lb'],
  ['ip:198.51.100.3', 'service/a/lb'],
  ['internet', 'service/b/lbl'],
  ['pod/a/client', 'service/b/lbl'],
  ['internet', 'service/a/ext'],
  ['pod/a/client', 'ip:198.51.100.50', 80],
  ['internet', 'service/a/web'],
  ['pod/a/client', 'service/a/local'],
  ['pod/a/client', 'service/a/empty'],
  ['pod/a/client', 'service/a/manual'],
  ['pod/a/client', 'service/a/noslice'],
  ['pod/a/client', 'aliasout:5432'],
  ['pod/a/client', 'aliasin:80'],
  ['pod/a/client', 'dual:80'],
  ['daemonset/a/agent', 'service/a/web', 80],
  ['daemonset/a/agent', 'web:80'],
  ['pod/a/client', 'daemonset/a/agent', 9100],
  ['pod/a/client', 'service/a/agent'],
  ['internet', 'node/node-1', 8088],
  ['pod/a/client', 'node/node-1', 8088],
  ['internet', 'ingress/a/shop'],
  ['internet', 'https://shop.example.com/db'],
  ['pod/a/client', 'https://shop.example.com/'],
  ['internet', 'gateway/a/edge'],
  ['internet', 'https://gw.example.net/g'],
  ['pod/a/client', 'internet'],
  ['pod/a/jailed', 'internet'],
  ['pod/a/jailed', 'ip:203.0.113.9', 443],
  ['pod/a/client', 'https://api.example.com/'],
  ['node/node-1', 'pod/a/client', 80],
  ['node/node-1', 'deployment/b/guarded', 8080],
  ['node/node-1', 'node/node-2', 22],
  ['node/node-1', 'service/a/web', 80],
  ['node/node-1', 'internet'],
  ['node/node-1', 'node/node-1', 30080],
  ['pod/a/client', 'node/node-2', 22],
  ['pod/a/client', 'https://kubernetes.default.svc'],
  ['internet', 'deployment/a/web', 8080],
  ['internet', 'web:80'],
  ['pod/a/client', 'nosuch:80'],
];

/** https://docs.tigera.io/calico/latest/networking/configuring/mtu: what the tunnel's header leaves of 1500 bytes; IP-in-IP carries no IPv6. */
const podMtu = (cni: CniMode, six: boolean): number => {
  if (cni === 'calico:ipip') return six ? 1500 : 1480;
  return ['flannel:vxlan', 'calico:vxlan', 'calico:ebpf', 'cilium:tunnel'].includes(cni) ? (six ? 1430 : 1450) : 1500;
};
const beside: readonly Hop['kind'][] = ['ipc', 'shared-volume', 'service-environment'];
/** After these a proxy opens a connection of its own, or an answer stands where a question was. */
const opensAnother: readonly Hop['kind'][] = ['ingress-controller', 'gateway'];
const ends = ({ source, destination }: Packet): string => `${source.address}:${source.port ?? ''} > ${destination.address}:${destination.port ?? ''}`;

let answers = 0;
afterAll(() => {
  console.log(`${answers} traces held against the invariants`);
});

function wrongIn(trace: Trace, cni: CniMode): readonly string[] {
  const wrong: string[] = [];
  const require = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  const outcomes = new Set(trace.branches.map(({ outcome }) => outcome));
  require(trace.outcome === (outcomes.size === 1 ? trace.branches[0]?.outcome : 'mixed'), 'the outcome is not that of the branches');
  require(Math.abs(trace.branches.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9, 'the shares do not add up to 1');
  require(!outcomes.has('unknown') || trace.unknowns.length > 0, 'unknown without a word of what would have to be known');
  for (const branch of trace.branches) wrongInBranch(branch, cni, trace.warnings, require, false);
  return wrong;
}

function wrongInBranch(branch: Branch, cni: CniMode, warnings: readonly string[], require: (holds: boolean, what: string) => void, nested: boolean): void {
  const hops = branch.hops.filter(({ kind }) => !beside.includes(kind) && kind !== 'dns-answer');
  const last = hops.at(-1);
  const enforcing = cni !== 'none' && !cni.startsWith('flannel');
  hops.forEach((hop, position) => {
    const previous = hops[position - 1];
    const next = hops[position + 1];
    const carried = hop.before.encapsulation !== undefined;
    if (previous && !opensAnother.includes(previous.kind))
      require(JSON.stringify(previous.after) === JSON.stringify(hop.before), `the packet changes between ${previous.kind} and ${hop.kind}`);
    require(carried === (hop.kind === 'underlay' ? previous?.kind === 'tunnel-encapsulation' : hop.kind === 'tunnel-decapsulation'), `${hop.kind} in a tunnel`);
    require((hop.after.encapsulation !== undefined) === (hop.kind === 'tunnel-encapsulation' || (carried && hop.kind === 'underlay')), `after ${hop.kind}`);
    if (hop.kind === 'tunnel-encapsulation') require(hop.after.mtu === 1500, 'outside of the tunnel the nodes’ MTU counts');
    if (hop.kind === 'pod-interface' || hop.kind === 'veth')
      require(hop.after.mtu === podMtu(cni, hop.after.source.address.includes(':')), `MTU ${hop.after.mtu} at ${hop.kind}`);
    if (hop.verdict === 'dropped' || hop.verdict === 'rejected') require(next === undefined, `${hop.kind} stops the packet, and ${next?.kind ?? ''} follows`);
    if (hop.kind === 'policy-egress') {
      const onNode = hops.slice(position + 1).filter(({ at, kind }) => at.name === hop.at.name && (kind === 'service-translation' || kind === 'host-port'));
      require(onNode.every(({ kind, verdict }) => kind === 'host-port' && verdict !== 'translated'), 'egress is judged before the node’s own translation');
      require(!hops.slice(0, position).some(({ kind }) => kind === 'tunnel-encapsulation' || kind === 'underlay') ||
        opened(hops, position), 'egress is judged too late');
    }
    if (hop.kind === 'policy-ingress') {
      require(!hops.slice(position + 1).some(({ kind }) => kind === 'underlay' || kind === 'service-translation'), 'ingress is judged too early');
      const arrived = hops.slice(position + 1).find(({ kind }) => kind === 'container-port');
      require(arrived === undefined || ends(arrived.before) === ends(hop.before), 'ingress is not judged on the pod’s own address and port');
    }
    if (hop.kind === 'policy-egress' || hop.kind === 'policy-ingress') {
      require((hop.verdict === 'not-enforced') !== enforcing, `${cni} and ${hop.verdict}`);
      if (!enforcing && !nested && (hop.policies?.length ?? 0) > 0) require(warnings.some((one) => one.includes('enforces no NetworkPolicy')), 'no warning');
    }
    if (hop.kind === 'source-translation') require(hop.before.source.address !== hop.after.source.address, 'a masquerade that changes nothing');
    for (const { at, uri, range, note } of nested ? [] : hop.because) {
      require(note !== '', `${hop.kind}: evidence without a note`);
      require(uri !== undefined && range !== undefined && range.start.line >= 1 && range.end.line <= lines, `${hop.kind}: no place for ${at.path.join('.')}`);
    }
    require(hop.plain !== '' &&
      hop.expert !== '' &&
      !/undefined|NaN|\[object/.test(hop.plain + hop.expert), `words of ${hop.kind}: ${hop.plain} ${hop.expert}`);
    if (hop.trace) wrongInBranch(hop.trace, cni, warnings, require, true);
  });
  if (branch.outcome === 'delivered') {
    require(last?.verdict === 'delivered', `delivered, and the last hop is ${last?.kind ?? 'none'}: ${last?.verdict ?? ''}`);
    require(!hops.some(({ verdict }) => verdict === 'unknown'), 'delivered by way of something unknown');
    require(branch.notReached.length === 0, 'delivered, and something is not reached');
    if (cni === 'none')
      require(!hops.some(
        ({ kind, before }) => kind === 'underlay' && /^(10\.244|fd00:10:244)/.test(before.destination.address),
      ), 'a route to a pod without a plugin');
  }
  if (nested) return;
  require(branch.reply.length > 0 === (branch.outcome === 'delivered') || branch.outcome === 'unknown', `a reply for ${branch.outcome}`);
  const answer = branch.reply.at(-1);
  const question = hops.find(({ kind }) => kind !== 'dns-query');
  if (answer && question) {
    const { source, destination } = question.before;
    require(ends(answer.after) ===
      ends({ ...answer.after, source: destination, destination: source }), `the answer to ${ends(question.before)} is ${ends(answer.after)}`);
  }
}

/** Another connection was opened since: by the proxy of an Ingress or a Gateway. */
function opened(hops: readonly Hop[], position: number): boolean {
  return hops.slice(0, position).some(({ kind }) => opensAnother.includes(kind));
}

describe.each(cniModes.map((cni) => [cni]))('with %s', (cni) => {
  test.each(questions.map(([from, to, port], position) => ({ from, to, port, position })))('$from to $to, port $port', ({ from, to, port, position }) => {
    for (const [turn, proxyMode] of proxyModes.entries())
      for (const placement of placements.filter((_, at) => at === (position + turn) % placements.length)) {
        const flow: Flow = { from, to, ...(port !== undefined && { port }), options: { cni, proxyMode, placement } };
        const answer = traceIn(snapshot, context, flow);
        if (!answer.ok) throw new Error(answer.error);
        for (const trace of answer.traces) {
          answers++;
          expect(wrongIn(trace, cni), `${proxyMode}, ${placement}: ${trace.flow.to}`).toEqual([]);
        }
      }
  });
});
