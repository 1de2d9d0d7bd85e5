/** Pictures of many states of the panel, to be looked at: real applications where their manifests are here, all themes, all widths. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { topologyAnswer } from '../../server/src/features/panelData';
import { calledByName } from '../../server/src/features/calledByName';
import { traceIn } from '../../server/src/features/traces';
import type { Absence, ToPanel } from '../../server/src/protocol/panel';
import type { Flow, Trace } from '../../server/src/protocol/trace';
import { exampleManifest } from '../../client/src/panel/exampleManifest';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import { snapshotOf } from '../support/workspaceOf';
import { repository } from './harness/bundle';
import { largeManifests } from './harness/largeManifests';
import { gatewayManifest } from './samples/gateway';
import type { PanelBrowser } from './harness/panelPage';
import type { ThemeName } from './harness/themes';

const corpus = process.env['PACKETPATH_CORPUS'] ?? resolve(import.meta.dirname, '../../../shared/corpus');
const boutiqueFolder = join(corpus, 'GoogleCloudPlatform__microservices-demo', 'kustomize');
const prometheusFolder = join(corpus, 'prometheus-operator__kube-prometheus', 'manifests');

interface State {
  readonly name: string;
  readonly snapshot: () => Snapshot | undefined;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** Card id; none: nothing is selected. */
  readonly selected?: string;
  readonly flow?: Flow;
  /** The hop that is stood at, from 0. */
  readonly hop?: number;
  readonly expert?: boolean;
  /** Why there is no topology. */
  readonly absence?: Absence;
  /** The trace is shown although nothing was asked. */
  readonly unasked?: boolean;
  /** The edit that the trace takes as made. */
  readonly tried?: string;
  /** Typed into the destination of the question. */
  readonly typed?: string;
  /** Typed into the filter. */
  readonly filter?: string;
  /** The card that is pointed at. */
  readonly hovered?: string;
  /** Clicked before the picture is taken, one after the other. */
  readonly clicks?: readonly string[];
}

/** Writes the pictures whose name holds one of `wanted` (all without any) to `folder`, and says what the page complained of. */
export async function writeGallery(browser: PanelBrowser, folder: string, wanted: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const state of states()) {
    if (wanted.length > 0 && !wanted.some((word) => state.name.includes(word))) continue;
    const snapshot = state.snapshot();
    if (!snapshot) {
      console.log(`skipped ${state.name}: its manifests are not here (PACKETPATH_CORPUS)`);
      continue;
    }
    const complaints = await picture(browser, join(folder, `${state.name}.png`), state, snapshot);
    console.log(join(folder, `${state.name}.png`), complaints.join('; '));
  }
}

async function picture(browser: PanelBrowser, file: string, state: State, snapshot: Snapshot): Promise<readonly string[]> {
  const { theme = 'dark', width = 900, height = 980, selected, flow, hop, expert = false, filter, absence, unasked = false, typed } = state;
  const panel = await browser.open({ theme, width, height: flow ? 4000 : height, reducedMotion: true, font: 'Inter' });
  const { topology, contexts, endpoints, defaults, message } = topologyAnswer(snapshot, {});
  await panel.send({
    type: 'topology',
    revision: 1,
    topology,
    contexts,
    endpoints,
    defaults,
    ...(message === undefined ? {} : { message }),
    ...(absence === undefined ? {} : { absence }),
  });
  if (unasked) await panel.send({ type: 'show', revision: 1, view: 'trace' });
  if (selected !== undefined) await panel.send({ type: 'select', revision: 1, card: selected });
  if (filter !== undefined) {
    await panel.page.locator('.toolbar vscode-text-field').click();
    await panel.page.keyboard.type(filter);
  }
  if (flow) {
    const context = topology && snapshot.context(topology.context.id);
    // As the panel asks: a Service by its name, so that the look-up is part of the way.
    const answer = context && traceIn(snapshot, context, calledByName(flow));
    await panel.send({ type: 'show', revision: 1, view: 'trace' });
    const message = traceMessage(flow, answer?.ok ? (answer.traces[0] ?? null) : null, answer?.ok === false ? answer.error : undefined);
    await panel.send(state.tried === undefined ? message : { ...message, tried: state.tried });
    if (expert) await panel.page.locator('.segmented vscode-button').nth(1).click();
    if (hop !== undefined) await panel.page.locator('.hop-row, .timeline-row').nth(hop).click();
    const bottom = await panel.page.evaluate(() =>
      Math.ceil(
        Math.max(
          200,
          ...[...document.querySelectorAll('.answer > :not(.answer-main, .answer-side), .answer-main > *, .answer-side > * > *')].map(
            (part) => part.getBoundingClientRect().bottom,
          ),
        ),
      ),
    );
    await panel.page.setViewportSize({ width, height: Math.min(bottom, 3900) });
  }
  if (typed !== undefined) {
    await panel.page.locator('.cell-to .picker-button').click();
    await panel.page.keyboard.type(typed);
  }
  for (const click of state.clicks ?? []) await panel.page.locator(click).first().click();
  await panel.page.mouse.move(width - 1, 2);
  if (state.hovered !== undefined) await panel.page.locator(`[data-card="${state.hovered}"]`).hover();
  await new Promise((done) => setTimeout(done, 350));
  await panel.page.screenshot({ path: file });
  await panel.close();
  return panel.complaints;
}

