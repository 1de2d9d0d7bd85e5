/** The topology in Chromium: Gateways and routes, what stands where at middle widths, the bar that is never cut, ghosts that stay yellow. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topologyAnswer } from '../../../server/src/features/panelData';
import type { Topology } from '../../../server/src/protocol/topology';
import { snapshotOf } from '../../support/workspaceOf';
import { boutiqueTopology, topologyMessage } from '../harness/boutique';
import { bundleWebview } from '../harness/bundle';
import { startPanelBrowser, type PanelBrowser, type PanelOptions, type PanelPage } from '../harness/panelPage';
import { themeNames } from '../harness/themes';
import { gatewayManifest } from '../samples/gateway';

let browser: PanelBrowser;
const boutique = boutiqueTopology();
const gateway = topologyAnswer(snapshotOf(gatewayManifest), {}).topology ?? boutique;
const card = (id: string): string => `.cards [data-card="${id}"]`;

beforeAll(async () => {
  await bundleWebview();
  browser = await startPanelBrowser();
});
afterAll(() => browser.close());

async function opened(topology: Topology, selected: string | null, options: PanelOptions = {}): Promise<PanelPage> {
  const panel = await browser.open(options);
  await panel.send(topologyMessage(topology));
  if (selected !== null) await panel.send({ type: 'select', revision: 2, card: selected });
  return panel;
}

describe('Gateways', () => {
  it.each(themeNames)('stand with their listeners, routes and ghosts in %s', async (theme) => {
    const panel = await opened(gateway, null, { theme, font: 'Inter' });
    expect(await panel.page.locator('.cards .card').count()).toBe(gateway.cards.length);
    expect(await panel.page.locator('.edges .edge').count()).toBe(gateway.edges.length);
    expect(await panel.page.locator(`${card('gateway/shop/edge')} > text`).allTextContents()).toEqual(
      expect.arrayContaining(['edge', ':80', 'HTTP', ':25', 'TCP']),
    );
    expect(await panel.page.locator(`${card('gateway/shop/edge')} title`).textContent()).toContain(':443 HTTPS *.example.com');
    expect(await panel.page.locator('.lane-head').allTextContents()).toEqual(expect.arrayContaining(['Gateway1', 'Route4']));
    expect(await panel.page.locator(card('httproute/shop/shop')).getAttribute('aria-description')).toBe(
      'shop, HTTPRoute, namespace shop, shop.example.com, /api, /',
    );
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });

  it.each([undefined, 'Inter'] as const)('keep every text inside its card, in %s', async (font) => {
    for (const width of [600, 760, 900]) {
      const panel = await opened(gateway, 'gateway/shop/edge', { width, ...(font ? { font } : {}) });
      const outside = await panel.page.evaluate(() =>
        [...document.querySelectorAll('.cards .card')].flatMap((group) => {
          const box = group.querySelector('.card-box')?.getBoundingClientRect();
          const texts = [...group.querySelectorAll(':scope > text')].map((text) => ({ text: text.textContent, own: text.getBoundingClientRect() }));
          return texts.filter(({ own }) => box && (own.left < box.left || own.right > box.right + 0.5)).map(({ text }) => text);
        }),
      );
      expect(outside).toEqual([]);
      await panel.close();
    }
  });

  it('are asked for as the simulator takes them', async () => {
    const panel = await opened(gateway, 'internet');
    await panel.page.locator(card('httproute/shop/shop')).click({ modifiers: ['Control'] });
    expect((await panel.sent()).find((message) => message.type === 'ask')).toMatchObject({ question: { from: 'internet', to: 'httproute/shop/shop' } });
    await panel.close();
  });

  it('are listed where the page is narrow, and have their neighbours', async () => {
    const panel = await opened(gateway, 'gateway/shop/edge', { width: 300, height: 900 });
    expect(await panel.page.locator('.fold summary .list-name').allTextContents()).toEqual(
      expect.arrayContaining(['Gateways', 'Routes', 'Not in these files']),
    );
    expect(await panel.page.locator('.narrow-drawing').textContent()).toContain('Gateway');
    expect(await panel.page.locator('.narrow-drawing .card').count()).toBe(5);
    expect(await panel.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)).toBe(false);
    await panel.close();
  });

  it('say in the details which route leads where', async () => {
    const panel = await opened(gateway, 'httproute/shop/shop');
    await panel.page.locator('.details-toggle').click();
    const rows = await panel.page.locator('[aria-label="Out to"] .details-row').allTextContents();
    expect(rows.join()).toContain('api-nextroutes /api to :80');
    const coming = await panel.page.locator('[aria-label="In from"] .details-row').allTextContents();
    expect(coming.join()).toContain('edgeroutes from :443');
    expect(await panel.page.locator('[data-edge][data-to="service/shop/api"] title').first().textContent()).toContain('shop routes /api to api:80');
    await panel.close();
  });
});

describe('the filter', () => {
  it('has room for the names of kinds', async () => {
    const panel = await opened(gateway, null, { font: 'Inter' });
    await panel.page.locator('.toolbar-kind vscode-dropdown').click();
    await panel.page.locator('.toolbar-kind vscode-option', { hasText: 'Deployment' }).click();
    const value = panel.page.locator('.toolbar-kind vscode-dropdown .selected-value');
    expect(await value.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    await panel.close();
  });
});

describe('middle widths', () => {
  it('have load balancers among the Services, with a sign of their own', async () => {
    const panel = await opened(boutique, 'service/default/frontend-external', { width: 600 });
    const signs = await panel.page.evaluate(
      ([balancer, plain]) => [balancer, plain].map((id) => document.querySelector(`.cards [data-card="${id ?? ''}"] > .icon`)?.innerHTML),
      ['service/default/frontend-external', 'service/default/adservice'],
    );
    expect(signs[0]).toBeTruthy();
    expect(signs[0]).not.toBe(signs[1]);
    expect(await panel.page.locator('.strip-words').textContent()).not.toContain('balancer');
    await panel.close();
  });

  it('show what is selected, although its lane is a strip', async () => {
    const panel = await opened(gateway, 'service/shop/web', { width: 500 });
    expect(await panel.page.locator(card('gateway/shop/edge')).count()).toBe(0);
    await panel.page.locator('.scroller').evaluate((element) => void (element.scrollLeft = 500));
    await panel.send({ type: 'select', revision: 3, card: 'gateway/shop/edge' });
    const box = await panel.page.locator(card('gateway/shop/edge')).boundingBox();
    expect(box && box.x >= 0 && box.x < 400).toBe(true);
    await panel.close();
  });
});

describe('the bar of what is selected', () => {
  const long = 'service/default/cartservice';
  const named = (title: string, uri: string): Topology => ({
    ...boutique,
    cards: boutique.cards.map((one) => (one.id === long ? { ...one, title, uri } : one)),
  });

  it.each([
    [undefined, 'cartservice', 'untitled:Untitled-1'],
    ['Inter', 'cartservice', 'untitled:Untitled-1'],
    [undefined, 'a-service-with-a-name-that-is-long-indeed', 'file:///a/file-of-a-name-that-is-long-too-and-longer.yaml'],
    ['Inter', 'a-service-with-a-name-that-is-long-indeed', 'file:///a/file-of-a-name-that-is-long-too-and-longer.yaml'],
  ] as const)('is never cut at any width, in %s, of %s in %s', async (font, title, uri) => {
    const panel = await opened(named(title, uri), long, font ? { font } : {});
    for (const width of [480, 500, 520, 560, 640, 719, 720, 800, 900]) {
      await panel.page.setViewportSize({ width, height: 700 });
      await panel.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const parts = await panel.page.locator('.selected-bar').evaluate((bar) => {
        const [link, ...buttons] = [...bar.querySelectorAll('vscode-link, vscode-button:not(.details-toggle)')].map((part) => part.getBoundingClientRect());
        return {
          overflows: bar.scrollWidth > bar.clientWidth,
          cut: [...bar.querySelectorAll('vscode-button:not(.details-toggle)')].some((part) => part.scrollWidth > part.clientWidth + 1),
          right: Math.max(...buttons.map(({ right }) => right)),
          gap: (buttons[0]?.left ?? 0) - (link?.right ?? 0),
        };
      });
      expect({ width, ...parts }).toMatchObject({ overflows: false, cut: false });
      expect(parts.right).toBeLessThanOrEqual(width - 15);
      expect(parts.gap).toBeGreaterThan(4);
    }
    await panel.close();
  });

  it('names a file that was never saved without its scheme', async () => {
    const panel = await opened(named('cartservice', 'untitled:Untitled-1'), long, { font: 'Inter' });
    expect(await panel.page.locator('.selected-bar vscode-link').textContent()).toMatch(/^Untitled-1:\d+$/);
    await panel.close();
  });
});

describe('a ghost', () => {
  const ghost = 'ghost:service/default/shoppingassistantservice';

  it.each(themeNames)('stays dashed and in its colour when it is selected, in %s', async (theme) => {
    const panel = await opened(boutique, null, { theme });
    const look = (): Promise<readonly string[]> =>
      panel.page.locator(`${card(ghost)} > .card-box`).evaluate((box) => {
        const { stroke, strokeDasharray, strokeWidth } = getComputedStyle(box);
        return [stroke, strokeDasharray, strokeWidth];
      });
    const before = await look();
    await panel.send({ type: 'select', revision: 2, card: ghost });
    const after = await look();
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).toBe('2px');
    await panel.close();
  });

  it('is told in a saved drawing line by line', async () => {
    const panel = await opened(boutique, null);
    await panel.page.getByTitle('More', { exact: true }).click();
    await panel.page.getByRole('menuitem', { name: 'Save the drawing as SVG…' }).click();
    await expect.poll(async () => (await panel.sent()).find((message) => message.type === 'save')).toBeDefined();
    const saved = (await panel.sent()).find((message) => message.type === 'save');
    const texts = saved?.type === 'save' ? [...saved.content.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? '') : [];
    const first = texts.find((text) => text.startsWith('frontend calls it'));
    expect(first?.length).toBeLessThan('frontend calls it by this name, and no file here declares it.'.length);
    expect(texts.some((text) => text.endsWith('declares it.'))).toBe(true);
    await panel.close();
  });
});

describe('the legend', () => {
  it.each([
    ['Inter', 500, 2],
    ['Inter', 600, 2],
    ['Inter', 760, 2],
    ['Inter', 860, 3],
    ['Inter', 900, 3],
    // What else the machine has may be of any width.
    [undefined, 600, undefined],
    [undefined, 720, undefined],
    [undefined, 840, undefined],
    [undefined, 900, undefined],
  ] as const)('in %s at %i pixels has %s columns, and is not cut', async (font, width, columns) => {
    const panel = await opened(boutique, null, { width, ...(font ? { font } : {}) });
    const rows = await panel.page
      .locator('.legend-row')
      .evaluateAll((all) => all.map((row) => [row.getBoundingClientRect().left, row.scrollWidth - row.clientWidth]));
    if (columns !== undefined) expect(new Set(rows.map(([left]) => Math.round(left ?? 0))).size).toBe(columns);
    expect(rows.every(([, over]) => (over ?? 0) <= 0)).toBe(true);
    expect(await panel.page.locator('.legend').evaluate((legend) => legend.scrollWidth > legend.clientWidth)).toBe(false);
    await panel.close();
  });
});
