/**
 * What the panel's page costs in Chromium, printed as JSON: first paint of a context of 2,000 resources, an edit repainted, and the frames of an
 * animation. Medians of five, on the machine that it runs on: `npm run bench -- panel`.
 */
import type { CDPSession, Page } from 'playwright-core';
import { topologyAnswer } from '../../server/src/features/panelData';
import { traceIn } from '../../server/src/features/traces';
import type { ToPanel } from '../../server/src/protocol/panel';
import { snapshotOf } from '../support/workspaceOf';
import { bundleWebview } from '../webview/harness/bundle';
import { largeManifests } from '../webview/harness/largeManifests';
import { startPanelBrowser, type PanelPage } from '../webview/harness/panelPage';

const runs = 5;
const parts = 667;

const snapshot = snapshotOf(largeManifests(parts));
const { topology, contexts, endpoints, defaults } = topologyAnswer(snapshot, {});
if (!topology) throw new Error('the generated manifests form no context');
const whole = { type: 'topology' as const, revision: 1, topology, contexts, endpoints, defaults };
const selected = 'service/team-13/part-0013';

await bundleWebview();
const browser = await startPanelBrowser();
try {
  const figures = {
    resources: topology.context.resources,
    cards: topology.cards.length,
    runs,
    firstPaint: await measured(firstPaint),
    firstPaintOfOpenNamespaces: await measured(firstPaintOpen),
    editRepainted: await measured(edit),
    editRepaintedOpenNamespaces: await measured(editOpen),
    animationFrames: await frames(),
  };
  console.log(JSON.stringify(figures, undefined, 2));
} finally {
  await browser.close();
}

async function measured(run: () => Promise<number>): Promise<{ readonly medianMilliseconds: number; readonly all: readonly number[] }> {
  const all: number[] = [];
  for (let count = 0; count < runs; count++) all.push(round(await run()));
  return { medianMilliseconds: median(all), all };
}

/** From the message with the data to the frame that shows it. */
async function firstPaint(): Promise<number> {
  const panel = await browser.open({ width: 900, height: 980 });
  const time = await shown(panel.page, [whole]);
  await panel.close();
  return time;
}

async function firstPaintOpen(): Promise<number> {
  const panel = await browser.open({ width: 900, height: 980, state: { topology: { openNamespaces: topology?.namespaces.slice(0, 8) ?? [] } } });
  const time = await shown(panel.page, [whole]);
  await panel.close();
  return time;
}

/** A changed replica count and a new port, as an edit of the text gives them: the message anew, with one card that differs. */
async function edit(): Promise<number> {
  return editIn({ type: 'select', revision: 1, card: selected }, {});
}

async function editOpen(): Promise<number> {
  return editIn(undefined, { topology: { openNamespaces: topology?.namespaces.slice(0, 8) ?? [] } });
}

async function editIn(before: ToPanel | undefined, state: unknown): Promise<number> {
  const panel = await browser.open({ width: 900, height: 980, state });
  await panel.send(whole);
  if (before) await panel.send(before);
  await rest(panel);
  const changed: ToPanel = {
    ...whole,
    revision: 2,
    topology: topology && { ...topology, cards: topology.cards.map((card) => (card.id === 'deployment/team-13/part-0013' ? { ...card, replicas: 9 } : card)) },
  };
  const time = await shown(panel.page, [changed]);
  await panel.close();
  return time;
}

async function rest(panel: PanelPage): Promise<void> {
  await panel.page.waitForTimeout(400);
}

/** The messages are put into the page before the clock starts: copying them into it is the debugger's cost and not the page's. */
async function shown(page: Page, messages: readonly ToPanel[]): Promise<number> {
  await page.evaluate((data) => void ((globalThis as unknown as { data: unknown }).data = data), messages);
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        const { data } = globalThis as unknown as { data: readonly unknown[] };
        const start = performance.now();
        for (const message of data) window.dispatchEvent(new MessageEvent('message', { data: message }));
        // The frame after the next one begins when the first has been painted.
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => done(performance.now() - start);
          channel.port2.postMessage(undefined);
        });
      }),
  );
}

/** Script, style and layout of each frame while a path is played, from the browser's own counters. */
async function frames(): Promise<{ readonly frames: number; readonly medianMilliseconds: number; readonly p95Milliseconds: number }> {
  const panel = await browser.open({ width: 900, height: 980 });
  await panel.send(whole);
  const context = topology && snapshot.context(topology.context.id);
  const flow = {
    from: 'deployment/team-13/part-0013',
    to: 'service/team-15/part-0338',
    port: 8038,
    options: { cni: 'calico:vxlan', placement: 'other-node' },
  } as const;
  const answer = context && traceIn(snapshot, context, flow);
  if (!answer?.ok || !answer.traces[0]) throw new Error('the bench has no trace to play');
  await panel.send({ type: 'show', revision: 1, view: 'trace' });
  await panel.send({ type: 'trace', revision: 1, question: flow, trace: answer.traces[0] });
  await rest(panel);
  const session = await panel.page.context().newCDPSession(panel.page);
  await session.send('Performance.enable');
  await panel.page.getByTitle('Play', { exact: true }).click();
  const costs: number[] = [];
  let before = await counters(session);
  const end = Date.now() + 6_000;
  while (Date.now() < end) {
    await panel.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    const now = await counters(session);
    // Between two hops nothing moves; such frames would make the figures look better than they are.
    if (now - before > 0.02) costs.push(now - before);
    before = now;
  }
  await panel.close();
  costs.sort((a, b) => a - b);
  return { frames: costs.length, medianMilliseconds: round(median(costs)), p95Milliseconds: round(costs[Math.floor(costs.length * 0.95)] ?? 0) };
}

/** Milliseconds of script, style and layout so far. */
async function counters(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return (value('ScriptDuration') + value('LayoutDuration') + value('RecalcStyleDuration')) * 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