function traceMessage(flow: Flow, trace: Trace | null, error: string | undefined): Extract<ToPanel, { readonly type: 'trace' }> {
  return { type: 'trace', revision: 1, question: flow, trace, ...(error === undefined ? {} : { error }) };
}

function states(): readonly State[] {
  const shop = remembered(() => snapshotOf(yamlFiles(join(repository, 'examples', 'shop'))));
  const boutique = remembered(() => (existsSync(boutiqueFolder) ? snapshotOf(boutiqueFiles()) : undefined));
  const prometheus = remembered(() => (existsSync(prometheusFolder) ? snapshotOf(yamlFiles(prometheusFolder)) : undefined));
  const gateway = remembered(() => snapshotOf({ 'gateway.yaml': gatewayManifest }));
  const cart = 'service/default/cartservice';
  const checkoutToCart: Flow = {
    from: 'deployment/default/checkoutservice',
    to: 'service/default/cartservice',
    port: 7070,
    options: { cni: 'calico:vxlan', placement: 'other-node' },
  };
  const denied: Flow = {
    from: 'deployment/default/frontend',
    to: 'service/default/redis-cart',
    port: 6379,
    options: { cni: 'calico:vxlan', placement: 'same-node' },
  };
  const outside: Flow = { from: 'internet', to: 'service/default/frontend-external', port: 80, options: { cni: 'kindnet' } };
  const themes: readonly ThemeName[] = ['dark', 'light', 'hc-dark', 'hc-light'];
  return [
    ...themes.map((theme): State => ({ name: `empty-${theme}`, snapshot: () => snapshotOf({}), absence: 'empty', theme, height: 500 })),
    { name: 'empty-300', snapshot: () => snapshotOf({}), absence: 'empty', width: 300, height: 500 },
    { name: 'empty-stopped', snapshot: () => snapshotOf({}), absence: 'stopped', height: 500 },
    { name: 'empty-starting', snapshot: () => snapshotOf({}), absence: 'starting', height: 500 },
    { name: 'empty-question', snapshot: shop, unasked: true, height: 500 },
    { name: 'empty-question-300', snapshot: shop, unasked: true, width: 300, height: 620 },
    ...themes.map((theme): State => ({ name: `question-typed-${theme}`, snapshot: boutique, theme, unasked: true, typed: 'cart', height: 500 })),
    { name: 'example', snapshot: () => snapshotOf(exampleManifest), height: 640 },
    {
      name: 'trace-example-denied',
      snapshot: () => snapshotOf(exampleManifest),
      theme: 'light',
      flow: { from: 'deployment/default/reports', to: 'service/default/orders', port: 9000 },
    },
    { name: 'nothing-of-the-network', snapshot: () => snapshotOf('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n'), height: 500 },
    { name: 'small', snapshot: () => snapshotOf(smallManifest), height: 640 },
    ...themes.map((theme): State => ({ name: `shop-${theme}`, snapshot: shop, theme, selected: 'service/shop/api' })),
    ...themes.map((theme): State => ({ name: `boutique-${theme}`, snapshot: boutique, theme, selected: cart })),
    ...[300, 600, 760, 1280, 1600].map((width): State => ({ name: `boutique-${width}`, snapshot: boutique, width, selected: cart })),
    ...themes.map((theme): State => ({ name: `gateway-900-${theme}`, snapshot: gateway, theme, selected: 'httproute/shop/shop' })),
    ...([300, 600, 760] as const).map((width): State => ({ name: `gateway-${width}`, snapshot: gateway, width, selected: 'gateway/shop/edge' })),
    { name: 'gateway-300-light', snapshot: gateway, theme: 'light', width: 300, selected: 'httproute/shop/shop' },
    { name: 'gateway-300-unselected', snapshot: gateway, theme: 'light', width: 300 },
    { name: 'gateway-600-unselected', snapshot: gateway, theme: 'light', width: 600 },
    { name: 'gateway-details', snapshot: gateway, selected: 'httproute/shop/shop', clicks: ['.details-toggle'] },
    { name: 'gateway-kind', snapshot: gateway, clicks: ['.toolbar-kind vscode-dropdown', '.toolbar-kind vscode-option:nth-of-type(4)'] },
    { name: 'boutique-kind', snapshot: boutique, theme: 'light', clicks: ['.toolbar-kind vscode-dropdown', '.toolbar-kind vscode-option:nth-of-type(3)'] },
    {
      name: 'large-2000-namespace',
      snapshot: () => snapshotOf(largeManifests(667)),
      clicks: ['.toolbar-namespace vscode-dropdown', '.toolbar-namespace vscode-option:nth-of-type(3)'],
    },
    { name: 'gateway-ghost', snapshot: gateway, selected: 'ghost:gateway/infra/shared' },
    ...[500, 560].map((width): State => ({
      name: `untitled-${width}`,
      snapshot: () => snapshotOf(smallManifest.replaceAll('web', 'a-service-of-a-long-name')),
      width,
      selected: 'service/default/a-service-of-a-long-name',
    })),
    { name: 'shop-600-ingress', snapshot: shop, width: 600, selected: 'ingress/shop/shop' },
    { name: 'shop-500-ingress', snapshot: shop, width: 500, selected: 'ingress/shop/shop' },
    { name: 'shop-600-internet', snapshot: shop, width: 600, selected: 'internet' },
    { name: 'boutique-600-balancer', snapshot: boutique, width: 600, selected: 'service/default/frontend-external' },
    { name: 'boutique-50-percent', snapshot: boutique, selected: cart, clicks: [zoomOut, zoomOut, zoomOut] },
    { name: 'boutique-200-percent', snapshot: boutique, selected: cart, clicks: [zoomIn, zoomIn, zoomIn] },
    { name: 'boutique-containers', snapshot: boutique, selected: cart, clicks: ['.container-strip'] },
    { name: 'boutique-details', snapshot: boutique, selected: cart, clicks: ['.details-toggle'] },
    { name: 'shop-ghost-selected', snapshot: shop, selected: 'ghost:pods/service/shop/cache' },
    { name: 'shop-ghost-300', snapshot: shop, width: 300, selected: 'service/shop/cache' },
    { name: 'boutique-unselected', snapshot: boutique },
    { name: 'boutique-filtered', snapshot: boutique, filter: 'cart' },
    ...[300, 900, 1280].map((width): State => ({ name: `prometheus-${width}`, snapshot: prometheus, width })),
    { name: 'prometheus-light', snapshot: prometheus, theme: 'light', selected: 'service/monitoring/prometheus-k8s' },
    { name: 'large-300', snapshot: () => snapshotOf(largeManifests(100)) },
    { name: 'large-2000', snapshot: () => snapshotOf(largeManifests(667)) },
    { name: 'large-2000-pointed', snapshot: () => snapshotOf(largeManifests(667)), hovered: 'namespace:team-05' },
    { name: 'large-2000-600', snapshot: () => snapshotOf(largeManifests(667)), width: 600 },
    { name: 'large-2000-light', snapshot: () => snapshotOf(largeManifests(667)), theme: 'light' },
    { name: 'large-2000-selected', snapshot: () => snapshotOf(largeManifests(667)), selected: 'service/team-13/part-0013' },
    { name: 'large-10000-selected', snapshot: () => snapshotOf(largeManifests(3334)), selected: 'service/team-13/part-0013' },
    ...themes.map((theme): State => ({ name: `trace-delivered-${theme}`, snapshot: boutique, theme, flow: checkoutToCart, hop: 4 })),
    ...[300, 600, 1280].map((width): State => ({ name: `trace-delivered-${width}`, snapshot: boutique, width, flow: checkoutToCart, hop: 4 })),
    ...themes.map((theme): State => ({ name: `trace-tried-${theme}`, snapshot: boutique, theme, flow: checkoutToCart, tried: 'Let checkoutservice in, too.' })),
    { name: 'trace-expert', snapshot: boutique, flow: checkoutToCart, expert: true },
    { name: 'trace-flannel', snapshot: boutique, flow: { ...checkoutToCart, options: { cni: 'flannel:vxlan', placement: 'other-node' } } },
    ...[300, 600].map((width): State => ({
      name: `trace-flannel-${width}`,
      snapshot: boutique,
      width,
      flow: { ...checkoutToCart, options: { cni: 'flannel:vxlan', placement: 'other-node' } },
    })),
    ...themes.map((theme): State => ({
      name: `trace-not-enforced-${theme}`,
      snapshot: boutique,
      theme,
      flow: { ...checkoutToCart, options: { cni: 'flannel:vxlan', placement: 'same-node' } },
    })),
    ...themes.map((theme): State => ({ name: `trace-denied-${theme}`, snapshot: boutique, theme, flow: denied })),
    { name: 'trace-denied-300', snapshot: boutique, width: 300, flow: denied },
    { name: 'trace-denied-600', snapshot: boutique, width: 600, flow: denied },
    ...[300, 600, 900, 1280].map((width): State => ({ name: `trace-branching-${width}`, snapshot: () => replicas(boutique()), width, flow: outside, hop: 3 })),
    { name: 'trace-branching-light', snapshot: () => replicas(boutique()), theme: 'light', flow: outside, hop: 3 },
    { name: 'trace-branching-hc-dark', snapshot: () => replicas(boutique()), theme: 'hc-dark', flow: outside, hop: 3 },
    { name: 'trace-shop-ingress', snapshot: shop, flow: { from: 'internet', to: 'ingress/shop/shop', options: { cni: 'cilium:tunnel' } } },
    {
      name: 'trace-shop-denied',
      snapshot: shop,
      flow: { from: 'deployment/shop/worker', to: 'service/shop/database', port: 5432, options: { cni: 'calico:vxlan', placement: 'other-node' } },
    },
    {
      name: 'trace-unknown',
      snapshot: () => snapshotOf(unknownManifest),
      theme: 'light',
      flow: { from: 'deployment/default/web', to: 'service/default/api', port: 80 },
    },
    {
      name: 'trace-refused',
      snapshot: shop,
      flow: { from: 'deployment/shop/worker', to: 'service/shop/api', port: 8080, options: { notReady: [{ workload: 'deployment/shop/api' }] } },
    },
    {
      name: 'trace-pod',
      snapshot: () => snapshotOf(podManifest),
      theme: 'light',
      width: 600,
      flow: { from: 'deployment/default/cart/backup', to: 'localhost:6379' },
    },
    ...themes.map((theme): State => ({
      name: `trace-pod-${theme}`,
      snapshot: () => snapshotOf(podManifest.replace('    spec:\n      containers', '    spec:\n      shareProcessNamespace: true\n      containers')),
      theme,
      flow: { from: 'deployment/default/cart/redis', to: 'deployment/default/cart/backup', port: 80 },
    })),
    { name: 'trace-pod-300', snapshot: () => snapshotOf(podManifest), width: 300, flow: { from: 'deployment/default/cart/backup', to: 'localhost:6379' } },
    { name: 'trace-pod-480', snapshot: () => snapshotOf(podManifest), width: 480, flow: { from: 'deployment/default/cart/backup', to: 'localhost:6379' } },
    { name: 'trace-unasked', snapshot: shop, height: 500, flow: { from: 'nobody', to: 'nothing' } },
  ];
}

