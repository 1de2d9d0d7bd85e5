/** Pods that ask for the same port of a node. */
import { known, isOpaque } from '../../base/opaque';
import type { Claim, ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import type { Context } from '../../model/context';
import type { Finding } from '../../model/finding';
import { concurrentContainers, type PodTemplate } from '../../model/pod';
import { valueAt, workloadKinds, type Resource } from '../../model/resources';
import type { Severity } from '../../protocol/source';
import { contextRule } from '../rule';
import { areDisjoint, eligibleNodes, nodeSelectionOf } from '../shared/nodeSelection';
import { compareByFile } from '../shared/fileOrder';
import { declaredPorts, hostPortOf, markOfHostPort, type DeclaredPort } from '../shared/ports';
import { standTogether } from '../shared/sharedCluster';
import { kindAndName } from '../shared/words';

type Message = 'daemonSets' | 'sameNode' | 'daemonSet' | 'pods' | 'replicas' | 'replicasUnknown' | 'rollout';

export const hostPortCollisionAcrossPods = contextRule({
  meta: {
    id: 'port/host-port-collision-across-pods',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'Two workloads, or the replicas of one, need the same port of a node.',
    why: 'A host port, and with `hostNetwork` every declared container port, belongs to one pod of a node at a time. The scheduler does not place a second pod there that asks for the same port and protocol on the same address: it stays Pending. Two DaemonSets that share a port block each other on every node that both want, a DaemonSet takes the port from everyone else, and a Deployment with more replicas than nodes never gets them all. A rolling update that may not stop an old pod first waits for ever when every node is taken.',
    remedy:
      'Give one of them another port, use a Service instead of `hostPort`, or keep them on different nodes with `nodeSelector` or required node affinity. For a Deployment on few nodes allow `maxUnavailable: 1`, so that an old pod makes room for a new one.',
    references: [
      '`pkg/scheduler/framework/plugins/nodeports/node_ports.go`',
      '`pkg/scheduler/framework/types.go` (HostPortInfo.CheckConflict)',
      '[Assigning pods to nodes](https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/)',
      '[Configuration best practices: hostPort](https://kubernetes.io/docs/concepts/configuration/overview/#services)',
    ],
    messages: {
      daemonSets:
        '{first} and {second} both claim port {port}/{protocol} on the node; the scheduler will not put them on the same node, so on each node that both use one pod stays Pending.',
      sameNode: '{first} and {second} both claim port {port}/{protocol} on node {node}; only one of them can run there.',
      daemonSet:
        '{first} and {second} both claim port {port}/{protocol} on the node; the scheduler will not put them on the same node, and a DaemonSet is on every node that it selects.',
      pods: '{first} and {second} both claim port {port}/{protocol} on the node; the scheduler will not put them on the same node.',
      replicas: '{first} wants {replicas} pods with port {port}/{protocol} of the node, but only {nodes} of the nodes can take one; the others stay Pending.',
      replicasUnknown: '{first} wants {replicas} pods with port {port}/{protocol} of the node, so it needs that many nodes; each can take one.',
      rollout:
        '{first} has a pod with port {port}/{protocol} on each of the {nodes} nodes and may stop none during a rolling update, so the first new pod finds no node.',
    },
    fixable: false,
  },
  kinds: ['Pod', ...workloadKinds, 'Other'],
  *check(resource, index) {
    const own = index.podSetOf(resource);
    if (!own || !runs(own)) return;
    let told = false;
    const seen = new Set<string>();
    for (const declared of concurrentContainers(own.template).flatMap(declaredPorts)) {
      const port = hostPortOf(declared, own.template);
      if (!port || declared.hostIP === undefined) continue;
      const key = `${port}/${declared.protocol}`;
      // Twice in one pod is port/host-port-collision-in-pod.
      if (seen.has(`${key}/${declared.hostIP}`)) continue;
      seen.add(`${key}/${declared.hostIP}`);
      const between = worst(own, declared, index.claims('hostPort', key), index.context);
      if (between) yield { ...between.finding, at: markOfHostPort(resource, declared), data: { ...between.finding.data, port, protocol: declared.protocol } };
      const alone = told ? undefined : replicasProblem(own, index);
      if (!alone) continue;
      told = true;
      yield { ...alone, at: markOfHostPort(resource, declared), data: { ...alone.data, port, protocol: declared.protocol } };
    }
  },
});

type Partial = Pick<Finding<Message>, 'message' | 'data' | 'severity' | 'related'>;

const ranks: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

interface Conflict {
  readonly claim: Claim;
  readonly other: PodSet;
  readonly rank: number;
  readonly message: Message;
}

/** The gravest conflict with a claim that stands before this one, the first of equals. */
function worst(own: PodSet, declared: DeclaredPort, claims: readonly Claim[], context: Context): { readonly finding: Partial } | undefined {
  const selection = nodeSelectionOf(own.resource, own.template);
  if (!selection || claims.length < 2) return undefined;
  const place = { resource: own.resource, path: declared.port.path };
  let best: Conflict | undefined;
  for (const claim of claims) {
    const other = claim.podSet;
    if (!other || claim.resource === own.resource || compareByFile(claim, place, context) > 0) continue;
    if (!runs(other) || mayBeSame(own, other) || !addressesMeet(declared, claim)) continue;
    const level = levelOf(own, other);
    if (!level) continue;
    const rank = ranks.indexOf(standTogether(other.resource, own.resource, context) ? level.severity : 'information');
    if (best && (best.rank < rank || (best.rank === rank && compareByFile(best.claim, claim, context) < 0))) continue;
    const theirs = nodeSelectionOf(other.resource, other.template);
    if (theirs && !areDisjoint(selection, theirs)) best = { claim, other, rank, message: level.message };
  }
  return best && { finding: findingOf(own, best) };
}

function findingOf(own: PodSet, { claim, other, rank, message }: Conflict): Partial {
  const node = known(own.template.nodeName);
  return {
    message,
    severity: ranks[rank] ?? 'warning',
    data: { first: kindAndName(other.resource), second: kindAndName(own.resource), ...(node === undefined ? {} : { node }) },
    related: [{ mark: { resource: claim.resource, path: claim.path }, message: `${kindAndName(other.resource)} claims it too.` }],
  };
}

function levelOf(a: PodSet, b: PodSet): { readonly message: Message; readonly severity: Severity } | undefined {
  const [nodeOfA, nodeOfB] = [a.template.nodeName, b.template.nodeName];
  if (isOpaque(nodeOfA) || isOpaque(nodeOfB)) return undefined;
  if (nodeOfA && nodeOfB) return nodeOfA === nodeOfB ? { message: 'sameNode', severity: 'error' } : undefined;
  const daemonSets = [a, b].filter((podSet) => podSet.resource.type === 'DaemonSet').length;
  if (daemonSets === 2) return { message: 'daemonSets', severity: 'error' };
  return daemonSets === 1 ? { message: 'daemonSet', severity: 'warning' } : { message: 'pods', severity: 'information' };
}

/** Pods that exist: not scaled to none, not finished, and not the copy of a live object that its owner stands for. */
function runs(podSet: PodSet): boolean {
  const { resource } = podSet;
  if (podSet.replicas === 0 || resource.partial) return false;
  if (resource.type === 'Pod' && (resource.spec.phase === 'Succeeded' || resource.spec.phase === 'Failed')) return false;
  const owners = valueAt(resource, ['metadata', 'ownerReferences']);
  return !Array.isArray(owners) || owners.length === 0;
}

/** Two versions of one object, or objects that may be one. */
function mayBeSame(a: PodSet, b: PodSet): boolean {
  if (a.resource.kind !== b.resource.kind || a.name !== b.name) return false;
  return a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace;
}

/** As the scheduler tests it: equal, or one of them is every address. */
function addressesMeet(declared: DeclaredPort, claim: Claim): boolean {
  if (isOpaque(valueAt(claim.resource, [...claim.path.slice(0, -1), 'hostIP']))) return false;
  const [a, b] = [declared.hostIP ?? '', claim.hostIP ?? ''];
  return a === b || isEveryAddress(a) || isEveryAddress(b);
}

function isEveryAddress(hostIP: string): boolean {
  return hostIP === '' || hostIP === '0.0.0.0';
}

const replicated: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'ReplicationController', 'ReplicaSet']);

