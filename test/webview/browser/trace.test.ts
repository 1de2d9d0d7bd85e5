/** The trace view in Chromium: drawn, stepped, played, by keyboard, narrow and wide, asked, explained, in four themes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flow, Trace } from '../../../server/src/protocol/trace';
import { bundleWebview } from '../harness/bundle';
import { startPanelBrowser, type PanelBrowser, type PanelOptions, type PanelPage } from '../harness/panelPage';
import { themeNames } from '../harness/themes';
import { branching, defaults, delivered, denied, endpoints, evidence, hostile, inOnePod, notEnforced, samples, conditional } from '../samples/traces';

let browser: PanelBrowser;

beforeAll(async () => {
  await bundleWebview();
  browser = await startPanelBrowser();
});
afterAll(() => browser.close());

async function opened(trace: Trace | null, options: PanelOptions = {}, question: Flow | null = trace?.flow ?? null): Promise<PanelPage> {
  const panel = await browser.open(options);
  await panel.send({ type: 'topology', revision: 1, topology: null, contexts: [], endpoints, defaults, message: '' });
  await panel.send({ type: 'show', revision: 1, view: 'trace' });
  await panel.send({ type: 'trace', revision: 1, question, trace });
  return panel;
}

const text = async (panel: PanelPage, selector: string): Promise<string> =>
  (await panel.page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim();
const currentRow = (panel: PanelPage): Promise<string> => text(panel, '.hop-row.current .hop-index');

describe('a delivered packet', () => {
  it.each(themeNames)('is drawn in %s, and nothing complains', async (theme) => {
    const panel = await opened(delivered, { theme });
    expect(await panel.page.locator('.hop-row').count()).toBe(15);
    expect(await panel.page.locator('.trace-drawing .hop-number').count()).toBe(15);
    expect(await text(panel, '.outcome-words')).toBe('Delivered. checkout reaches cart on TCP 7070.');
    expect(await panel.page.locator('.trace-gate .gate-open').count()).toBe(2);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });

  it.each([
    [delivered, 900],
    [delivered, 600],
    [denied, 900],
    [denied, 600],
    [notEnforced, 900],
    [branching, 900],
    [branching, 600],
  ] as const)('keeps every text of the drawing inside its box (%#)', async (trace, width) => {
    const panel = await opened(trace, { width });
    const outside = await panel.page.evaluate(() =>
      [...document.querySelectorAll('.trace-drawing .station')].flatMap((group) => {
        const box = group.querySelector('.station-box')?.getBoundingClientRect();
        return [...group.querySelectorAll(':scope > text')]
          .filter((one) => {
            const own = one.getBoundingClientRect();
            return box && (own.left < box.left - 0.5 || own.right > box.right + 0.5);
          })
          .map((one) => one.textContent);
      }),
    );
    expect(outside).toEqual([]);
    // Our own words are never cut; what is cut is a device's name.
    const cut = await panel.page.locator('.trace-drawing .station-title').allTextContents();
    expect(cut.filter((title) => title.includes('…'))).toEqual([]);
    await panel.close();
  });

  it('is stepped by buttons, scrubber, station and row', async () => {
    const panel = await opened(delivered);
    expect(await currentRow(panel)).toBe('15');
    await panel.page.getByTitle('Back to the first hop').click();
    expect(await currentRow(panel)).toBe('1');
    await panel.page.getByTitle('One hop on').click();
    expect(await text(panel, '.transport-count')).toBe('Hop 2 of 15');
    await panel.page.locator('.scrubber').press('ArrowRight');
    expect(await currentRow(panel)).toBe('3');
    await panel.page.locator('.trace-drawing .station', { hasText: 'kube-proxy' }).click();
    expect(await currentRow(panel)).toBe('5');
    expect(await panel.page.locator('.trace-drawing .station.current .station-title').allTextContents()).toEqual(['kube-proxy']);
    expect(await panel.page.locator('[aria-live]').last().textContent()).toContain('Hop 5 of 15: kube-proxy translated');
    await panel.page.locator('.hop-row').nth(8).click();
    expect(await panel.page.locator('.between.current').count()).toBe(1);
    await panel.close();
  });

  it('is walked in the list by arrow keys, and Enter opens what decides the hop', async () => {
    const panel = await opened(delivered);
    await panel.page.locator('.hop-row.current').focus();
    await panel.page.keyboard.press('Home');
    for (let step = 0; step < 4; step += 1) await panel.page.keyboard.press('ArrowDown');
    expect(await currentRow(panel)).toBe('5');
    await panel.page.keyboard.press('Enter');
    expect(await panel.sent()).toContainEqual(expect.objectContaining({ type: 'reveal', at: { uri: 'file:///shop/cart.yaml', document: 0, path: ['spec'] } }));
    await panel.close();
  });

  it('plays a hop a second and stops at the end', async () => {
    const panel = await opened(inOnePod);
    await panel.page.getByTitle('Play', { exact: true }).click();
    expect(await currentRow(panel)).toBe('1');
    await panel.page.waitForTimeout(1100);
    expect(await currentRow(panel)).toBe('2');
    expect(await panel.page.locator('.packet').getAttribute('visibility')).toBe('visible');
    await panel.page.waitForTimeout(1500);
    expect(await currentRow(panel)).toBe('3');
    expect(await panel.page.getByTitle('Play', { exact: true }).isVisible()).toBe(true);
    expect(await panel.page.locator('.packet').getAttribute('visibility')).toBe('hidden');
    await panel.close();
  });

  it('strikes the old value out and lets the new one come while it plays, and not at a step', async () => {
    const panel = await opened(delivered);
    const moving = (): Promise<readonly number[]> =>
      panel.page.evaluate(() =>
        document
          .getAnimations()
          .filter((animation) => animation.effect?.getTiming().delay !== 0)
          .map((animation) => Number(animation.effect?.getTiming().duration))
          .sort((a, b) => a - b),
      );
    await panel.page.locator('.hop-row').nth(3).click();
    await panel.page.getByTitle('One hop on').click();
    expect(await moving()).toEqual([]);
    await panel.page.getByTitle('One hop back').click();
    await panel.page.getByTitle('Play', { exact: true }).click();
    await panel.page.locator('.hop-row.current .hop-index', { hasText: /^5$/ }).waitFor();
    // The old value in the list, the new one there and on the ribbon.
    expect(await moving()).toEqual([120, 180, 180]);
    await panel.page.getByTitle('One hop back').click();
    expect(await moving()).toEqual([]);
    await panel.close();
  });

  it('lets the octagon grow once where the packet stops', async () => {
    const panel = await opened(denied);
    await panel.page.locator('.hop-row').nth(6).click();
    await panel.page.getByTitle('Play', { exact: true }).click();
    await panel.page.locator('.hop-row.current .hop-index', { hasText: /^8$/ }).waitFor();
    const timings = await panel.page.evaluate(() => document.getAnimations().map((animation) => animation.effect?.getTiming()));
    const growing = timings.filter((timing) => timing?.duration === 160);
    expect(growing.length).toBeGreaterThan(0);
    expect(growing.every((timing) => timing?.iterations === 1)).toBe(true);
    await panel.close();
  });

  it('does not travel where less motion is asked for', async () => {
    const panel = await opened(inOnePod, { reducedMotion: true });
    await panel.page.getByTitle('Play', { exact: true }).click();
    await panel.page.waitForTimeout(1100);
    expect(await currentRow(panel)).toBe('2');
    expect(await panel.page.locator('.packet').getAttribute('visibility')).toBe('hidden');
    expect(await panel.page.evaluate(() => document.getAnimations().length)).toBe(0);
    await panel.close();
  });

  it('keeps its wording and its hop when the page comes back', async () => {
    const panel = await opened(delivered);
    await panel.page.locator('.question-right vscode-button', { hasText: 'Expert' }).click();
    await panel.page.locator('.hop-row').nth(4).click();
    expect(await text(panel, '.hop-row .hop-sentence')).toContain('expert:');
    await panel.page.waitForTimeout(250);
    const state = await panel.saved();
    await panel.close();
    const again = await opened(delivered, { state });
    expect(await text(again, '.hop-row .hop-sentence')).toContain('expert:');
    expect(await currentRow(again)).toBe('5');
    await again.close();
  });

  it('keeps the hop when the same question is answered again', async () => {
    const panel = await opened(delivered);
    await panel.page.locator('.hop-row').nth(4).click();
    await panel.send({ type: 'trace', revision: 2, question: delivered.flow, trace: structuredClone(delivered) });
    expect(await currentRow(panel)).toBe('5');
    await panel.close();
  });

  it('unfolds the flow of the look-up', async () => {
    const panel = await opened(delivered);
    expect(await text(panel, '.own-flow summary')).toBe('its own flow: 3 hops');
    await panel.page.locator('.own-flow summary').click();
    expect(await panel.page.locator('.own-flow-list > li:visible').count()).toBe(3);
    await panel.close();
  });
});

describe('a dropped packet', () => {
  it('says why and what would have to change', async () => {
    const panel = await opened(denied, { theme: 'light' });
    expect(await text(panel, '.outcome-words')).toBe('Dropped by an ingress policy. web does not reach cache on TCP 6379.');
    expect(await text(panel, '.code-line.marked')).toBe('30 app: cart');
    expect(await panel.page.locator('.policies .policy-row').allInnerTexts()).toEqual([
      'cache\nthe port matches, the sender does not',
      'deny-all\nlets nobody in',
    ]);
    expect(await panel.page.locator('.code-line.added').count()).toBe(3);
    expect(await panel.page.locator('.trace-gate .gate-stops').count()).toBe(1);
    expect(await panel.page.locator('.trace-drawing .station.missed').count()).toBe(3);
    expect(await panel.page.locator('.pod-box.missed text').allTextContents()).toEqual(['cache', 'pod, not reached']);
    expect(await panel.page.locator('.inset-bad .mono').allTextContents()).toEqual(['app: cart', 'app: web']);
    expect((await panel.page.locator('.ribbon-notes text').allTextContents()).join(' ')).toBe(
      'The packet ends here. No answer is sent; web waits until its own time-out.',
    );
    await panel.page.locator('vscode-button', { hasText: 'Preview the edit' }).click();
    await panel.page.locator('.why-head vscode-link').first().click();
    expect(await panel.sent()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'preview', remedy: 0 }),
        expect.objectContaining({ type: 'reveal', at: expect.objectContaining({ uri: 'file:///shop/policy-cache.yaml' }) as unknown }),
      ]),
    );
    await panel.close();
  });

  it('points at the rule that denies, not at the policies that select', async () => {
    const [path] = denied.branches;
    const last = path?.hops.at(-1);
    if (!path || !last) throw new Error('no hop');
    const selecting = ['deny-all', 'policy-cache'].map((name) => ({
      ...evidence(`${name}.yaml`, 9, 'selects', `${name} selects the pod`),
      excerpt: { firstLine: 9, lines: ['spec:'], marked: [9] },
    }));
    const denying = last.because.filter(({ role }) => role === 'denies');
    expect(denying).toHaveLength(1);
    const turned = { ...denied, branches: [{ ...path, hops: [...path.hops.slice(0, -1), { ...last, because: [...selecting, ...denying] }] }] };
    const panel = await opened(turned);
    expect(await text(panel, '.why-head vscode-link')).toBe('policy-cache.yaml:30');
    expect(await text(panel, '.code-line.marked')).toBe('30 app: cart');
    expect((await panel.page.locator('.inset-bad').textContent())?.startsWith('cache')).toBe(true);
    await panel.close();
  });

  it('shows posts that guard nothing where no policy is enforced', async () => {
    const panel = await opened(notEnforced);
    expect(await panel.page.locator('.trace-gate .gate-not-enforced').count()).toBe(2);
    expect(await text(panel, '.outcome-words strong')).toBe('Delivered, and nothing guards it.');
    expect(await text(panel, '.outcome-warning')).toContain('flannel enforces no NetworkPolicy');
    await panel.close();
  });
});

describe('a packet of which something is not known', () => {
  const open = conditional;

  it('goes on only under a condition, and wears no mark of arrival', async () => {
    const panel = await opened(open);
    expect(await text(panel, '.hop-condition')).toBe('If it is let through:');
    expect(await panel.page.locator('.hop-condition + .hop-row .hop-index').innerText()).toBe('13');
    expect(await text(panel, '.hop-row:last-child .verdict')).toBe('would be delivered');
    expect(await panel.page.locator('.hop-row > .hop-mark .mark-delivered, .trace-drawing .mark-delivered').count()).toBe(0);
    expect(await panel.page.locator('.trace-link.conditional').count()).toBe(3);
    const dashes = await panel.page
      .locator('.trace-link.conditional .trace-link-line')
      .first()
      .evaluate((line) => getComputedStyle(line).strokeDasharray);
    expect(dashes).not.toBe('none');
    expect(await panel.page.locator('.scrub-done.conditional').count()).toBe(1);
    await panel.close();
  });

  it('says so in the timeline, too', async () => {
    const panel = await opened(open, { width: 300 });
    expect(await text(panel, '.hop-condition')).toBe('If it is let through:');
    expect(await panel.page.locator('.timeline .mark-delivered').count()).toBe(0);
    expect(await text(panel, '.timeline-row.last .verdict')).toBe('would be delivered');
    await panel.close();
  });
});

describe('what can be asked next', () => {
  const change = { range: { start: { line: 3, column: 1 }, end: { line: 3, column: 1 } }, newText: 'a: b\n' };
  const edits = [{ at: { uri: 'file:///shop/web.yaml', document: 0, path: ['spec'] }, insert: 'a: b', change }];
  const other: Flow = { from: 'deployment/shop/web', to: 'service/shop/cart', port: 7070, protocol: 'TCP' };

  it.each([900, 300])('a tip with an edit stands below the paths at %i, and is traced', async (width) => {
    const tips = [
      { what: 'Told only.', helps: true },
      { what: 'With `a: b` <b>it</b> would differ.', helps: true, edits, ask: 'Trace with b' },
    ];
    const panel = await opened({ ...branching, tips }, { width });
    expect(await panel.page.locator('.tip').allInnerTexts()).toEqual(['Told only.', 'With a: b <b>it</b> would differ. Trace with b']);
    await panel.page.locator('.tip vscode-link', { hasText: 'Trace with b' }).click();
    expect((await panel.sent()).at(-1)).toMatchObject({ type: 'try', remedy: 1, list: 'tips' });
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });

  it('a tip with another question is a button beside the outcome, in a narrow page a link', async () => {
    const trace: Trace = { ...notEnforced, tips: [{ what: 'Calico would ask them.', helps: true, flow: other, ask: 'Trace with calico' }] };
    const wide = await opened(trace);
    await wide.page.locator('.outcome-line vscode-button', { hasText: 'Trace with calico' }).click();
    expect((await wide.sent()).at(-1)).toMatchObject({ type: 'ask', question: other });
    expect(await wide.page.locator('.tips').count()).toBe(0);
    await wide.close();
    const narrow = await opened(trace, { width: 300 });
    await narrow.page.locator('.tip vscode-link').click();
    expect((await narrow.sent()).at(-1)).toMatchObject({ type: 'ask', question: other });
    await narrow.close();
  });

  it('a remedy with another question has a link to it', async () => {
    const panel = await opened({ ...denied, remedies: [...denied.remedies, { what: 'Or go through cart.', helps: true, flow: other }] });
    await panel.page.locator('.remedy vscode-link', { hasText: 'Trace that' }).click();
    expect((await panel.sent()).at(-1)).toMatchObject({ type: 'ask', question: other });
    await panel.close();
  });

  it('an assumption is told quietly, a warning is not', async () => {
    const panel = await opened({ ...delivered, warnings: ['It may rain.', 'No namespace is written.'], assumptions: ['No namespace is written.'] });
    expect(await panel.page.locator('.outcome-warning:not(.outcome-assumption)').allInnerTexts()).toEqual(['It may rain.']);
    expect(await panel.page.locator('.outcome-assumption').allInnerTexts()).toEqual(['No namespace is written.']);
    await panel.close();
  });
});

describe('what stays in a pod', () => {
  const rows = (panel: PanelPage): Promise<readonly string[]> =>
    panel.page
      .locator('.in-pod-shared')
      .evaluateAll((groups) => groups.map((group) => [...group.querySelectorAll('text')].map((one) => one.firstChild?.textContent ?? '').join(' | ')));

  it.each(themeNames)('is drawn in %s with what the containers share', async (theme) => {
    const panel = await opened(inOnePod, { theme, width: 600 });
    expect(await rows(panel)).toEqual([
      'reads at | /backup | read only | writes at | /data | shared volume | cache-data | emptyDir',
      'sees it | sees it | shared memory (IPC)',
      'sees its own only | sees its own only | processes: not shared',
    ]);
    // What is written at the right is read at the left.
    const arrows = await panel.page.locator('.in-pod-share.flows').evaluateAll((lines) => lines.map((line) => line.getAttribute('d') ?? ''));
    for (const arrow of arrows) expect(Number(/H([\d.]+)/.exec(arrow)?.[1])).toBeLessThan(Number(/M([\d.]+)/.exec(arrow)?.[1]));
    expect(arrows.length).toBe(2);
    expect(await text(panel, '.pod-foot')).toBe('pause starts first and holds the network. A container can restart without losing the pod’s address.');
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });

  it.each([480, 600, 900])('keeps its texts inside their boxes at %i', async (width) => {
    const panel = await opened(inOnePod, { width });
    const outside = await panel.page.evaluate(() =>
      [...document.querySelectorAll('.in-pod-shared')].flatMap((group) => {
        const boxes = [...group.querySelectorAll('rect')].map((rect) => rect.getBoundingClientRect());
        return [...group.querySelectorAll('text')]
          .filter((one) => {
            const own = one.getBoundingClientRect();
            return !boxes.some((box) => own.left >= box.left && own.right <= box.right);
          })
          .map((one) => one.textContent);
      }),
    );
    expect(outside).toEqual([]);
    await panel.close();
  });
});

describe('several paths', () => {
  it('stand in a table of which one is drawn, with its share as the width of its lines', async () => {
    const panel = await opened(branching);
    expect(await panel.page.locator('.path-row').count()).toBe(6);
    const widths = await panel.page
      .locator('.trace-link-line')
      .evaluateAll((all) => all.map((line) => Number(line.getAttribute('stroke-width'))).sort((a, b) => b - a));
    // All connections, two halves, then sixths of them.
    expect(widths.slice(0, 3)).toEqual([9, 4.5, 4.5]);
    expect(widths.filter((width) => width === 1.5)).toHaveLength(6);
    expect(await panel.page.locator('.fork-stop.on-way').count()).toBeLessThan(await panel.page.locator('.fork-stop').count());
    await panel.page.locator('.path-row').nth(2).click();
    expect(await panel.page.locator('.node-box').count()).toBe(2);
    expect(await text(panel, '.hop-head-what')).toBe('What happens on path 3');
    await panel.page.locator('.path-row.current').focus();
    await panel.page.keyboard.press('ArrowDown');
    expect(await text(panel, '.path-row.current')).toContain('node-2');
    expect(await panel.page.evaluate(() => document.activeElement?.classList.contains('path-row'))).toBe(true);
    await panel.close();
  });
});

describe('the question', () => {
  it.each([480, 520, 570, 640, 719])('has room for its words at %i, and a tooltip for each control', async (width) => {
    const panel = await opened(delivered, { width }, { ...delivered.flow, options: { cni: 'calico:vxlan', placement: 'other-node', proxyMode: 'nftables' } });
    const labels = await panel.page
      .locator('.question .dropdown-label')
      .evaluateAll((all) =>
        all.filter((one) => one.getClientRects().length > 0).map((one) => ({ text: one.textContent, cut: one.scrollWidth > one.clientWidth })),
      );
    expect(labels.map((label) => label.text)).toEqual(['checkout', 'cart', '7070', 'TCP', 'on two nodes', 'calico, VXLAN', 'nftables', 'any']);
    expect(labels.filter((label) => label.cut)).toEqual([]);
    const controls = panel.page.locator('.question .dropdown-value, .question .picker-button');
    const titles = await controls.evaluateAll((all) => all.map((one) => one.getAttribute('title')?.split(':')[0]));
    const names = await controls.evaluateAll((all) =>
      all.map((one) => one.closest('vscode-dropdown')?.getAttribute('aria-label') ?? one.closest('.picker')?.querySelector('.field-label')?.textContent),
    );
    expect(titles).toEqual(names);
    expect(titles).toHaveLength(9);
    const [from, port] = await Promise.all(['.cell-from', '.cell-port'].map((cell) => panel.page.locator(`.question-controls ${cell}`).boundingBox()));
    expect(port?.y ?? 0).toBeGreaterThan((from?.y ?? 0) + (from?.height ?? 0));
    await panel.close();
  });

  it('is asked with what the controls say', async () => {
    const panel = await opened(delivered);
    await panel.page.locator('.question-row vscode-button', { hasText: 'Trace' }).click();
    expect((await panel.sent()).filter(({ type }) => type === 'ask').at(-1)).toMatchObject({
      question: { from: 'deployment/shop/checkout', to: 'service/shop/cart', port: 7070, protocol: 'TCP' },
    });
    await panel.page.locator('.cell-cni vscode-dropdown').click();
    await panel.page.locator('.cell-cni vscode-option', { hasText: 'cilium, native' }).click();
    expect((await panel.sent()).filter(({ type }) => type === 'ask').at(-1)).toMatchObject({ question: { options: { cni: 'cilium:native' } } });
    await panel.page.locator('.question-controls').getByTitle('Swap From and To').click();
    expect((await panel.sent()).filter(({ type }) => type === 'ask').at(-1)).toMatchObject({
      question: { from: 'service/shop/cart', to: 'deployment/shop/checkout' },
    });
    await panel.close();
  });

  it('says what is wrong with it, and what to do without one', async () => {
    const panel = await opened(null);
    expect(await text(panel, '.trace .empty')).toContain('Choose where it starts and where it goes');
    await panel.send({ type: 'trace', revision: 2, question: delivered.flow, trace: null, error: 'There is no deployment/shop/checkout here.' });
    expect(await text(panel, '.trace [role=alert]')).toBe('There is no deployment/shop/checkout here.');
    await panel.close();
  });

  it('copies the trace', async () => {
    const panel = await opened(delivered);
    for (const item of ['Mermaid diagram', 'Markdown table', 'Command']) {
      await panel.page.locator('.question-right vscode-button', { hasText: 'Copy as' }).click();
      await panel.page.getByRole('menuitem', { name: item }).click();
    }
    expect((await panel.sent()).flatMap((message) => (message.type === 'copy' ? [message.what] : []))).toEqual(['mermaid', 'markdown', 'command']);
    await panel.close();
  });
});

describe('widths', () => {
  it('is a timeline with joined hops at 300, behind a pencil the form', async () => {
    const panel = await opened(delivered, { width: 300 });
    expect(await panel.page.locator('.trace-drawing').count()).toBe(0);
    expect(await panel.page.locator('.timeline-number').allInnerTexts()).toEqual(['1', '2', '3–4', '5', '6', '7', '8', '9', '10', '11', '12', '13–14', '15']);
    expect(await panel.page.locator('.timeline-box').count()).toBe(2);
    expect(await panel.page.locator('.question-controls').isVisible()).toBe(false);
    await panel.page.getByTitle('Edit the question').click();
    expect(await panel.page.locator('.question-controls').isVisible()).toBe(true);
    await panel.close();
  });

  it.each([
    [300, 'delivered'],
    [360, 'denied'],
    [480, 'branching'],
    [600, 'denied'],
    [900, 'toInternet'],
    [1200, 'delivered'],
  ] as const)('does not scroll sideways at %i', async (width, name) => {
    const panel = await opened(samples[name], { width });
    const overflow = await panel.page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.trace, .answer-main, .answer-side')]
        .filter((each) => each.scrollWidth > each.clientWidth + 1)
        .map((each) => each.className),
    );
    expect(overflow).toEqual([]);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });

  it('has the list beside the drawing from 1200, and draws again when the width changes', async () => {
    const panel = await opened(delivered, { width: 1280 });
    const boxes = await Promise.all(['.drawing-ground', '.hop-list'].map((each) => panel.page.locator(each).boundingBox()));
    expect((boxes[0]?.x ?? 0) + (boxes[0]?.width ?? 0)).toBeLessThanOrEqual(boxes[1]?.x ?? 0);
    await panel.page.setViewportSize({ width: 300, height: 800 });
    await panel.page.locator('.timeline').waitFor();
    await panel.close();
  });
});

describe('the table of paths at 300', () => {
  it('has two lines a path, and says the outcome to a screen reader', async () => {
    const panel = await opened(branching, { width: 300 });
    const heights = await panel.page.locator('.path-row').evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
    expect(Math.max(...heights)).toBeLessThan(46);
    expect(await panel.page.locator('.path-row').first().locator('td').allTextContents()).toEqual(['16.7 %', 'node-1 → web-1on node-1', 'delivered']);
    await panel.close();
  });
});

describe('hostile names', () => {
  it.each([900, 300])('stay text at %i', async (width) => {
    const panel = await opened(hostile, { width });
    expect(await panel.page.locator('.trace img, .trace script, .trace b').count()).toBe(0);
    expect(
      await panel.page
        .locator(width === 900 ? '.hop-row' : '.timeline-row')
        .first()
        .innerText(),
    ).toContain('<script>alert(1)</script>');
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});
