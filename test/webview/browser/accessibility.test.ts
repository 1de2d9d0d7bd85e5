/** The page under an accessibility engine (axe), in every theme, view and width; and the keyboard alone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../../server/src/protocol/trace';
import { boutiqueTopology, topologyMessage } from '../harness/boutique';
import { bundleWebview } from '../harness/bundle';
import { startPanelBrowser, type PanelBrowser, type PanelPage } from '../harness/panelPage';
import { themeNames, type ThemeName } from '../harness/themes';
import { samples } from '../samples/traces';

interface AxeResult {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly html: string; readonly failureSummary?: string }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const topology = boutiqueTopology();
let browser: PanelBrowser;

beforeAll(async () => {
  await bundleWebview();
  browser = await startPanelBrowser();
});
afterAll(() => browser.close());

const views = {
  topology: async (panel: PanelPage): Promise<void> => {
    await panel.send({ type: 'select', revision: 1, card: 'service/default/cartservice' });
    await panel.page.locator('.details-toggle').click();
  },
  empty: async (panel: PanelPage): Promise<void> => {
    await panel.send({ ...topologyMessage(topology), revision: 2, topology: null, absence: 'empty' });
  },
  suggestions: async (panel: PanelPage): Promise<void> => {
    await panel.page.locator('#tab-trace').click();
    await panel.page.locator('.cell-to .picker-button').click();
    await panel.page.keyboard.type('cart');
  },
  delivered: (panel: PanelPage): Promise<void> => showTrace(panel, samples.delivered),
  denied: (panel: PanelPage): Promise<void> => showTrace(panel, samples.denied),
  'not enforced': (panel: PanelPage): Promise<void> =>
    showTrace(panel, {
      ...samples.notEnforced,
      tips: [{ what: 'Calico enforces them.', helps: true, flow: samples.notEnforced.flow, ask: 'Trace with calico' }],
    }),
  'in a pod': (panel: PanelPage): Promise<void> => showTrace(panel, samples.inOnePod),
  tried: async (panel: PanelPage): Promise<void> => {
    await panel.send({ type: 'show', revision: 1, view: 'trace' });
    await panel.send({ type: 'trace', revision: 1, question: samples.delivered.flow, trace: samples.delivered, tried: 'Let web in, too.' });
  },
  unknown: (panel: PanelPage): Promise<void> => showTrace(panel, samples.conditional),
  branching: (panel: PanelPage): Promise<void> => showTrace(panel, samples.branching),
};

async function showTrace(panel: PanelPage, trace: Trace): Promise<void> {
  await panel.send({ type: 'show', revision: 1, view: 'trace' });
  await panel.send({ type: 'trace', revision: 1, question: trace.flow, trace });
}

/** What axe finds, as lines that name the rule and the element. */
async function violations(panel: PanelPage): Promise<readonly string[]> {
  // Evaluated by the debugger and not by the page, whose policy lets no other script in.
  await panel.page.evaluate(axe);
  const found = await panel.page.evaluate(async () => {
    const engine = (globalThis as unknown as { axe: { run(context: Document, options: object): Promise<{ violations: AxeResult[] }> } }).axe;
    return (await engine.run(document, { resultTypes: ['violations'] })).violations;
  });
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${JSON.stringify(node.target)} ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`));
}

const states: readonly (readonly [keyof typeof views, ThemeName, number])[] = [
  ...themeNames.map((theme) => ['topology', theme, 900] as const),
  ...themeNames.map((theme) => ['denied', theme, 900] as const),
  ['delivered', 'dark', 900],
  ...themeNames.map((theme) => ['empty', theme, 600] as const),
  ...themeNames.map((theme) => ['suggestions', theme, 900] as const),
  ['delivered', 'light', 1280],
  ['branching', 'light', 900],
  ['branching', 'dark', 300],
  ...(['not enforced', 'in a pod', 'unknown', 'tried'] as const).flatMap((view) => themeNames.map((theme) => [view, theme, 900] as const)),
  ['branching', 'hc-dark', 600],
  ['delivered', 'dark', 300],
  ['denied', 'hc-light', 300],
];

describe('axe', () => {
  it.each(states)('finds nothing in %s, %s, %i wide', async (view, theme, width) => {
    const panel = await browser.open({ theme, width, height: 1400, reducedMotion: true });
    await panel.send(topologyMessage(topology));
    if (view === 'topology' && width < 480) await panel.send({ type: 'select', revision: 1, card: 'service/default/cartservice' });
    else await views[view](panel);
    expect(await violations(panel)).toEqual([]);
    await panel.close();
  });
});
