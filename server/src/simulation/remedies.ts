/** What would change a denial, as lines to insert, and what would be no use. */
import { formatAddress } from '../base/addresses';
import { isOpaque } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import { type Deciding, policyVerdict, type PolicyPeerEnd, type PolicyVerdict, type RuleMatch } from '../cluster/policyVerdict';
import { isEmptySelector } from '../model/labels';
import type { NetworkPolicyPeer, PolicyDirection, Resource } from '../model/resources';
import type { Remedy, RemedyEdit, TransportProtocol } from '../protocol/trace';
import { flowToPods } from './otherFlow';
import { podPorts } from './ports';
import type { PolicyAsk } from './policyHop';
import { remedyByOwnName } from './serviceRemedies';
import { spoken } from './words';
import { scalar } from './yamlScalar';
import { placed, sourceAt, type World } from './world';

type Denial = Extract<Deciding, { kind: 'default-deny' }>;

export function proposeRemedies(world: World, ask: PolicyAsk, verdict: PolicyVerdict, protocol: TransportProtocol, port: number): void {
  if (verdict.deciding.kind === 'admin-rule') adminRemedies(world, ask, verdict.deciding, protocol, port);
  if (verdict.deciding.kind !== 'default-deny') return;
  const { notes } = world;
  const { deciding } = verdict;
  const ingress = ask.direction === 'Ingress';
  if (ask.hiddenBy) {
    const { metadata, spec } = ask.hiddenBy;
    const what = `Set externalTrafficPolicy: Local on the Service ${metadata.name}: then policies see the client’s own address, and no node passes packets on to another.`;
    notes.remedy(
      spec.externalTrafficPolicy === undefined
        ? { what, helps: true, edits: [{ at: sourceAt(ask.hiddenBy, ['spec']), insert: 'externalTrafficPolicy: Local' }] }
        : { what, helps: true },
    );
    if (ask.inside) remedyByOwnName(world, ask.hiddenBy, 'then policies see the client itself');
    notes.remedy({ what: 'No use: an ipBlock with the clients’ addresses. What the policy sees here is the address of a node.', helps: false });
    return;
  }
  const edit = insertion(world, ask, deciding, protocol, port);
  notes.remedy(
    edit ?? {
      what: `Add a NetworkPolicy that selects ${ask.pod.podSet.name} and ${ingress ? `lets ${otherOf(ask)} in` : `lets it send to ${otherOf(ask)}`} on ${port}/${protocol}.`,
      helps: true,
    },
  );
  const way = ingress ? wayRound(world, ask, deciding, protocol, port) : undefined;
  if (way) notes.remedy(way);
  const changed = deciding.nearest?.policy;
  const others = deciding.policies.filter((policy) => policy !== changed && isEmptySelector(policy.spec.podSelector)).map((policy) => policy.metadata.name);
  const theirs =
    ask.peer.kind === 'pods'
      ? ingress
        ? `the egress policies of ${otherOf(ask)}: sending is allowed already, receiving is not`
        : `the ingress policies of ${otherOf(ask)}: the packet does not get that far`
      : undefined;
  const all = others[0] === undefined ? undefined : `${others[0]}, which selects every pod and takes nothing away`;
  const useless = [all, theirs].filter((text) => text !== undefined);
  if (useless.length > 0) notes.remedy({ what: `No use: a change to ${useless.join(', or to ')}.`, helps: false });
}

/** What the admin tiers deny: https://network-policy-api.sigs.k8s.io/api-overview/ */
function adminRemedies(
  world: World,
  ask: PolicyAsk,
  { tier, policy, rule }: Extract<Deciding, { kind: 'admin-rule' }>,
  protocol: TransportProtocol,
  port: number,
): void {
  const named = rule.name === undefined ? '' : ` ${rule.name}`;
  const own = `the rule${named} of ${policy.metadata.name}`;
  const what = `${ask.direction === 'Ingress' ? `${otherOf(ask)} to ${ask.pod.podSet.name}` : `${ask.pod.podSet.name} to ${otherOf(ask)}`} on ${port}/${protocol}`;
  if (tier === 'Admin') {
    world.notes.remedy({
      what: `Let ${what} pass before ${own}: a rule with Accept (Allow) or Pass above it, or in a policy whose priority is a lower number.`,
      helps: true,
    });
    world.notes.remedy({ what: 'No use: a NetworkPolicy that allows it. The Admin tier is asked first, and what it denies stays denied.', helps: false });
    return;
  }
  world.notes.remedy({
    what: `Add a NetworkPolicy that selects ${ask.pod.podSet.name} and allows ${what}: it is asked before the Baseline tier, and for pods that it isolates the Baseline tier is not asked.`,
    helps: true,
  });
}

