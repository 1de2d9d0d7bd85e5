/** What connectivity of a large cluster costs: 10,000 pods with addresses, in 200 and in 400 workloads, under 300 policies. */
import { type ConnectivityAnswer, connectivityReport } from '../../server/src/report/connectivityReport';
import { Workspace } from '../../server/src/workspace/workspace';
import { testOptions } from '../support/workspaceOf';
import { median, time } from './timing';

export interface ConnectivityFigures {
  readonly pods: number;
  readonly workloads: number;
  readonly policies: number;
  readonly connections: number;
  /** Milliseconds from indexed files to the answer: median, and the longest. */
  readonly connectivity: number;
  readonly longest: number;
  /** Processor time in milliseconds, median: for machines that do other things too. Helping threads count. */
  readonly processor: number;
  /** What files, index and answer hold together at most; and the answer alone. */
  readonly megabytes: number;
  readonly megabytesOfAnswer: number;
}

const pods = 10_000;
const policies = 300;
const namespaces = 20;

export function measureConnectivity(workloads: number, rounds: number): ConnectivityFigures {
  const start = memory();
  const workspace = new Workspace(testOptions);
  for (const [path, text] of generated(workloads)) workspace.setFile(`file:///bench/${path}`, path, text);
  const times: number[] = [];
  const processor: number[] = [];
  let [most, mostOfAnswer, connections] = [0, 0, 0];
  for (let round = 0; round <= rounds; round++) {
    // A snapshot of its own, so that nothing is kept from the turn before.
    workspace.setFile(
      'file:///bench/turn.yaml',
      'turn.yaml',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: turn, namespace: n0}\ndata: {turn: "${round}"}\n`,
    );
    const snapshot = workspace.snapshot();
    const before = memory();
    let answer: ConnectivityAnswer | undefined;
    const used = process.cpuUsage();
    const taken = time(() => (answer = connectivityReport(snapshot, snapshot.contexts, { explain: false })));
    const { user, system } = process.cpuUsage(used);
    // Before anything is collected: what the process has to find room for.
    const after = process.memoryUsage().heapUsed / 1_000_000;
    [most, mostOfAnswer] = [Math.max(most, after - start), Math.max(mostOfAnswer, after - before)];
    connections = answer?.report.contexts.reduce((sum, context) => sum + context.connections.length, 0) ?? 0;
    // The first turn is for the compiler.
    if (round > 0) {
      times.push(taken);
      processor.push((user + system) / 1000);
    }
  }
  return {
    pods,
    workloads,
    policies,
    connections,
    connectivity: Math.round(median(times)),
    processor: Math.round(median(processor)),
    longest: Math.round(Math.max(...times)),
    megabytes: Math.round(most),
    megabytesOfAnswer: Math.round(mostOfAnswer),
  };
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1_000_000;
}

/** Exported pods of ReplicaSets with the labels that the control plane adds; policies by app, by tier, by namespace, by block. */
function* generated(workloads: number): Generator<readonly [string, string]> {
  const perWorkload = pods / workloads;
  for (let number = 0; number < namespaces; number++)
    yield [`namespace-${number}.yaml`, `apiVersion: v1\nkind: Namespace\nmetadata: {name: n${number}, labels: {team: t${number % 5}}}\n`];
  for (let workload = 0; workload < workloads; workload++) {
    const documents: string[] = [];
    for (let pod = 0; pod < perWorkload; pod++) {
      const address = workload * perWorkload + pod;
      documents.push(`apiVersion: v1
kind: Pod
metadata:
  name: app-${workload}-5f4d-${pod}
  namespace: n${workload % namespaces}
  labels: {app: app-${workload}, tier: tier-${workload % 7}, pod-template-hash: 5f4d, instance: i${pod}}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: app-${workload}-5f4d, controller: true, uid: u}]
spec:
  containers:
    - name: main
      image: example.com/app:1
      ports: [{name: http, containerPort: ${8000 + (workload % 10)}}]
status: {phase: Running, podIP: 10.244.${address >> 8}.${address & 255}}
`);
    }
    yield [`app-${workload}.yaml`, documents.join('---\n')];
  }
  for (let number = 0; number < policies; number++) yield [`policy-${number}.yaml`, policy(number, workloads)];
}

function policy(number: number, workloads: number): string {
  const app = number % workloads;
  const head = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p-${number}, namespace: n${app % namespaces}}\nspec:\n`;
  switch (number % 5) {
    case 0:
      return `${head}  podSelector: {matchLabels: {app: app-${app}}}\n  ingress: [{from: [{podSelector: {matchLabels: {tier: tier-${number % 7}}}}], ports: [{port: http}]}]\n`;
    case 1:
      return `${head}  podSelector: {matchLabels: {app: app-${app}}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [{namespaceSelector: {matchLabels: {team: t${number % 5}}}}], ports: [{port: 8000, endPort: 8005}]}]\n  egress: [{to: [{namespaceSelector: {}}], ports: [{port: 53, protocol: UDP}]}]\n`;
    case 2:
      return `${head}  podSelector: {matchLabels: {tier: tier-${number % 7}}}\n  ingress: [{from: [{ipBlock: {cidr: 10.${number % 250}.0.0/16, except: [10.${number % 250}.7.0/24]}}, {podSelector: {}}]}]\n`;
    case 3:
      return `${head}  podSelector: {matchLabels: {app: app-${app}}}\n  policyTypes: [Egress]\n  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 192.168.0.0/16]}}], ports: [{port: 443}]}]\n`;
    default:
      return `${head}  podSelector: {matchExpressions: [{key: app, operator: In, values: [app-${app}, app-${(app + 40) % workloads}]}]}\n  ingress: [{from: [{namespaceSelector: {matchLabels: {team: t${number % 5}}}, podSelector: {matchLabels: {tier: tier-${number % 7}}}}]}]\n`;
  }
}