/** Replicas against nodes. Only in a closed context are the Nodes of the files all that there are. */
function replicasProblem(podSet: PodSet, index: ClusterIndex): Partial | undefined {
  const { resource, replicas } = podSet;
  if (!replicated.has(resource.type) || replicas === undefined || podSet.template.nodeName !== undefined) return undefined;
  const first = kindAndName(resource);
  const nodes = index.context.closed ? index.ofKind('Node') : [];
  if (nodes.length === 0) return replicas < 2 ? undefined : { message: 'replicasUnknown', severity: 'information', data: { first, replicas } };
  const selection = nodeSelectionOf(resource, podSet.template);
  if (!selection) return undefined;
  const eligible = eligibleNodes(selection, nodes);
  if (replicas > eligible) return { message: 'replicas', severity: 'error', data: { first, replicas, nodes: eligible } };
  if (replicas === eligible && resource.type === 'Deployment' && mayStopNone(resource, podSet.template, replicas)) {
    return { message: 'rollout', severity: 'warning', data: { first, nodes: eligible } };
  }
  return undefined;
}

/** `maxUnavailable` of a rolling update is rounded down, so the default of 25 % is none for up to three replicas. */
function mayStopNone(resource: Resource, template: PodTemplate, replicas: number): boolean {
  if (replicas === 0 || template.containers.length === 0) return false;
  const type = valueAt(resource, ['spec', 'strategy', 'type']);
  if (type !== undefined && type !== null && type !== 'RollingUpdate') return false;
  const written = valueAt(resource, ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable']);
  if (written === undefined || written === null) return Math.floor(replicas * 0.25) === 0;
  if (typeof written === 'number') return written === 0;
  const percent = typeof written === 'string' ? /^(\d{1,3})%$/.exec(written) : null;
  return percent !== null && Math.floor((replicas * Number(percent[1])) / 100) === 0;
}
