/** The question to the policies of one end, as a hop: asked with the translated address. */
import type { PolicyDirection, Resource } from '../model/resources';
import { type AdminPolicyMatch, policyVerdict, type PolicyMatch, type PolicyPeerEnd, type PolicyVerdict } from '../cluster/policyVerdict';
import type { Evidence, PolicyAnswer } from '../protocol/trace';
import { atNode, capital, endText, listed, podName, spoken } from './words';
import { type PodPlace, step, stop, unsure, type Walk } from './walk';
import { evidence, sourceAt, type World } from './world';
import { adminRuleWords, ruleWordsOf } from './policyRuleWords';
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
  /** The client is in the cluster and used an address that is meant for the outside. */
  readonly inside?: boolean;
}

export function policyHop(world: World, walk: Walk, ask: PolicyAsk): Walk {
  const { direction, pod, peer, self } = ask;
  const port = walk.packet.destination.port ?? world.port;
  // Asked only on the way through a Service: a pod that calls its own address never comes here.
  const hairpin = self;
  const verdict = policyVerdict(world.index, { direction, subject: pod.podSet, peer, protocol: walk.packet.protocol, port, self, hairpin }, world.modes);
  const ingress = direction === 'Ingress';
  const shared = {
    kind: ingress ? 'policy-ingress' : 'policy-egress',
    station: `${pod.node.name}/policy-${direction.toLowerCase()}/${pod.podSet.key}`,
    at: atNode(pod.node),
    device: podName(pod),
    because: policyEvidence(verdict),
    policies: answersOf(verdict, ask),
  } as const;
  const [name, other] = [podName(pod), self ? 'itself' : spoken(ask.other)];
  const question = ingress && !self ? `May ${other} reach ${name} on ${port}?` : `May ${name} ${ingress ? 'reach' : 'send to'} ${other} on ${port}?`;
  if (!world.cni.enforces) {
    const guarded = verdict.policies.length > 0 || (verdict.adminPolicies ?? []).length > 0;
    const engine = world.cni.plugin === 'none' ? 'a cluster without a network plugin' : world.cni.plugin;
    if (guarded) world.notes.notGuarded(engine === 'flannel' ? engine : capital(engine), podName(pod), verdict.verdict === 'denied');
    return step(walk, {
      ...shared,
      verdict: 'not-enforced',
      plain: guarded
        ? `${question} Nobody asks: ${engine} enforces no network policies, although ${podName(pod)} has some.`
        : `No policy is asked here: ${engine} enforces none, and none selects ${podName(pod)}.`,
      expert: `${world.cni.label}: no policy engine. As Kubernetes reads the policies the answer would be: ${verdict.verdict} (${verdict.reason}).`,
    });
  }
  const expert = `${direction} of ${podName(pod)}, asked by ${world.cni.enforcedAt[direction]}: ${verdict.reason}.${differs(world, verdict, self)}${beforeMasquerade(world, walk, verdict, self)}`;
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
        world.notes.unknown(
          `whether the ${direction.toLowerCase()} policies of ${name} let ${ingress ? `${other} in` : `it send to ${other}`}: ${verdict.reason}`,
          shared.because,
        );
      return unsure(step(walk, { ...shared, verdict: 'unknown', plain: `${question} These files do not decide it: ${verdict.reason}.`, expert }));
  }
}

