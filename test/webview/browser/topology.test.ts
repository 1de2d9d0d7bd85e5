/** The topology in Chromium: drawn, selected, traced between two, filtered, zoomed, by keyboard, narrow, in four themes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boutiqueTopology, topologyMessage } from '../harness/boutique';
import { bundleWebview } from '../harness/bundle';
import { largeTopology } from '../harness/largeTopology';
import { startPanelBrowser, type PanelBrowser, type PanelOptions, type PanelPage } from '../harness/panelPage';
import { themeNames } from '../harness/themes';

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

describe('drawing', () => {
  it.each(themeNames)('shows every card, gate and port in %s, and nothing complains', async (theme) => {
    const panel = await opened({ theme });
    expect(await panel.page.locator('.cards .card').count()).toBe(topology.cards.length);
    expect(await panel.page.locator('.gates .gate').count()).toBe(12);
    expect(await panel.page.locator('.edges .edge').count()).toBe(topology.edges.length);
    expect(await panel.page.locator(`${card(cart)} .dot`).count()).toBe(2);
    expect(await panel.page.locator('.rail').count()).toBe(2);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });

  it('keeps every text inside its card', async () => {
    const panel = await opened();
    const outside = await panel.page.evaluate(() =>
      [...document.querySelectorAll('.cards .card')].flatMap((group) => {
        const box = group.querySelector('.card-box')?.getBoundingClientRect();
        return [...group.querySelectorAll(':scope > text')]
          .filter((text) => {
            const own = text.getBoundingClientRect();
            return box && (own.left < box.left || own.right > box.right + 0.5);
          })
          .map((text) => text.textContent);
      }),
    );
    expect(outside).toEqual([]);
    await panel.close();
  });

  it('writes names as text, whatever they hold', async () => {
    const panel = await browser.open();
    const name = '<img src=x onerror=alert(1)>';
    await panel.send(topologyMessage({ ...topology, cards: topology.cards.map((one) => (one.id === cart ? { ...one, title: name } : one)) }));
    expect(await panel.page.locator('img').count()).toBe(0);
    expect(await panel.page.locator(`${card(cart)} title`).textContent()).toContain(name);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });

  it('waits with words, and says when nothing is there', async () => {
    const panel = await browser.open();
    expect(await panel.page.locator('.message').textContent()).toContain('Reading manifests');
    await panel.send({ ...topologyMessage(topology), topology: null, message: 'Open a manifest.' });
    expect(await panel.page.locator('.message').textContent()).toContain('Open a manifest.');
    await panel.close();
  });

  it('draws only what is near when there are many, and the rest on scrolling', async () => {
    const panel = await browser.open();
    const large = largeTopology(500);
    await panel.send(topologyMessage(large, 2));
    await panel.page.locator(card('namespace:billing')).click();
    await panel.page.locator('.scroller').evaluate((element) => void (element.scrollTop = 0));
    await panel.page.waitForTimeout(200);
    const count = await panel.page.locator('.cards .card').count();
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThan(large.cards.length / 2);
    expect(await panel.page.locator('.minimap-float').isVisible()).toBe(true);
    const first = await panel.page.locator('.cards .card-card').first().getAttribute('data-card');
    await panel.page.locator('.scroller').evaluate((element) => void (element.scrollTop = element.scrollHeight / 2));
    await panel.page.waitForTimeout(200);
    expect(await panel.page.locator(card(first ?? '')).count()).toBe(0);
    expect(await panel.page.locator('.cards .card').count()).toBeGreaterThan(20);
    await panel.close();
  });
});

describe('many resources', () => {
  it('collapse to a row for each namespace, which opens by click, by selection and by keyboard, and closes', async () => {
    const panel = await browser.open();
    await panel.send(topologyMessage(largeTopology(200), 2));
    expect(await panel.page.locator('.cards .card-card').allInnerTexts()).toHaveLength(4);
    await panel.send({ type: 'select', revision: 3, card: 'service/stock/part-0003' });
    expect(await panel.page.locator(`${card('service/stock/part-0003')}.selected`).count()).toBe(1);
    await panel.page.locator(card('namespace:billing')).focus();
    await panel.page.keyboard.press('Enter');
    expect(await panel.page.locator(card('namespace:billing')).count()).toBe(0);
    expect(await panel.page.evaluate(() => document.activeElement?.getAttribute('data-card'))).toMatch(/^service\/billing\//);
    await panel.page.locator('.closes[data-namespace="billing"]').focus();
    await panel.page.keyboard.press('Enter');
    expect(await panel.page.evaluate(() => document.activeElement?.getAttribute('data-card'))).toBe('namespace:billing');
    expect((await panel.sent()).filter((message) => message.type === 'reveal' || message.type === 'selected')).toEqual([]);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});

describe('selection', () => {
  it('marks the resource, reveals its text and tells the extension', async () => {
    const panel = await opened();
    await panel.page.locator(card(cart)).click();
    const marked = (name: string): Promise<(string | null)[]> =>
      panel.page.locator(`.cards .${name}`).evaluateAll((all) => all.map((one) => one.getAttribute('data-card')));
    expect(await marked('selected')).toEqual([cart]);
    expect((await marked('own')).sort()).toEqual([`caller:deployment/default/cartservice`, 'deployment/default/cartservice']);
    expect(await panel.page.locator('.edges .related').count()).toBe(4);
    expect(await panel.page.locator('.bar-summary').textContent()).toBe('in from 2, out to 1; 1 pod; 2 policies');
    const sent = await panel.sent();
    expect(sent.find((message) => message.type === 'selected')).toMatchObject({ card: cart });
    expect(sent.find((message) => message.type === 'reveal')).toMatchObject({ at: { uri: 'file:///shop/cartservice.yaml' } });
    await panel.close();
  });

  it('traces between the selected one and the one that is clicked with Ctrl', async () => {
    const panel = await opened();
    await panel.page.locator(card('deployment/default/frontend')).click();
    await panel.page.locator(card(cart)).click({ modifiers: ['Control'] });
    expect((await panel.sent()).find((message) => message.type === 'ask')).toMatchObject({ question: { from: 'deployment/default/frontend', to: cart } });
    expect(await panel.page.locator('#tab-trace').getAttribute('aria-selected')).toBe('true');
    await panel.close();
  });

  it('traces from one to another by the two buttons, in either order', async () => {
    for (const [first, second] of [
      ['Trace from here', 'Trace to here'],
      ['Trace to here', 'Trace from here'],
    ] as const) {
      const panel = await opened();
      await panel.page.locator(card('deployment/default/frontend')).click();
      await panel.page.getByText(first, { exact: true }).click();
      expect(await panel.page.locator('.bar-pending').textContent()).toContain('frontend');
      await panel.page.locator(card('deployment/default/cartservice')).click();
      await panel.page.getByText(second, { exact: true }).click();
      const ends =
        first === 'Trace from here'
          ? { from: 'deployment/default/frontend', to: 'deployment/default/cartservice' }
          : { from: 'deployment/default/cartservice', to: 'deployment/default/frontend' };
      expect((await panel.sent()).find((message) => message.type === 'ask')).toMatchObject({ question: ends });
      await panel.close();
    }
  });

  it('follows the editor, and stops when told to', async () => {
    const panel = await opened();
    await panel.send({ type: 'select', revision: 1, card: cart });
    expect(await panel.page.locator('.bar-title').textContent()).toBe('cartservice');
    await panel.page.locator('vscode-button[aria-label="Follow the cursor in the editor"]').click();
    await panel.send({ type: 'select', revision: 2, card: 'service/default/redis-cart' });
    expect(await panel.page.locator('.bar-title').textContent()).toBe('cartservice');
    expect((await panel.sent()).find((message) => message.type === 'follow')).toMatchObject({ on: false });
    await panel.close();
  });

  it('says after it is ready that it was told not to follow', async () => {
    const panel = await browser.open({ state: { panel: { view: 'topology', selected: null, follow: false, question: null } } });
    const types = (await panel.sent()).map((message) => message.type);
    expect(types.indexOf('follow')).toBeGreaterThan(types.indexOf('ready'));
    await panel.close();
  });

  it('marks a caller and its workload together under the pointer', async () => {
    const panel = await opened();
    await panel.page.locator(card('caller:deployment/default/checkoutservice')).hover();
    expect((await panel.page.locator('.cards .hovered').evaluateAll((all) => all.map((one) => one.getAttribute('data-card')))).sort()).toEqual([
      'caller:deployment/default/checkoutservice',
      'deployment/default/checkoutservice',
    ]);
    await panel.close();
  });

  it('shows what a gate is made of', async () => {
    const panel = await opened();
    await panel.page.locator('[data-gate="deployment/default/cartservice"]').click();
    expect((await panel.sent()).find((message) => message.type === 'reveal')).toMatchObject({ at: { uri: 'file:///shop/network-policy-cartservice.yaml' } });
    await panel.close();
  });
});

describe('keyboard', () => {
  it('moves by arrows, selects and reveals by Enter', async () => {
    const panel = await opened();
    await panel.page.locator(card(cart)).click();
    await panel.page.keyboard.press('ArrowRight');
    expect(await panel.page.evaluate(() => document.activeElement?.getAttribute('data-card'))).toBe('deployment/default/cartservice');
    await panel.page.keyboard.press('ArrowUp');
    const above = await panel.page.evaluate(() => document.activeElement?.getAttribute('data-card'));
    expect(above).not.toBe('deployment/default/cartservice');
    await panel.page.keyboard.press('Enter');
    expect((await panel.sent()).filter((message) => message.type === 'selected').at(-1)).toMatchObject({ card: above });
    await panel.page.keyboard.press('Enter');
    expect((await panel.sent()).at(-1)?.type).toBe('reveal');
    await panel.page.keyboard.press('Escape');
    expect(await panel.page.locator('.bar-hint').count()).toBe(1);
    await panel.close();
  });

  it('comes to the drawing by Tab, to one card', async () => {
    const panel = await opened();
    expect(await panel.page.locator('.cards [tabindex="0"]').count()).toBe(1);
    expect(await panel.page.locator(card(cart)).getAttribute('aria-description')).toBe('cartservice, Service, namespace default, port 7070 grpc');
    await panel.close();
  });
});

describe('filter and zoom', () => {
  it('leaves what matches and what is joined to it', async () => {
    const panel = await opened();
    await panel.page.locator('.toolbar-search input').fill('redis');
    await panel.page.waitForTimeout(50);
    const shown = await panel.page.locator('.cards .card:not(.dimmed)').evaluateAll((all) => all.map((one) => one.getAttribute('data-card')));
    expect(shown.sort()).toEqual(['deployment/default/redis-cart', 'service/default/redis-cart']);
    expect(await panel.page.locator('.cards .dimmed').count()).toBe(1);
    await panel.close();
  });

  it('filters by kind through the toolkit’s dropdown', async () => {
    const panel = await opened();
    await panel.page.locator('.toolbar-kind vscode-dropdown').click();
    await panel.page.locator('.toolbar-kind vscode-option', { hasText: 'Deployment' }).click();
    await panel.page.waitForTimeout(50);
    expect(await panel.page.locator('.cards .card-card:not(.dimmed)').count()).toBe(12);
    await panel.close();
  });

  it('zooms, and keeps zoom, filter and selection over a reload', async () => {
    const panel = await opened();
    await panel.page.locator('vscode-button[aria-label="Zoom in"]').click();
    await panel.page.locator(card(cart)).click();
    await panel.page.locator('.toolbar-search input').fill('cart');
    await panel.page.waitForTimeout(300);
    const state = await panel.saved();
    await panel.close();
    const again = await opened({ state });
    expect(await again.page.locator('.zoom-text').textContent()).toBe('125 %');
    expect(await again.page.locator('.bar-title').textContent()).toBe('cartservice');
    expect(await again.page.locator('.cards .dimmed').count()).toBeGreaterThan(0);
    await again.close();
  });

  it('opens and closes the lane of containers', async () => {
    const panel = await opened();
    await panel.page.locator('.container-strip').click();
    expect(await panel.page.locator('.containers').count()).toBe(12);
    await panel.page.locator('vscode-button[aria-label="Hide the containers"]').click();
    expect(await panel.page.locator('.containers').count()).toBe(0);
    await panel.close();
  });
});

describe('free height', () => {
  const bottomOf = (panel: PanelPage, selector: string): Promise<number> =>
    panel.page.locator(selector).evaluate((element) => Math.round(element.getBoundingClientRect().bottom));
  const heights = (panel: PanelPage): Promise<readonly [number, number]> =>
    panel.page.locator('.scroller').evaluate((element) => [element.scrollHeight, element.clientHeight] as const);

  it.each([
    [900, 1400],
    [600, 1400],
    [1280, 1100],
  ])('belongs to the ground, and the legend stands above the bar, at %i by %i', async (width, height) => {
    const panel = await opened({ width, height });
    const [scrolls, shown] = await heights(panel);
    expect(scrolls).toBe(shown);
    expect(await bottomOf(panel, '.legend-place')).toBe(await bottomOf(panel, '.scroller'));
    expect(await bottomOf(panel, '.strip rect >> nth=0')).toBeGreaterThan((await bottomOf(panel, '.drawing')) - 4);
    await panel.page.locator(card(cart)).click();
    expect(await bottomOf(panel, '.legend-place')).toBe(await bottomOf(panel, '.scroller'));
    await panel.close();
  });

  it('is none where the drawing is tall: then it scrolls', async () => {
    const panel = await opened({ height: 500 });
    const [scrolls, shown] = await heights(panel);
    expect(scrolls).toBeGreaterThan(shown);
    await panel.close();
  });
});

describe('heads of the lanes', () => {
  it('never touch, at any zoom', async () => {
    const panel = await opened();
    for (let step = 0; step < 6; step++) {
      const boxes = await panel.page.locator('.lane-head').evaluateAll((all) =>
        all.map((head) => {
          const range = document.createRange();
          range.selectNodeContents(head);
          const { left, right } = range.getBoundingClientRect();
          return { left, right: Math.min(right, head.classList.contains('strip-head') ? right : head.getBoundingClientRect().right) };
        }),
      );
      for (const [index, box] of boxes.slice(1).entries()) expect(box.left, `step ${step}`).toBeGreaterThanOrEqual(boxes[index]?.right ?? 0);
      await panel.page.getByTitle('Zoom out').click();
    }
    await panel.close();
  });
});

describe('edges between collapsed namespaces', () => {
  it('are faint until one end is pointed at, and say how many they are', async () => {
    const panel = await browser.open();
    await panel.send(topologyMessage(largeTopology(200), 2));
    const edges = panel.page.locator('.edges .edge.weighted');
    expect(await edges.count()).toBeGreaterThan(0);
    expect(await panel.page.locator('.edges .edge.weighted title').first().textContent()).toMatch(/ → .*: \d+ connections/);
    expect(await panel.page.locator('.edges .edge.hovered').count()).toBe(0);
    await panel.page.locator(card('namespace:billing')).hover();
    const ends = await panel.page
      .locator('.edges .edge.hovered')
      .evaluateAll((all) => all.map((one) => [one.getAttribute('data-from'), one.getAttribute('data-to')].filter((id) => id?.endsWith('namespace:billing'))));
    expect(ends.length).toBeGreaterThan(0);
    expect(ends.every((mine) => mine.length > 0)).toBe(true);
    await panel.close();
  });
});

describe('narrow', () => {
  it('gives the name its room before the note, and says whom the pods may send to', async () => {
    const panel = await opened({ width: 300, height: 900 });
    await panel.send({ type: 'select', revision: 2, card: cart });
    const title = panel.page.locator('.narrow-title');
    expect(await title.textContent()).toBe('cartservice');
    expect(await title.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    // Whether there is room for the note depends on the fonts of the machine; where there is none, it is not there, rather than cut.
    expect(await panel.page.locator('.narrow-note').evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    expect(await panel.page.locator('.narrow-drawing').textContent()).toContain('sends anywhere');
    await panel.page.setViewportSize({ width: 460, height: 900 });
    await expect.poll(() => panel.page.locator('.narrow-note').textContent()).toBe('its neighbours');
    await panel.close();
  });

  it('shows one resource with its neighbours, then the rest by kind', async () => {
    const panel = await opened({ width: 300, height: 700 });
    await panel.send({ type: 'select', revision: 1, card: cart });
    expect((await panel.page.locator('.narrow-drawing .card').evaluateAll((all) => all.map((one) => one.getAttribute('data-card')))).sort()).toEqual([
      'caller:deployment/default/checkoutservice',
      'caller:deployment/default/frontend',
      'deployment/default/cartservice',
      cart,
      'service/default/redis-cart',
    ]);
    expect(await panel.page.locator('.scroller').isVisible()).toBe(false);
    const wider = await panel.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    expect(wider).toBe(false);
    await panel.page.locator('.narrow-drawing [data-card="service/default/redis-cart"]').click();
    expect((await panel.sent()).find((message) => message.type === 'selected')).toMatchObject({ card: 'service/default/redis-cart' });
    await panel.page.locator('summary', { hasText: 'Services' }).click();
    await panel.page.locator('.list-row', { hasText: 'adservice' }).first().click();
    expect(await panel.page.locator('.narrow-title').textContent()).toBe('adservice');
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});

describe('saved from the narrow page', () => {
  const menu = async (panel: PanelPage): Promise<string[]> => {
    await panel.page.getByTitle('More', { exact: true }).click();
    return panel.page.locator('.shell-head [role="menuitem"]:visible').allTextContents();
  };

  it('offers a drawing only where one is shown, and saves that one', async () => {
    const panel = await opened({ width: 300, height: 700 });
    expect((await menu(panel)).join()).not.toContain('SVG');
    await panel.page.keyboard.press('Escape');
    await panel.send({ type: 'select', revision: 1, card: cart });
    expect((await menu(panel)).join()).toContain('SVG');
    await panel.page.getByRole('menuitem', { name: 'Save the drawing as SVG…' }).click();
    await expect.poll(async () => (await panel.sent()).find((message) => message.type === 'save')).toBeDefined();
    const saved = (await panel.sent()).find((message) => message.type === 'save');
    expect(saved).toMatchObject({ format: 'svg', name: 'cartservice-neighbours' });
    expect(saved?.type === 'save' && saved.content).toContain('policy cartservice lets in 2');
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});

describe('a context chosen by hand', () => {
  it('is asked for again by a page that comes back', async () => {
    const panel = await browser.open({ state: { panel: { view: 'topology', selected: null, follow: true, question: null, context: 'overlays/prod' } } });
    expect((await panel.sent()).filter((message) => message.type === 'ready' || message.type === 'context')).toMatchObject([
      { type: 'ready' },
      { type: 'context', id: 'overlays/prod' },
    ]);
    await panel.close();
  });
});

describe('live', () => {
  it('drops what is older, and moves cards without losing the focus', async () => {
    const panel = await opened();
    await panel.page.locator(card(cart)).click();
    const without = { ...topology, cards: topology.cards.filter((one) => !one.id.endsWith('/adservice')) };
    await panel.send(topologyMessage(without, 7));
    expect(await panel.page.locator(card('service/default/adservice')).count()).toBe(0);
    expect(await panel.page.evaluate(() => document.activeElement?.getAttribute('data-card'))).toBe(cart);
    await panel.send(topologyMessage(topology, 6));
    expect(await panel.page.locator(card('service/default/adservice')).count()).toBe(0);
    await panel.close();
  });

  it('ignores messages that are not ours', async () => {
    const panel = await opened();
    await panel.page.evaluate(() => {
      for (const data of [null, 7, 'topology', { type: 'topology' }, { type: 'trace', revision: 'x' }, { type: 'evil', revision: 1 }])
        window.postMessage(data, '*');
    });
    await panel.page.waitForTimeout(50);
    expect(await panel.page.locator('.cards .card').count()).toBe(topology.cards.length);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});

describe('edges', () => {
  it('show what makes them', async () => {
    const panel = await opened();
    const point = await panel.page.locator('[data-from="caller:deployment/default/cartservice"] .edge-line').evaluate((path) => {
      const line = path as unknown as SVGPathElement;
      const middle = line.getPointAtLength(line.getTotalLength() / 2).matrixTransform(line.getScreenCTM() ?? undefined);
      return { x: middle.x, y: middle.y };
    });
    await panel.page.mouse.click(point.x, point.y);
    expect((await panel.sent()).find((message) => message.type === 'reveal')).toMatchObject({
      at: { uri: 'file:///shop/cartservice.yaml', path: ['spec', 'template', 'spec', 'containers', 0, 'env', 0, 'value'] },
    });
    await panel.close();
  });
});