function insertion(
  world: World,
  ask: PolicyAsk,
  deciding: Denial,
  protocol: TransportProtocol,
  port: number,
): { readonly what: string; readonly helps: true; readonly edits: readonly RemedyEdit[] } | undefined {
  const ingress = ask.direction === 'Ingress';
  const word = ingress ? `Let ${otherOf(ask)} in, too` : `Let ${ask.pod.podSet.name} send to ${otherOf(ask)}, too`;
  const { nearest } = deciding;
  if (nearest?.rule.ports === 'yes' && nearest.rule.peers !== 'yes' && nearest.rule.peerMatches.length > 0) {
    const peer = peerLines(world, nearest.policy, ask.peer, nearest.rule);
    if (!peer) return undefined;
    return {
      what: `${word}: one more peer in the policy ${nearest.policy.metadata.name}.`,
      helps: true,
      edits: [{ at: sourceAt(nearest.policy, nearest.rule.peersPath), insert: peer.join('\n') }],
    };
  }
  if (nearest?.rule.peers === 'yes' && nearest.rule.portMatches.length > 0) {
    const at = sourceAt(nearest.policy, [...nearest.rule.path, 'ports']);
    return {
      what: `Open port ${port} as well, in the policy ${nearest.policy.metadata.name}.`,
      helps: true,
      edits: [{ at, insert: portLines(protocol, port).join('\n') }],
    };
  }
  const own = deciding.policies.find((policy) => !isEmptySelector(policy.spec.podSelector));
  if (!own) return undefined;
  const peer = peerLines(world, own, ask.peer, undefined);
  if (!peer) return undefined;
  return {
    what: `${word}: one more rule in the policy ${own.metadata.name}.`,
    helps: true,
    edits: [ruleInsertion(own, ask.direction, peer, portLines(protocol, port))],
  };
}

function ruleInsertion(policy: Resource<'NetworkPolicy'>, direction: PolicyDirection, peer: readonly string[], ports: readonly string[]): RemedyEdit {
  const ingress = direction === 'Ingress';
  const rule = [`- ${ingress ? 'from' : 'to'}:`, ...indent(peer), '  ports:', ...indent(ports)];
  const key = ingress ? 'ingress' : 'egress';
  const written = ingress ? policy.spec.ingress : policy.spec.egress;
  if (written.length > 0) return { at: sourceAt(policy, ['spec', key]), insert: rule.join('\n') };
  return { at: sourceAt(policy, ['spec']), insert: [`${key}:`, ...rule].join('\n') };
}

function portLines(protocol: TransportProtocol, port: number): readonly string[] {
  return port === 53 ? ['- protocol: UDP', '  port: 53', '- protocol: TCP', '  port: 53'] : [`- protocol: ${protocol}`, `  port: ${port}`];
}

/** A peer that names the other end as narrowly as its labels allow; undefined where nothing safe can be proposed. */
function peerLines(world: World, policy: Resource<'NetworkPolicy'>, peer: PolicyPeerEnd, rule: RuleMatch | undefined): readonly string[] | undefined {
  switch (peer.kind) {
    case 'pods': {
      const labels = labelLines(peer.podSet, rule === undefined ? undefined : usualKeys(policy, rule));
      const [own, other] = [placed(world, world.index.namespaceOf(policy)), placed(world, peer.podSet.namespace)];
      const selector = labels.length > 0 ? ['podSelector:', '  matchLabels:', ...labels.map((line) => `    ${line}`)] : ['podSelector: {}'];
      return item(own === other ? selector : ['namespaceSelector:', '  matchLabels:', `    kubernetes.io/metadata.name: ${scalar(other)}`, ...selector]);
    }
    case 'address':
      return item(['ipBlock:', `  cidr: ${scalar(`${formatAddress(peer.address)}/${peer.address.family === 4 ? 32 : 128}`)}`]);
    case 'node':
      return peer.address ? item(['ipBlock:', `  cidr: ${scalar(`${formatAddress(peer.address)}/${peer.address.family === 4 ? 32 : 128}`)}`]) : undefined;
    case 'outside':
      return item(['ipBlock:', `  cidr: ${peer.family === 6 ? '"::/0"' : '0.0.0.0/0'}`]);
    case 'unknown-pod':
      return undefined;
  }
}

