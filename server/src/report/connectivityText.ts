/** Connectivity for people: for every source where it may connect to, and on which ports. */
import type { Peer } from '../connectivity/peers';
import { type ConnectivityReport, contextName, peerText, portsText, type ReportedConnectivity, type ReportedReason } from './connectivityReport';
import { oneLine, type Paint, painter } from './paint';

/** Ends with a line break. Workloads first, then addresses outside, then the ingress controller. */
export function connectivityText(report: ConnectivityReport, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  const parts = report.contexts.map((context) => oneContext(contextName(report, context), context, paint).join('\n'));
  return parts.length > 0 ? `${parts.join('\n\n')}\n` : 'no contexts: no Kubernetes manifests were found\n';
}

function oneContext(name: string, context: ReportedConnectivity, paint: Paint): string[] {
  const { peers, connections } = context;
  const workloads = peers.filter(({ kind }) => kind === 'workload');
  const lines = [
    paint(
      'bold',
      oneLine(
        `${name}  (${workloads.length} workload${workloads.length === 1 ? '' : 's'}, ${connections.length} connection${connections.length === 1 ? '' : 's'})`,
      ),
    ),
  ];
  const names = new Map(peers.map((peer) => [peer.id, oneLine(peerText(peer))]));
  const others = (peer: Peer): string => (peer.kind === 'workload' ? `every other workload (${workloads.length - 1})` : `every workload (${workloads.length})`);
  const width = Math.min(60, Math.max(...peers.flatMap((peer) => [names.get(peer.id)?.length ?? 0, others(peer).length]), 0));
  const bySource = new Map<string, { id: string; text: string; because: readonly ReportedReason[]; allowed: boolean }[]>();
  const add = (from: string, to: string, text: string, because: readonly ReportedReason[] = [], allowed = true): void => {
    const list = bySource.get(from) ?? [];
    list.push({ id: to, text, because, allowed });
    bySource.set(from, list);
  };
  for (const { from, to, allowed, because } of connections) add(from, to, portsText(allowed), because);
  for (const { from, to, because } of context.notAllowed ?? []) add(from, to, 'nothing', because, false);
  const silent: string[] = [];
  for (const peer of peers) {
    const targets = bySource.get(peer.id) ?? [];
    if (peer.kind === 'workload' && !connections.some(({ from, to }) => from === peer.id || to === peer.id)) silent.push(names.get(peer.id) ?? peer.id);
    if (targets.length === 0) continue;
    lines.push(`  ${names.get(peer.id) ?? peer.id}`);
    const everywhere = explained(targets) ? [] : everyWorkload(peer, workloads, targets);
    if (everywhere.length > 0) lines.push(`    → ${others(peer).padEnd(width)}  all`);
    const grouped = new Set(everywhere);
    for (const target of targets) {
      if (grouped.has(target.id)) continue;
      lines.push(`    ${target.allowed ? '→' : paint('red', '×')} ${(names.get(target.id) ?? target.id).padEnd(width)}  ${target.text}`);
      for (const reason of target.because) lines.push(`        ${reasonText(reason)}`);
    }
  }
  if (silent.length > 0) lines.push(`  without any connection: ${silent.join(', ')}`);
  for (const { from, to, ports } of context.unknown ?? [])
    lines.push(`  ${paint('yellow', 'unknown')}, counts as not allowed: ${names.get(from) ?? from} → ${names.get(to) ?? to}, ${portsText(ports)}`);
  if (context.namespaceAssumed && context.namespaceAssumed.length > 0) lines.push(`  namespace assumed: ${oneLine(context.namespaceAssumed.join(', '))}`);
  return lines;
}

function explained(targets: readonly { readonly because: readonly ReportedReason[] }[]): boolean {
  return targets.some(({ because }) => because.length > 0);
}

/** The workloads to which a source may connect on all ports, when they are all there are; else none. */
function everyWorkload(source: Peer, workloads: readonly Peer[], targets: readonly { readonly id: string; readonly text: string }[]): readonly string[] {
  const open = new Set(targets.filter(({ text }) => text === 'all').map(({ id }) => id));
  const others = workloads.filter(({ id }) => id !== source.id);
  return others.length > 2 && others.every(({ id }) => open.has(id)) ? others.map(({ id }) => id) : [];
}

/** `ingress of the destination: NetworkPolicy shop/web allows TCP 80: lets in app: client <policy.yaml:12>` */
export function reasonText({ direction, effect, certain, policy, ports, reason, uri, range }: ReportedReason): string {
  const name = policy
    ? `${policy.kind} ${policy.namespace === null ? '' : `${policy.namespace}/`}${policy.name} ${effectWords[effect]} ${portsText(ports)}`
    : '';
  const words = [...(name === '' ? [] : [name]), ...(effect === 'isolates' || reason === '' ? [] : [reason])].join(': ');
  const place = uri === undefined ? '' : ` <${uri}${range ? `:${range.start.line}` : ''}>`;
  return oneLine(`${direction.padEnd(7)}  ${certain ? '' : 'perhaps: '}${words}${place}`);
}

const effectWords: Readonly<Record<ReportedReason['effect'], string>> = {
  allows: 'allows',
  denies: 'denies',
  passes: 'passes on',
  isolates: 'isolates the pod and leaves closed',
  leads: 'leads to',
  default: '',
};
