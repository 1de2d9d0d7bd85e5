/** A Service that a workload calls by name and that policies keep it from. */
import { isOpaque, known } from '../../base/opaque';
import type { ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import { policyVerdict, type PolicyVerdict } from '../../cluster/policyVerdict';
import { callsOf, type ServiceCall } from '../../cluster/serviceCalls';
import { targetPortIn } from '../../cluster/targetPort';
import type { Finding, Fix, Mark } from '../../model/finding';
import { isEmptySelector } from '../../model/labels';
import { isOwnSource } from '../../model/origins';
import { valueAt, workloadKinds, type PolicyDirection, type Resource, type ServicePort } from '../../model/resources';
import { protocols, type TransportProtocol } from '../../protocol/trace';
import { contextRule } from '../rule';
import type { NetworkPolicy } from '../shared/cidrs';
import { addRule } from '../shared/policyEdits';
import { hasOpenPorts, peerFor, podsText, policiesCount, rulesMark } from '../shared/policyPods';
import { servicePortMistakes } from '../shared/servicePortMistakes';
import { kindAndName, wordList } from '../shared/words';

type Message = 'egress' | 'ingress' | 'both';
type Client = (typeof workloadKinds)[number] | 'Pod';

export const blocksKnownDependency = contextRule<Client, Message>({
  meta: {
    id: 'policy/blocks-known-dependency',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A workload names a Service that NetworkPolicies do not let it reach.',
    why: 'The address of a Service in an environment variable, an argument or a ConfigMap says that the workload calls it. If a policy of the caller does not allow the egress, or one of the pods behind the Service does not allow the ingress, the connection times out: no error names the policy. Policies see the port of the pod, not the port of the Service. This is the denial that a trace from the workload to the Service shows.',
    remedy: 'Allow the connection at the end that denies it, on the port of the pods. If the workload does not call this Service any more, remove its address.',
    references: [
      '[The two sorts of pod isolation](https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation)',
      '[Behavior of to and from selectors](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)',
    ],
    messages: {
      egress: '{client} talks to Service `{service}` ({evidence}), but no rule of {policies} allows egress to {pods} on {port}.',
      ingress: '{client} talks to Service `{service}` ({evidence}), but no rule of {policies} lets it into {pods} on {port}.',
      both: '{client} talks to Service `{service}` ({evidence}), but no rule of {policies} allows its egress to {pods} on {port}, and none of {others} lets it in.',
    },
    fixable: true,
  },
  kinds: ['Pod', ...workloadKinds],
  *check(resource, index) {
    const client = index.podSetOf(resource);
    if (!client || resource.partial || !policiesCount(index)) return;
    // Without a policy that could hold anything up nobody needs to read the values. Asked by namespace: a policy is edited more often than all workloads can be looked at.
    if (index.namespaces().length <= 1 && index.inNamespace('NetworkPolicy', client.namespace).length === 0) return;
    const told = new Set<string>();
    for (const call of callsOf(client, index)) {
      if (!('type' in call.target) || isOnlyNamed(client, call)) continue;
      const finding = judge(client, call, call.target, index);
      if (!finding) continue;
      const key = `${finding.message} ${String(finding.data?.['service'])} ${String(finding.data?.['port'])}`;
      if (told.has(key)) continue;
      told.add(key);
      yield finding;
    }
  },
});

/** Variables that name somebody without calling: where a browser comes from, what the workload itself is called. */
const namesOnly = /ORIGIN|CORS|CALLBACK|REDIRECT|PUBLIC|EXTERNAL|ADVERTI[SZ]E|ISSUER|AUDIENCE|REFERR?ER|TRUSTED|NO_PROXY|ALLOW|LISTEN|DOMAIN/i;

function isOnlyNamed(client: PodSet, { from }: ServiceCall): boolean {
  const mark = ownMark(client, from);
  if (!mark) return namesOnly.test(String(from.path[from.path.length - 1] ?? ''));
  const name = valueAt(client.resource, [...mark.path.slice(0, -1), 'name']);
  const token = valueAt(client.resource, mark.path);
  return namesOnly.test(typeof name === 'string' ? name : typeof token === 'string' ? (/^--?[-\w.]+/.exec(token)?.[0] ?? '').replace(/-/g, '_') : '');
}

function ownMark(client: PodSet, from: ServiceCall['from']): Mark | undefined {
  return from.resource === client.resource ? from : undefined;
}

interface Denial {
  readonly pod: PodSet;
  readonly protocol: TransportProtocol;
  readonly port: number;
  readonly egress?: PolicyVerdict;
  readonly ingress?: PolicyVerdict;
}

/** Speaks when both pods and the port are known and the answer for each backend is sure; some of several backends are worth an information. */
function judge(client: PodSet, call: ServiceCall, service: Resource<'Service'>, index: ClusterIndex): Finding<Message> | undefined {
  if (service.partial || client.template.hostNetwork) return undefined;
  const { yes, maybe } = index.backends(service);
  const ports = portsOf(service, call);
  if (yes.length === 0 || maybe.length > 0 || !ports || yes.some((pod) => pod.resource.partial || pod.template.hostNetwork || hasOpenPorts(pod)))
    return undefined;
  const denials: Denial[] = [];
  let passes = false;
  for (const pod of yes) {
    // Its own Service: which replica answers, and whether policies see a hairpin at all, the plugin decides.
    if (pod === client) return undefined;
    for (const port of ports) {
      const denial = denialOf(client, pod, port, index);
      if (denial === 'unknown') return undefined;
      if (denial === 'allowed') passes = true;
      else denials.push(denial);
    }
  }
  const [first] = denials;
  if (!first) return undefined;
  // Of several ports any may be the one that is used.
  const deniedPods = new Set(denials.map(({ pod }) => pod));
  if (passes && (ports.length > 1 || deniedPods.size === yes.length)) return undefined;
  if (isMistakenPort(first, index)) return undefined;
  return finding(client, call, service, denials, passes || index.mayHaveOtherPods(index.namespaceOf(service)), index);
}

/** The port that is called; all of them where none is written. Undefined when the Service has no such port, or cannot be read. */
function portsOf(service: Resource<'Service'>, call: ServiceCall): readonly ServicePort[] | undefined {
  const { ports } = service.spec;
  if (isOpaque(service.spec.clusterIP) || isOpaque(service.spec.type) || service.spec.type === 'ExternalName') return undefined;
  if (ports.length === 0 || ports.some((port) => known(port.port) === undefined)) return undefined;
  // Nothing translates the port of a headless Service: clients name the port of the pods.
  if (known(service.spec.clusterIP) === 'None' && call.port !== undefined) return [{ path: ['spec', 'ports'], port: call.port, targetPort: call.port }];
  const called = call.port === undefined ? ports : ports.filter((port) => known(port.port) === call.port);
  return called.length === 0 ? undefined : called;
}

function denialOf(client: PodSet, pod: PodSet, entry: ServicePort, index: ClusterIndex): Denial | 'allowed' | 'unknown' {
  const protocol = protocols.find((candidate) => candidate === (entry.protocol === undefined ? 'TCP' : known(entry.protocol)));
  if (!protocol) return 'unknown';
  const target = targetPortIn(pod, entry, protocol);
  if (target.state !== 'found') return 'unknown';
  const ask = (direction: PolicyDirection, subject: PodSet, podSet: PodSet): PolicyVerdict =>
    policyVerdict(index, { direction, subject, peer: { kind: 'pods', podSet }, protocol, port: target.port });
  const [egress, ingress] = [ask('Egress', client, pod), ask('Ingress', pod, client)];
  const denied = (verdict: PolicyVerdict): boolean => verdict.verdict === 'denied' && verdict.deciding.kind === 'default-deny';
  const about = { pod, protocol, port: target.port };
  if (denied(egress) && denied(ingress)) return { ...about, egress, ingress };
  if (denied(egress)) return { ...about, egress };
  if (denied(ingress)) return { ...about, ingress };
  return egress.verdict === 'allowed' && ingress.verdict === 'allowed' ? 'allowed' : 'unknown';
}

/** A port of the Service where the pod's was needed: policy/service-port-instead-of-target-port tells it at the policy, and once is enough. */
function isMistakenPort({ egress, ingress }: Denial, index: ClusterIndex): boolean {
  const verdict = egress ?? ingress;
  if ((egress && ingress) || verdict?.deciding.kind !== 'default-deny') return false;
  const { nearest } = verdict.deciding;
  if (nearest?.rule.peers !== 'yes') return false;
  const path = nearest.rule.path.join('/');
  return servicePortMistakes(nearest.policy, index).some((mistake) => mistake.rule.rule.path.join('/') === path);
}

function finding(
  client: PodSet,
  call: ServiceCall,
  service: Resource<'Service'>,
  denials: readonly Denial[],
  partly: boolean,
  index: ClusterIndex,
): Finding<Message> {
  const [first] = denials;
  const policiesIn = (verdict: PolicyVerdict | undefined): readonly NetworkPolicy[] =>
    verdict?.deciding.kind === 'default-deny' ? verdict.deciding.policies : [];
  const egress = [...new Set(denials.flatMap((denial) => policiesIn(denial.egress)))];
  const ingress = [...new Set(denials.flatMap((denial) => policiesIn(denial.ingress)))];
  const message: Message = egress.length > 0 && ingress.length > 0 ? 'both' : egress.length > 0 ? 'egress' : 'ingress';
  const own = ownMark(client, call.from);
  const evidence = evidenceOf(client, call);
  const names = (policies: readonly NetworkPolicy[]): string => wordList(policies.map((policy) => `\`${policy.metadata.name}\``));
  const where = (policies: readonly NetworkPolicy[], key: 'ingress' | 'egress') =>
    policies.slice(0, 4).map((policy) => ({ mark: rulesMark(policy, key), message: `${policy.metadata.name} isolates the pods for ${key}.` }));
  const fix =
    first &&
    (message === 'egress' ? egressFix(client, service, first, egress, index) : message === 'ingress' ? ingressFix(client, first, ingress, index) : undefined);
  return {
    at: own ?? { resource: client.resource, path: ['metadata', 'name'] },
    message,
    ...(partly || !evidence.sure ? { severity: 'information' as const } : {}),
    data: {
      client: kindAndName(client.resource),
      service: service.metadata.name,
      evidence: evidence.words,
      policies: names(egress.length > 0 ? egress : ingress),
      others: names(ingress),
      pods: podsText(denials.map(({ pod }) => pod)),
      port: [...new Set(denials.map(({ port, protocol }) => `${port}/${protocol}`))].join(', '),
    },
    related: [
      ...where(egress, 'egress'),
      ...where(ingress, 'ingress'),
      { mark: { resource: service, path: ['metadata', 'name'] }, message: `Service ${service.metadata.name}.` },
    ],
    fixes: fix ? [fix] : [],
  };
}

interface Evidence {
  /** Where the address stands, in words. */
  readonly words: string;
  /** The client surely calls it. A mounted file may name more than is called, and what a patch brings belongs to that overlay and not to the client as such. */
  readonly sure: boolean;
}

function evidenceOf(client: PodSet, { from, at, host }: ServiceCall): Evidence {
  const { resource, path } = from;
  if (!ownMark(client, from)) return { words: `in ${kindAndName(resource)}`, sure: /^[A-Za-z_]\w*$/.test(String(path[path.length - 1] ?? '')) };
  const name = valueAt(resource, [...path.slice(0, -1), 'name']);
  const written = host.startsWith('$') ? `$(${host.slice(1)}_SERVICE_HOST)` : host;
  return {
    words: typeof name === 'string' ? `in ${name}` : `\`${written}\` in ${String(path[path.length - 2] ?? 'command')}`,
    sure: isOwnSource(resource, at),
  };
}

/** Only a policy that is not for all pods of its namespace is added to: there the rule would open them all. */
function ownPolicy(policies: readonly NetworkPolicy[]): NetworkPolicy | undefined {
  return policies.find((policy) => !isEmptySelector(policy.spec.podSelector) && !policy.partial);
}

function egressFix(
  client: PodSet,
  service: Resource<'Service'>,
  { pod, port, protocol }: Denial,
  policies: readonly NetworkPolicy[],
  index: ClusterIndex,
): Fix | undefined {
  const policy = ownPolicy(policies);
  const peer = policy && peerFor(pod, index.namespaceOf(policy), index);
  const edit = peer && addRule(policy, 'Egress', { to: [peer], ports: [{ protocol, port }] });
  return edit && { title: `Let ${kindAndName(client.resource)} send to the pods of ${service.metadata.name}`, preferred: true, edits: [edit] };
}

function ingressFix(client: PodSet, { pod, port, protocol }: Denial, policies: readonly NetworkPolicy[], index: ClusterIndex): Fix | undefined {
  const policy = ownPolicy(policies);
  const peer = policy && peerFor(client, index.namespaceOf(policy), index);
  const edit = peer && addRule(policy, 'Ingress', { from: [peer], ports: [{ protocol, port }] });
  return edit && { title: `Let ${kindAndName(client.resource)} into ${kindAndName(pod.resource)}`, preferred: true, edits: [edit] };
}