/** The label keys by which the rule already names its peers. */
function usualKeys(policy: Resource<'NetworkPolicy'>, rule: RuleMatch): readonly string[] {
  const written = [...policy.spec.ingress, ...policy.spec.egress].find((candidate) => candidate.path.join('/') === rule.path.join('/'));
  return (written?.peers ?? []).slice(0, 16).flatMap((peer: NetworkPolicyPeer) => [...(peer.podSelector?.matchLabels.keys() ?? [])]);
}

const preferredKeys = ['app', 'app.kubernetes.io/name', 'k8s-app', 'name'];

function labelLines(podSet: PodSet, usual: readonly string[] | undefined): readonly string[] {
  const knownLabels = [...podSet.labels.entries].filter((entry): entry is [string, string] => !isOpaque(entry[1]));
  for (const keys of [usual ?? [], preferredKeys]) {
    const chosen = knownLabels.find(([key]) => keys.includes(key));
    if (chosen) return [`${scalar(chosen[0])}: ${scalar(chosen[1])}`];
  }
  return knownLabels.slice(0, 3).map(([key, value]) => `${scalar(key)}: ${scalar(value)}`);
}

function item(lines: readonly string[]): readonly string[] {
  return lines.map((line, position) => (position === 0 ? `- ${line}` : `  ${line}`));
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** Somebody whom the nearest rule lets in and whom the client may call. Looks at a few only. */
function wayRound(world: World, ask: PolicyAsk, deciding: Denial, protocol: TransportProtocol, port: number): Remedy | undefined {
  const { nearest } = deciding;
  if (!nearest || ask.peer.kind !== 'pods' || nearest.rule.ports !== 'yes') return undefined;
  const client = ask.peer.podSet;
  const written = nearest.policy.spec.ingress.find((candidate) => candidate.path.join('/') === nearest.rule.path.join('/'));
  const selectors = (written?.peers ?? [])
    .flatMap((peer) => (peer.podSelector && !peer.namespaceSelector && !isEmptySelector(peer.podSelector) ? [peer.podSelector] : []))
    .slice(0, 4);
  for (const selector of selectors) {
    for (const middle of world.index.select(world.index.namespaceOf(nearest.policy), selector).yes.slice(0, 4)) {
      if (middle.key === client.key || middle.key === ask.pod.podSet.key) continue;
      const open = podPorts(middle).find((offered) => mayCall(world, client, middle, offered.protocol, offered.port));
      if (open && mayCall(world, middle, ask.pod.podSet, protocol, port))
        return {
          what: `Or go through ${middle.name}: it may reach ${ask.pod.podSet.name}, and ${client.name} may call it on ${open.port}.`,
          helps: true,
          flow: flowToPods(world, middle, open),
        };
    }
  }
  return undefined;
}

function mayCall(world: World, from: PodSet, to: PodSet, protocol: TransportProtocol, port: number): boolean {
  const ask = (direction: PolicyDirection, subject: PodSet, peer: PodSet): boolean =>
    policyVerdict(world.index, { direction, subject, peer: { kind: 'pods', podSet: peer }, protocol, port }, world.modes).verdict === 'allowed';
  return ask('Egress', from, to) && ask('Ingress', to, from);
}

/** The other end as a workload: what helps one of its pods helps all. */
function otherOf(ask: PolicyAsk): string {
  return ask.peer.kind === 'pods' ? ask.peer.podSet.name : spoken(ask.other);
}
