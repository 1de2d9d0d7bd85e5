/** Real applications, with answers that a person derived from their policies. Skipped where they are not at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectivityReport, portsText, type ReportOptions } from '../../server/src/report/connectivityReport';
import { snapshotOf } from '../support/workspaceOf';

const corpus = process.env['PACKETPATH_CORPUS'] ?? resolve(import.meta.dirname, '../../../shared/corpus');
const isHere = existsSync(corpus);
if (!isHere) console.log('skipped: the corpus of real manifests is not here (PACKETPATH_CORPUS)');

/** `from → to: ports` with names alone; `world` is every IPv4 address. */
function linesOf(folder: string, context: string, edit: (path: string, text: string) => string, options: Partial<ReportOptions> = {}): readonly string[] {
  const files: Record<string, string> = {};
  for (const path of readdirSync(join(corpus, folder), { recursive: true }) as string[])
    if (/\.ya?ml$/.test(path)) files[path.replaceAll('\\', '/')] = edit(path, readFileSync(join(corpus, folder, path), 'utf8'));
  const snapshot = snapshotOf(files);
  const { report } = connectivityReport(
    snapshot,
    snapshot.contexts.filter(({ id }) => id === context),
    { explain: false, ...options },
  );
  const [only] = report.contexts;
  if (!only || report.contexts.length !== 1) throw new Error(`no context ${context}`);
  const name = (id: string): string => (id === 'external:0.0.0.0-255.255.255.255' ? 'world' : (id.split('/').at(-1) ?? id));
  return only.connections.map(({ from, to, allowed }) => `${name(from)} → ${name(to)}: ${portsText(allowed)}`);
}

describe.skipIf(!isHere)('connectivity of real applications', () => {
  test('Online Boutique with its policies: who calls whom, as its architecture says, and nothing else', () => {
    const lines = linesOf('GoogleCloudPlatform__microservices-demo/kustomize', 'kustomize:.', (path, text) =>
      path === 'kustomization.yaml' ? text.replace('# - components/network-policies', '- components/network-policies') : text,
    );
    // Each policy names its callers and one port; every policy lets out; the frontend lets everybody in.
    const callers: Readonly<Record<string, readonly [number, readonly string[]]>> = {
      adservice: [9555, ['frontend']],
      cartservice: [7070, ['checkoutservice', 'frontend']],
      checkoutservice: [5050, ['frontend']],
      currencyservice: [7000, ['checkoutservice', 'frontend']],
      emailservice: [8080, ['checkoutservice']],
      paymentservice: [50051, ['checkoutservice']],
      productcatalogservice: [3550, ['checkoutservice', 'frontend', 'recommendationservice']],
      recommendationservice: [8080, ['frontend']],
      'redis-cart': [6379, ['cartservice']],
      shippingservice: [50051, ['checkoutservice', 'frontend']],
    };
    const workloads = [...Object.keys(callers), 'frontend', 'loadgenerator'];
    const expected = [
      ...Object.entries(callers).flatMap(([to, [port, from]]) => from.map((caller) => `${caller} → ${to}: TCP ${port}`)),
      ...workloads.filter((name) => name !== 'frontend').map((name) => `${name} → frontend: all`),
      ...workloads.map((name) => `${name} → world: all`),
      'world → frontend: all',
    ];
    expect([...lines].sort()).toEqual([...expected].sort());
  });

  test('kube-prometheus: the operator makes Prometheus, so that nobody in these files may call an exporter', () => {
    const folder = 'prometheus-operator__kube-prometheus/manifests';
    const workloads = ['node-exporter', 'blackbox-exporter', 'grafana', 'kube-state-metrics', 'prometheus-adapter', 'prometheus-operator'];
    const open = (targets: readonly string[]): string[] => [
      ...targets.flatMap((to) => [...workloads.filter((from) => from !== to).map((from) => `${from} → ${to}: all`), `world → ${to}: all`]),
      ...workloads.map((from) => `${from} → world: all`),
    ];
    // node-exporter is in the node's network; prometheus-adapter has a rule that is empty.
    expect([...linesOf(folder, 'folder:.', (_, text) => text)].sort()).toEqual(open(['node-exporter', 'prometheus-adapter']).sort());
    expect([...linesOf(folder, 'folder:.', (_, text) => text, { hostNetworkPolicies: 'applied' })].sort()).toEqual(open(['prometheus-adapter']).sort());
  });
});