const zoomOut = '.zoom vscode-button:nth-of-type(1)';
const zoomIn = '.zoom vscode-button:nth-of-type(2)';

const smallManifest = `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: web, ports: [{ containerPort: 8080 }], env: [{ name: API, value: 'http://api:80' }] }]
`;
const unknownManifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
---
apiVersion: v1
kind: Service
metadata: { name: api }
spec:
  selector: { app: api }
  ports: [{ port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api, tier: "\${TIER}" } }
    spec: { containers: [{ name: api, image: api, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: backend }
spec:
  podSelector: { matchLabels: { tier: backend } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: admin } } }] }]
`;
const podManifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart }
spec:
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart } }
    spec:
      containers:
        - { name: redis, image: redis, ports: [{ containerPort: 6379 }], volumeMounts: [{ name: data, mountPath: /data }] }
        - { name: backup, image: backup, volumeMounts: [{ name: data, mountPath: /backup, readOnly: true }] }
      volumes: [{ name: data, emptyDir: {} }]
`;

/** Three pods of the frontend, as the picture of branches has them. */
function replicas(snapshot: Snapshot | undefined): Snapshot | undefined {
  if (!snapshot) return undefined;
  const files = boutiqueFiles();
  return snapshotOf(
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [
        name,
        name.endsWith('frontend.yaml') ? text.replace(/(kind: Deployment[\s\S]*?\nspec:\n)/, '$1  replicas: 3\n') : text,
      ]),
    ),
  );
}

function boutiqueFiles(): Readonly<Record<string, string>> {
  return {
    ...yamlFiles(join(boutiqueFolder, 'base'), 'base/'),
    ...yamlFiles(join(boutiqueFolder, 'components', 'network-policies'), 'components/network-policies/'),
    'kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [base]\ncomponents: [components/network-policies]\n',
  };
}

function yamlFiles(folder: string, prefix = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => [prefix + name, readFileSync(join(folder, name), 'utf8')]),
  );
}

function remembered<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
