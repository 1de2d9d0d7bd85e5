/** Truth tables over nine pods: namespaces x, y, z with pods a, b, c, each serving TCP and UDP 80 and 81. */
import { policyVerdict, type PolicyModes } from '../../server/src/cluster/policyVerdict';
import type { ClusterIndex, PodSet } from '../../server/src/cluster/clusterIndex';
import type { TransportProtocol } from '../../server/src/protocol/trace';
import { indexOf } from '../support/workspaceOf';

export const podNames = ['x/a', 'x/b', 'x/c', 'y/a', 'y/b', 'y/c', 'z/a', 'z/b', 'z/c'] as const;

/** Namespaces carry `ns: x`, pods `pod: a`; ports are named `serve-80-tcp` and so on. */
export function nineIndex(policies: string, options: { readonly closed?: boolean } = {}): ClusterIndex {
  const namespaces = ['x', 'y', 'z'].map((name) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: '${name}', labels: {ns: '${name}'}}`);
  const pods = podNames.map((name) => {
    const [namespace = '', pod = ''] = name.split('/');
    const ports = [80, 81].flatMap((port) =>
      ['TCP', 'UDP'].map((protocol) => `{name: serve-${port}-${protocol.toLowerCase()}, containerPort: ${port}, protocol: ${protocol}}`),
    );
    return `apiVersion: v1\nkind: Pod\nmetadata: {name: ${pod}, namespace: '${namespace}', labels: {pod: ${pod}}}\nspec:\n  containers:\n    - name: main\n      image: example.com/serve:1\n      ports: [${ports.join(', ')}]`;
  });
  return indexOf([...namespaces, ...pods, policies.trim()].filter((text) => text !== '').join('\n---\n'), { closed: options.closed ?? true });
}

export function podOf(index: ClusterIndex, name: string): PodSet {
  const [namespace = '', pod = ''] = name.split('/');
  const podSet = index.podSets(namespace).find((candidate) => candidate.name === pod);
  if (!podSet) throw new Error(`no pod ${name}`);
  return podSet;
}

/** Both ends: `.` allowed, `X` denied, `?` unknown. */
export function connection(index: ClusterIndex, from: string, to: string, protocol: TransportProtocol, port: number, modes: PolicyModes = {}): '.' | 'X' | '?' {
  const [source, target] = [podOf(index, from), podOf(index, to)];
  const self = from === to;
  const egress = policyVerdict(index, { direction: 'Egress', subject: source, peer: { kind: 'pods', podSet: target }, protocol, port, self }, modes).verdict;
  const ingress = policyVerdict(index, { direction: 'Ingress', subject: target, peer: { kind: 'pods', podSet: source }, protocol, port, self }, modes).verdict;
  if (egress === 'denied' || ingress === 'denied') return 'X';
  return egress === 'unknown' || ingress === 'unknown' ? '?' : '.';
}

/** One row a source, one column a destination. */
export function table(index: ClusterIndex, protocol: TransportProtocol = 'TCP', port = 80, modes: PolicyModes = {}): string {
  const rows = podNames.map((from) => `${from} ${podNames.map((to) => connection(index, from, to, protocol, port, modes)).join(' ')}`);
  return ['    ' + podNames.map((name) => name.replace('/', '')).join(''), ...rows].join('\n');
}