/** kube-proxy's masquerade comes in POSTROUTING, after the chains in which iptables engines judge. */
function beforeMasquerade(world: World, walk: Walk, { deciding }: PolicyVerdict, self: boolean): string {
  if (deciding.kind !== 'own-node' || self || !walk.masqueraded || world.cni.plugin === 'cilium' || world.cni.mode === 'calico:ebpf') return '';
  return ` An engine that judges in FORWARD does so before the masquerade of this node, and sees ${endText(walk.masqueraded)} here.`;
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
  if (deciding.kind === 'admin-rule')
    return [
      evidence(deciding.policy, deciding.path, deciding.action === 'Deny' ? 'denies' : 'allows', `${deciding.policy.metadata.name} ${deciding.rule.reason}`),
    ];
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

const mostAnswers = 64;

/** In the order in which they are asked; those that allow come first, where there are too many to show. */
function answersOf({ policies, adminPolicies = [] }: PolicyVerdict, ask: PolicyAsk): readonly PolicyAnswer[] {
  const of = (tier: 'Admin' | 'Baseline'): readonly PolicyAnswer[] =>
    adminPolicies.filter((match) => match.tier === tier).map((match) => adminAnswer(match, ask));
  return [...of('Admin'), ...networkAnswers(policies).map((match) => answerOf(match, ask)), ...of('Baseline')].slice(0, mostAnswers);
}

function networkAnswers(policies: readonly PolicyMatch[]): readonly PolicyMatch[] {
  if (policies.length <= mostAnswers) return policies;
  const [allowing, others] = [policies.filter(({ allows }) => allows !== 'no'), policies.filter(({ allows }) => allows === 'no')];
  return [...allowing, ...others].slice(0, mostAnswers);
}

function adminAnswer({ policy, tier, rules, selects }: AdminPolicyMatch, ask: PolicyAsk): PolicyAnswer {
  const rule = rules.find((candidate) => candidate.reached && candidate.matches !== 'no');
  const effect = rule?.effect;
  const action = effect === undefined ? 'none' : effect === 'Allow' || effect === 'Deny' || effect === 'Pass' ? effect : 'unknown';
  const sure = rule?.matches === 'yes' && selects === 'yes' && action !== 'unknown';
  const skipped = rules.length > 0 && rules.every((candidate) => !candidate.reached);
  return {
    name: policy.metadata.name,
    at: sourceAt(policy, rule?.path ?? ['spec']),
    tier,
    action: sure || action === 'none' ? action : 'unknown',
    allows: !rule ? false : sure ? action === 'Allow' : 'unknown',
    ...(selects === 'unknown' && { selects }),
    ...(rule && { rule: adminRuleWords(rule, ask) }),
    reason: rule
      ? `${rule.reason}${selects === 'yes' ? '' : '; whether it selects the pod is not known'}`
      : skipped
        ? 'not asked: something before it decides'
        : 'no rule of it matches, so the next is asked',
  };
}

function answerOf(match: PolicyMatch, ask: PolicyAsk): PolicyAnswer {
  const deciding = match.rules.find((rule) => rule.allows === 'yes') ?? match.rules[0];
  const allows = match.allows === 'yes' && match.selects === 'yes' ? true : match.allows === 'no' ? false : 'unknown';
  return {
    name: match.policy.metadata.name,
    at: sourceAt(match.policy, deciding?.path ?? ['spec']),
    allows,
    ...(match.selects === 'unknown' && { selects: match.selects }),
    ...ruleWordsOf(match, ask),
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
    case 'admin-rule':
      return `Yes: the policy ${deciding.policy.metadata.name} of the ${deciding.tier} tier ${deciding.rule.reason}.${deciding.tier === 'Admin' ? ' Network policies are not asked any more.' : ''}`;
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
  if (deciding.kind === 'admin-rule')
    return `No: the policy ${deciding.policy.metadata.name} of the ${deciding.tier} tier ${deciding.rule.reason}.${deciding.tier === 'Admin' ? ' No network policy can allow what that tier denies.' : ''}`;
  if (deciding.kind !== 'default-deny') return 'No.';
  const { nearest } = deciding;
  if (!nearest) {
    const names = deciding.policies.map((policy) => policy.metadata.name);
    return `No: ${names.length === 1 ? `the policy ${names[0] ?? ''} selects` : `${names.length} policies select`} ${podName(pod)}, and ${ingress ? 'nobody is let in' : 'nothing is let out'}.`;
  }
  const { rule } = nearest;
  const rules = policies.reduce((sum, match) => sum + match.rules.length, 0);
  const peers = listed(
    rule.peerMatches.map((peer) => peer.words),
    3,
  );
  const ports = listed(
    rule.portMatches.map((entry) => entry.words),
    4,
  );
  const name = nearest.policy.metadata.name;
  if (rules > 1) {
    const who = peers === '' ? (ingress ? 'lets everybody in' : 'lets it send everywhere') : ingress ? `lets in ${peers}` : `lets it send to ${peers}`;
    return `No: none of the ${rules} rules allows it. The one that comes nearest, in the policy ${name}, only ${who}${ports === '' ? '' : ` on ${ports}`}.`;
  }
  if (rule.peers !== 'yes' && peers !== '') return ingress ? `No: only ${peers} may.` : `No: it may only send to ${peers}.`;
  return `No: the policy ${name} opens only ${ports === '' ? 'no port' : ports}.`;
}
