/** What both views share in Chromium: pods that are switched off, large graphs, drawings as files, edits that are tried, keys, names that are markup. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boutiqueTopology, topologyMessage } from '../harness/boutique';
import { bundleWebview } from '../harness/bundle';
import { largeTopology } from '../harness/largeTopology';
import { startPanelBrowser, type PanelBrowser, type PanelOptions, type PanelPage } from '../harness/panelPage';
import { branching, delivered, denied, samples } from '../samples/traces';

let browser: PanelBrowser;
const topology = boutiqueTopology();
const cart = 'service/default/cartservice';
const card = (id: string): string => `[data-card="${id}"]`;

beforeAll(async () => {
  await bundleWebview();
  browser = await startPanelBrowser();
});
afterAll(() => browser.close());

async function opened(options: PanelOptions = {}): Promise<PanelPage> {
  const panel = await browser.open(options);
  await panel.send(topologyMessage(topology));
  return panel;
}

async function traced(panel: PanelPage, trace: typeof delivered, more: { readonly tried?: string } = {}): Promise<void> {
  await panel.send({ type: 'show', revision: 1, view: 'trace' });
  await panel.send({ type: 'trace', revision: 1, question: trace.flow, trace, ...more });
}

describe('pods', () => {
  it('are switched to not ready on their card, and the question that stands is asked again in place', async () => {
    const panel = await opened();
    await panel.send({ type: 'trace', revision: 1, question: delivered.flow, trace: delivered });
    expect(await panel.page.locator('.standing').innerText()).toContain('Delivered.');
    await panel.page.locator(card(cart)).click();
    await panel.page.locator('.details-toggle').click();
    await panel.page.locator('.pods-control vscode-dropdown').click();
    await panel.page.locator('.pods-control vscode-option', { hasText: 'not ready' }).click();
    expect(await panel.page.locator(`${card('deployment/default/cartservice')} .not-ready`).textContent()).toBe('0/1 ready');
    expect((await panel.sent()).filter(({ type }) => type === 'ask').at(-1)).toMatchObject({
      question: { from: delivered.flow.from, to: delivered.flow.to, options: { notReady: [{ workload: 'deployment/default/cartservice' }] } },
    });
    expect(await panel.page.locator('#tab-topology').getAttribute('aria-selected')).toBe('true');
    await panel.page.locator('.standing vscode-link').click();
    expect(await panel.page.locator('#tab-trace').getAttribute('aria-selected')).toBe('true');
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});

describe('details', () => {
  it('list every connection and policy of the selected resource, with the text that makes them', async () => {
    const panel = await opened();
    await panel.page.locator(card(cart)).click();
    await panel.page.locator('.details-toggle').click();
    expect(await panel.page.locator('.details-column').first().innerText()).toMatch(/In from\s*2/);
    await panel.page.locator('.details-column').nth(1).locator('vscode-link', { hasText: '.yaml' }).first().click();
    expect((await panel.sent()).filter(({ type }) => type === 'reveal').at(-1)).toMatchObject({ at: { uri: 'file:///shop/cartservice.yaml' } });
    await panel.page.locator('.details-column').first().locator('vscode-link', { hasText: 'frontend' }).first().click();
    expect(await panel.page.locator('.bar-title').textContent()).toBe('frontend');
    await panel.close();
  });
});

describe('a graph of more than 2,000 resources', () => {
  it('opens round the selected one, and shows all when that is wanted', async () => {
    const panel = await browser.open();
    const large = largeTopology(700);
    await panel.send(topologyMessage(large, 2));
    await panel.send({ type: 'select', revision: 3, card: 'service/stock/part-0003' });
    const drawn = await panel.page.locator('.cards .card').count();
    expect(drawn).toBeGreaterThan(2);
    expect(drawn).toBeLessThan(61);
    expect(await panel.page.locator('.around-bar').innerText()).toContain(`of ${large.cards.length} cards`);
    await panel.page.locator('.around-bar vscode-link').click();
    expect(await panel.page.locator(card('namespace:billing')).count()).toBe(1);
    expect(await panel.page.locator(`${card('service/stock/part-0003')}.selected`).count()).toBe(1);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});

describe('drawings as files', () => {
  it.each(['topology', 'trace', 'branches'])('gives %s as an SVG that stands alone and as a PNG', async (what) => {
    const panel = await opened();
    if (what !== 'topology') await traced(panel, what === 'trace' ? delivered : branching);
    for (const format of ['SVG', 'PNG']) {
      await panel.page.locator('.shell-head').getByTitle('More').click();
      await panel.page.getByRole('menuitem', { name: `Save the drawing as ${format}…` }).click();
      await panel.page.waitForTimeout(400);
    }
    const saved = (await panel.sent()).flatMap((message) => (message.type === 'save' ? [message] : []));
    expect(saved.map(({ format }) => format)).toEqual(['svg', 'png']);
    const svg = saved[0]?.content ?? '';
    expect(svg).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
    expect(/.{60}(?:var\(--|class=| style=|color\(srgb|NaN).{60}/.exec(svg)?.[0]).toBeUndefined();
    expect(svg).toContain(what === 'topology' ? 'cartservice' : 'kube-proxy');
    // Opened elsewhere with other fonts, a word keeps the room that it was given.
    expect(svg).toMatch(what === 'topology' ? /textLength="[\d.]+"[^>]*>cartservice</ : /textLength="[\d.]+"[^>]*>kube-proxy</);
    // The title does not stand on the heads of the lanes.
    const heights = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"[^>]*font-size="1[13]"[^>]*font-weight="600"/g)]
      .slice(0, 2)
      .map((match) => Number(match[1]));
    if (what === 'topology') expect((heights[1] ?? 0) - (heights[0] ?? 0)).toBeGreaterThan(18);
    expect(
      Buffer.from(saved[1]?.content ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});

describe('an edit that is not made', () => {
  it('is traced, named as such, and taken back', async () => {
    const panel = await opened();
    const change = { range: { start: { line: 3, column: 1 }, end: { line: 3, column: 1 } }, newText: '- podSelector: {}\n' };
    await traced(panel, {
      ...denied,
      remedies: denied.remedies.map((one) => (one.edits ? { ...one, edits: one.edits.map((edit) => ({ ...edit, change })) } : one)),
    });
    await panel.page.locator('.remedy-buttons vscode-button', { hasText: 'Trace with this edit' }).click();
    expect((await panel.sent()).at(-1)).toMatchObject({ type: 'try', remedy: 0 });
    await panel.send({ type: 'trace', revision: 2, question: denied.flow, trace: delivered, tried: 'Let web in, too' });
    expect(await panel.page.locator('.tried-bar').innerText()).toContain('Let web in, too');
    await panel.page.locator('.tried-bar vscode-link').click();
    expect((await panel.sent()).at(-1)).toMatchObject({ type: 'try', remedy: null });
    await panel.close();
  });
});

describe('the question', () => {
  it('takes a port that nothing declares', async () => {
    const panel = await opened();
    await traced(panel, delivered);
    await panel.page.locator('.cell-port vscode-dropdown').click();
    await panel.page.locator('.cell-port vscode-option', { hasText: 'other…' }).click();
    await panel.page.keyboard.type('9090');
    await panel.page.keyboard.press('Enter');
    expect((await panel.sent()).filter(({ type }) => type === 'ask').at(-1)).toMatchObject({ question: { port: 9090 } });
    await panel.close();
  });
});

describe('the ends of the question', () => {
  const asked = async (panel: PanelPage): Promise<unknown> => (await panel.sent()).filter(({ type }) => type === 'ask').at(-1);
  const trace = async (panel: PanelPage): Promise<void> => panel.page.locator('.question-row vscode-button', { hasText: 'Trace' }).click();

  it('are found by typing, with the keyboard alone', async () => {
    const panel = await opened();
    await traced(panel, delivered);
    await panel.page.locator('.cell-to .picker-button').focus();
    await panel.page.keyboard.type('redis');
    const rows = panel.page.locator('.cell-to .picker-row');
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringContaining('redis-cart'),
      expect.stringContaining('redis-cart'),
      expect.stringContaining('host name'),
    ]);
    await panel.page.keyboard.press('ArrowDown');
    const active = await panel.page.locator('.cell-to .picker-input').getAttribute('aria-activedescendant');
    expect(await panel.page.locator(`#${active ?? ''}`).getAttribute('role')).toBe('option');
    await panel.page.keyboard.press('ArrowUp');
    await panel.page.keyboard.press('Enter');
    expect(await panel.page.evaluate(() => document.activeElement?.className)).toBe('picker-button');
    await trace(panel);
    expect(await asked(panel)).toMatchObject({ question: { to: expect.stringMatching(/^(service|deployment)\/default\/redis-cart$/) as string } });
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });

  it('stay as they were chosen while the same answer comes again', async () => {
    const panel = await opened();
    await traced(panel, delivered);
    await panel.page.locator('.cell-to .picker-button').click();
    await panel.page.keyboard.type('emailservice');
    await panel.page.keyboard.press('Enter');
    await panel.send({ type: 'trace', revision: 2, question: structuredClone(delivered.flow), trace: structuredClone(delivered) });
    await panel.send({ ...topologyMessage(topology), revision: 3 });
    expect(await panel.page.locator('.cell-to .dropdown-label').innerText()).toBe('emailservice');
    await panel.close();
  });

  it('may be an address outside and a host name as a program writes it; Escape leaves them as they were', async () => {
    const panel = await opened();
    await traced(panel, delivered);
    await panel.page.locator('.cell-from .picker-button').click();
    await panel.page.keyboard.type('203.0.113.9');
    await panel.page.keyboard.press('Enter');
    await panel.page.locator('.cell-to .picker-button').click();
    await panel.page.keyboard.type('redis-cart.default:6379');
    await panel.page.keyboard.press('Enter');
    await panel.page.locator('.cell-to .picker-button').click();
    await panel.page.keyboard.type('emailservice');
    await panel.page.keyboard.press('Escape');
    expect(await panel.page.locator('.picker-popup:visible').count()).toBe(0);
    await trace(panel);
    expect(await asked(panel)).toMatchObject({ question: { from: 'ip:203.0.113.9', to: 'redis-cart.default:6379' } });
    await panel.close();
  });
});

describe('a page with nothing to draw', () => {
  it('says why, and offers what helps', async () => {
    const panel = await browser.open();
    const nothing = { ...topologyMessage(topology), topology: null, contexts: [], endpoints: [] } as const;
    await panel.send({ ...nothing, message: 'The language server is starting.', absence: 'starting' });
    expect(await panel.page.locator('.empty').innerText()).toContain('The language server is starting.');
    await panel.send({ ...nothing, revision: 2, absence: 'empty' });
    await panel.page.locator('.empty vscode-button', { hasText: 'Open an Example' }).click();
    expect((await panel.sent()).at(-1)).toMatchObject({ type: 'help', what: 'example' });
    await panel.send({ ...nothing, revision: 3, absence: 'stopped' });
    await panel.page.locator('.empty vscode-button', { hasText: 'Restart' }).click();
    expect((await panel.sent()).at(-1)).toMatchObject({ type: 'help', what: 'restart' });
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });

  it('suggests questions of this context, and asks the one that is chosen', async () => {
    const panel = await opened();
    await panel.page.locator('#tab-trace').click();
    const offers = panel.page.locator('.empty-offers vscode-link');
    expect(await offers.first().innerText()).toBe('internet → frontend-external');
    // What was chosen stays while the text changes and other questions are suggested.
    await panel.page.locator('.cell-from .picker-button').click();
    await panel.page.keyboard.type('adservice');
    await panel.page.keyboard.press('Enter');
    await panel.send({ ...topologyMessage(topology), revision: 2 });
    expect(await panel.page.locator('.cell-from .dropdown-label').innerText()).toBe('adservice');
    await offers.nth(1).click();
    const [question] = (await panel.sent()).flatMap((message) => (message.type === 'ask' ? [message.question] : []));
    expect(question?.from).toMatch(/^deployment\/default\//);
    expect(question?.port).toBeGreaterThan(0);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});

describe('the keyboard alone', () => {
  it('comes to every control of both views, and to the containers', async () => {
    const panel = await opened();
    await panel.page.locator(card(cart)).click();
    await panel.page.locator('#tab-topology').focus();
    const seen: string[] = [];
    for (let count = 0; count < 40; count++) {
      await panel.page.keyboard.press('Tab');
      seen.push(
        await panel.page.evaluate(() => `${document.activeElement?.tagName.toLowerCase() ?? ''} ${document.activeElement?.getAttribute('class') ?? ''}`),
      );
    }
    for (const part of ['vscode-text-field', 'vscode-dropdown', 'container-strip', 'card-card', 'rail', 'details-toggle', 'vscode-link'])
      expect(
        seen.some((each) => each.includes(part)),
        part,
      ).toBe(true);
    await panel.page.locator('.container-strip').focus();
    await panel.page.keyboard.press('Enter');
    expect(await panel.page.locator('.containers').count()).toBe(12);
    await panel.close();
  });
});

describe('names that are markup', () => {
  it('stay text in several paths, in details and in files', async () => {
    const panel = await opened();
    const name = '<img src=x onerror=alert(1)>';
    const evil = JSON.parse(JSON.stringify(branching).replaceAll('frontend-1', name.replaceAll('"', '')).replaceAll('load balancer', name)) as typeof branching;
    await traced(panel, evil);
    expect(await panel.page.locator('img, script:not([nonce])').count()).toBe(0);
    await traced(panel, samples.hostile);
    expect(await panel.page.locator('img').count()).toBe(0);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});
