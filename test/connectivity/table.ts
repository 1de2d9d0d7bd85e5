/** Connectivity of manifests as text: a line a connection, in the order of the answer. */
import { type ConnectivityReport, connectivityReport, type ReportOptions, peerText, portsText } from '../../server/src/report/connectivityReport';
import { snapshotOf } from '../support/workspaceOf';

export interface Asked {
  /** `from → to: ports`, and `peer: no connection` for peers without one. */
  readonly lines: readonly string[];
  readonly report: ConnectivityReport;
  readonly notes: readonly string[];
}

/** `files`: path to text, or one text. Workloads are named without `deployment/`. */
export function connectivityOf(files: string | Readonly<Record<string, string>>, options: Partial<ReportOptions> = {}): Asked {
  const snapshot = snapshotOf(files);
  const { report, notes } = connectivityReport(snapshot, snapshot.contexts, { explain: false, ...options });
  const lines = report.contexts.flatMap(({ peers, connections }) => {
    const names = new Map(peers.map((peer) => [peer.id, peerText(peer).replace(/^deployment\//, '')]));
    const used = new Set(connections.flatMap(({ from, to }) => [from, to]));
    return [
      ...connections.map(({ from, to, allowed }) => `${names.get(from) ?? '?'} → ${names.get(to) ?? '?'}: ${portsText(allowed)}`),
      ...peers.filter(({ id }) => !used.has(id)).map(({ id }) => `${names.get(id) ?? '?'}: no connection`),
    ];
  });
  return { lines, report, notes };
}

/** Manifests that a table needs, short. */
export function deployment(name: string, { namespace = 'shop', labels = `app: ${name}`, ports = '', extra = '' } = {}): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {${labels}}}
    spec:${extra === '' ? '' : `\n      ${extra}`}
      containers: [{name: main, image: example.com/main:1, ports: [${ports}]}]
`;
}

export function policy(name: string, spec: string, namespace = 'shop'): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
`;
}

export function together(...documents: readonly string[]): string {
  return documents.join('---\n');
}
