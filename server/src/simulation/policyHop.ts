/** The question to the policies of one end, as a hop: asked with the translated address. */
import type { PolicyDirection, Resource } from '../model/resources';
import { policyVerdict, type PolicyMatch, type PolicyPeerEnd, type PolicyVerdict } from '../cluster/policyVerdict';
import type { Evidence, PolicyAnswer } from '../protocol/trace';
import { atNode, podName } from './words';
import { type PodPlace, step, stop, unsure, type Walk } from './walk';
import { evidence, sourceAt, type World } from './world';
import { proposeRemedies } from './remedies';

export interface PolicyAsk {
  readonly direction: PolicyDirection;
  readonly pod: PodPlace;
  readonly peer: PolicyPeerEnd;
  readonly self: boolean;
  /** The other end in words. */
  readonly other: string;
  /** The Service whose masquerade hides the client. */
  readonly hiddenBy?: Resource<'Service'>;
}

export function policyHop(world: World, walk: Walk, ask: PolicyAsk): Walk {
  const { direction, pod, peer, self } = ask;
  const port = walk.packet.destination.port ?? world.port;
  const verdict = policyVerdict(world.index, { direction, subject: pod.podSet, peer, protocol: walk.packet.protocol, port, self }, world.modes);
  const ingress = direction === 'Ingress';
  const shared = {
    kind: ingress ? 'policy-ingress' : 'policy-egress',
    station: `${pod.node.name}/policy-${direction.toLowerCase()}/${pod.podSet.key}`,
    at: atNode(pod.node),
    device: podName(pod),
    because: policyEvidence(verdict),
    policies: verdict.policies.map(answerOf),
  } as const;
  const question = ingress ? `May ${ask.other} reach ${podName(pod)} on ${port}?` : `May ${podName(pod)} send to ${ask.other} on ${port}?`;
  if (!world.cni.enforces) {
    const guarded = verdict.policies.length > 0;
    const engine = world.cni.plugin === 'none' ? 'a cluster without a network plugin' : world.cni.plugin;
    if (guarded)
      world.notes.warn(
        `${engine === 'flannel' ? engine : capital(engine)} enforces no NetworkPolicy: ${podName(pod)} has policies, and nothing guards it.${verdict.verdict === 'denied' ? ' An enforcing plugin would drop this packet.' : ''}`,
      );
    return step(walk, {
      ...shared,
      verdict: 'not-enforced',
      plain: guarded
        ? `${question} Nobody asks: ${engine} enforces no network policies, although ${podName(pod)} has some.`
        : `No policy is asked here: ${engine} enforces none, and none selects ${podName(pod)}.`,
      expert: `${world.cni.label}: no policy engine. As Kubernetes reads the policies the answer would be: ${verdict.verdict} (${verdict.reason}).`,
    });
  }
  const expert = `${direction} of ${podName(pod)}, asked by ${world.cni.enforcedAt}: ${verdict.reason}.${differs(world, verdict, self)}`;
  switch (verdict.verdict) {
    case 'allowed':
      return step(walk, {
        ...shared,
        verdict: 'allowed',
        plain: `${question} ${allowedWords(verdict, pod, ingress)}`,
        expert,
        ...(verdict.deciding.kind === 'own-node' && { assumed: true }),
      });
    case 'denied': {
      const hop = stop(
        step(walk, {
          ...shared,
          verdict: 'dropped',
          plain: `${question} ${deniedWords(verdict, pod, ingress)}`,
          expert: `${expert} Dropped without an answer: the client waits until its own time-out.`,
        }),
        ingress ? 'dropped-policy-ingress' : 'dropped-policy-egress',
      );
      if (walk.outcome === undefined) proposeRemedies(world, ask, verdict, walk.packet.protocol, port);
      return hop;
    }
    case 'unknown':
      if (walk.outcome === undefined)
        world.notes.unknown(`whether the ${direction.toLowerCase()} policies of ${podName(pod)} let ${ask.other} through: ${verdict.reason}`, shared.because);
      return unsure(step(walk, { ...shared, verdict: 'unknown', plain: `${question} These files do not decide it: ${verdict.reason}.`, expert }));
  }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function differs(world: World, verdict: PolicyVerdict, self: boolean): string {
  if (self) return ' A pod that reaches itself through its Service is implementation-defined.';
  const block = verdict.policies.some((policy) =>
    policy.rules.some((rule) => rule.peerMatches.some((peer) => /^[\d.:a-f]+\//i.test(peer.words) && peer.reason.includes('pod'))),
  );
  if (!block) return '';
  return world.modes.ipBlockMatchesPods === 'never'
    ? ' Other plugins match pods by ipBlock.'
    : ' Plugins differ on ipBlock and pods: Cilium never matches a pod by it.';
}

/** Most telling first: the rule that allows; for a denial the isolating policies by name, then the rule that came nearest. */
function policyEvidence({ deciding, policies }: PolicyVerdict): readonly Evidence[] {
  if (deciding.kind === 'rule') return [evidence(deciding.policy, deciding.path, 'allows', `${deciding.policy.metadata.name} ${deciding.rule.reason}`)];
  if (deciding.kind !== 'default-deny') return [];
  const isolating = deciding.policies.slice(0, 32).map((policy) => {
    const own = policies.find((match) => match.policy === policy);
    return evidence(
      policy,
      policy.spec.hasPodSelector ? ['spec', 'podSelector'] : ['spec'],
      deciding.nearest ? 'selects' : 'denies',
      `${policy.metadata.name}: ${own?.reason ?? 'isolates'}`,
    );
  });
  const { nearest } = deciding;
  return nearest ? [...isolating, evidence(nearest.policy, nearest.path, 'denies', `${nearest.policy.metadata.name}: ${nearest.rule.reason}`)] : isolating;
}

function answerOf(match: PolicyMatch): PolicyAnswer {
  const deciding = match.rules.find((rule) => rule.allows === 'yes') ?? match.rules[0];
  const allows = match.allows === 'yes' && match.selects === 'yes' ? true : match.allows === 'no' ? false : 'unknown';
  return {
    name: match.policy.metadata.name,
    at: sourceAt(match.policy, deciding?.path ?? ['spec']),
    allows,
    reason: match.selects === 'unknown' ? `${match.reason}; whether it selects the pod is not known` : match.reason,
  };
}

function allowedWords({ deciding, policies }: PolicyVerdict, pod: PodPlace, ingress: boolean): string {
  switch (deciding.kind) {
    case 'rule': {
      const others = policies.filter((match) => match.policy !== deciding.policy && match.allows !== 'yes').map((match) => match.policy.metadata.name);
      const too =
        others.length === 0
          ? ''
          : others.length === 1
            ? ` ${others[0] ?? ''} selects it too, but one policy that allows is enough.`
            : ` ${others.length} other policies select it too, but one that allows is enough.`;
      return `Yes: the policy ${deciding.policy.metadata.name} ${deciding.rule.reason}.${too}`;
    }
    case 'own-node':
      return `Yes: the node on which a pod runs may always reach it.`;
    case 'self':
      return 'Yes: a pod cannot be cut off from itself.';
    case 'host-network':
      return `Yes: ${podName(pod)} uses the node’s own network, where network policies are not asked.`;
    default:
      return `Yes: no policy limits who ${ingress ? `may reach ${podName(pod)}` : `${podName(pod)} may send to`}.`;
  }
}

function deniedWords({ deciding, policies }: PolicyVerdict, pod: PodPlace, ingress: boolean): string {
  if (deciding.kind !== 'default-deny') return 'No.';
  const { nearest } = deciding;
  if (!nearest) {
    const names = deciding.policies.map((policy) => policy.metadata.name);
    return `No: ${names.length === 1 ? `the policy ${names[0] ?? ''} selects` : `${names.length} policies select`} ${podName(pod)}, and ${ingress ? 'nobody is let in' : 'nothing is let out'}.`;
  }
  if (nearest.rule.peers !== 'yes' && nearest.rule.peerMatches.length > 0) {
    const words = nearest.rule.peerMatches.slice(0, 3).map((peer) => peer.words);
    const more = nearest.rule.peerMatches.length > 3 ? ` and ${nearest.rule.peerMatches.length - 3} more` : '';
    return ingress ? `No: only ${words.join(' or ')}${more} may.` : `No: it may only send to ${words.join(' or ')}${more}.`;
  }
  const ports = nearest.rule.portMatches
    .slice(0, 4)
    .map((entry) => entry.words)
    .join(', ');
  return `No: the policy ${nearest.policy.metadata.name} opens ${ports === '' ? 'no port' : ports} only${policies.length > 1 ? ', and no other policy opens more' : ''}.`;
}
