/**
 * Pictures of the panel: `npm run screenshots` writes those of the README from the example shop, then many states to look at into a
 * temporary folder (`PACKETPATH_GALLERY` names another). With words, only the states whose names hold one of them; `readme` stands for those of the README,
 * `editor` for the one that shows a whole VS Code.
 */
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToPanel } from '../../server/src/protocol/panel';
import type { Flow, RemedyEdit, Trace } from '../../server/src/protocol/trace';
import { topologyAnswer } from '../../server/src/features/panelData';
import { traceIn } from '../../server/src/features/traces';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import { snapshotOf, uriOf } from '../support/workspaceOf';
import { editorPicture } from './editorPicture.mts';
import { writeGallery } from './gallery';
import { bundleWebview, repository } from './harness/bundle';
import { startPanelBrowser, type PanelPage } from './harness/panelPage';
import type { ThemeName } from './harness/themes';

const shop = join(repository, 'examples', 'shop');
const images = join(repository, 'docs', 'images');
const usualWidth = 900;
const mostBytes = 150_000;

const acrossNodes = { cni: 'calico:vxlan', placement: 'other-node' } as const;
const workerToDatabase: Flow = { from: 'deployment/shop/worker', to: 'service/shop/database', port: 5432, options: acrossNodes };
const frontendToApi: Flow = { from: 'deployment/shop/frontend', to: 'service/shop/api', port: 8080, options: acrossNodes };

/** Two containers of one pod. */
const insidePod: Flow = { from: 'deployment/shop/api/metrics', to: 'localhost:8080' };

/** As the API_URL of the frontend has it: the look-up is part of the way. */
const byName: Flow = { from: 'deployment/shop/frontend', to: 'api:8080', options: { cni: 'calico:vxlan' } };

const files = Object.fromEntries(
  readdirSync(shop)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name, readFileSync(join(shop, name), 'utf8')]),
);
const written = snapshotOf(files);
const denied = traceOf(written, workerToDatabase);
const mended = snapshotOf(withEdit(denied.remedies.flatMap((remedy) => remedy.edits ?? [])[0]));

const words = process.argv.slice(2);

mkdirSync(images, { recursive: true });
await bundleWebview();
if (words[0] === 'editor') {
  await editorPicture(join(images, 'editor-dark.png'));
  process.exit(0);
}
const browser = await startPanelBrowser();
try {
  if (words.length === 0 || words[0] === 'readme') await readmePictures();
  await writeGallery(browser, process.env['PACKETPATH_GALLERY'] ?? join(tmpdir(), 'packetpath-gallery'), words);
} finally {
  await browser.close();
}

async function readmePictures(): Promise<void> {
  await picture('topology-dark', 'dark', written, undefined);
  await picture('trace-denied-light', 'light', written, denied, { end: '.why' });
  await picture('trace-delivered-dark', 'dark', mended, traceOf(mended, workerToDatabase), { end: '.outcome', hop: 'encapsulated' });
  await picture('trace-branching-dark', 'dark', written, traceOf(written, byName), { end: '.paths', hop: 'translated' });
  await picture('topology-light', 'light', written, undefined);
  await picture('trace-translated-dark', 'dark', written, traceOf(written, frontendToApi), { end: '.outcome', hop: 'translated' });
  await picture('trace-pod-light', 'light', written, traceOf(written, insidePod), { end: '.outcome', width: 720 });
  await picture('topology-narrow-dark', 'dark', written, undefined, { end: '.neighbours > :last-child', width: 300 });
  await picture('trace-narrow-dark', 'dark', mended, traceOf(mended, workerToDatabase), { end: '.timeline-place', width: 300, hop: 'encapsulated' });
}

interface Crop {
  /** The last part of the page that is shown. */
  readonly end: string;
  /** The hop at which the packet stands: the first with this verdict; the last one where none is asked for. */
  readonly hop?: string;
  readonly width?: number;
}

async function picture(name: string, theme: ThemeName, snapshot: Snapshot, trace: Trace | undefined, crop?: Crop): Promise<void> {
  const width = crop?.width ?? usualWidth;
  // The ground of a topology fills the page, so it begins low; a trace is as high as it is.
  const panel = await browser.open({ theme, width, height: trace || crop ? 1600 : 400, reducedMotion: true, font: 'Inter' });
  const { topology, contexts, endpoints, defaults } = topologyAnswer(snapshot, {});
  await panel.send({ type: 'topology', revision: 1, topology, contexts, endpoints, defaults });
  if (trace) await showTrace(panel, trace, crop?.hop);
  else await panel.send({ type: 'select', revision: 1, card: 'service/shop/api' });
  const end = crop?.end ?? (trace ? '.outcome' : undefined);
  await panel.page.waitForSelector(end ?? '.legend-place');
  const height = end === undefined ? await panel.page.evaluate(heightOfTopology) : await panel.page.evaluate(bottomOf, end);
  await panel.page.setViewportSize({ width, height });
  await panel.page.mouse.move(width - 1, height - 1);
  await new Promise((done) => setTimeout(done, 300));
  const file = join(images, `${name}.png`);
  await panel.page.screenshot({ path: file });
  const bytes = statSync(file).size;
  if (panel.complaints.length > 0 || bytes > mostBytes) throw new Error(`${name}: ${bytes} bytes; ${panel.complaints.join('; ')}`);
  console.log(`docs/images/${name}.png`.padEnd(44), `${(bytes / 1000).toFixed(1).padStart(6)} kB`);
  await panel.close();
}

async function showTrace(panel: PanelPage, trace: Trace, verdict: string | undefined): Promise<void> {
  await panel.send({ type: 'show', revision: 1, view: 'trace' });
  const answer: ToPanel = { type: 'trace', revision: 1, question: trace.flow, trace };
  await panel.send(answer);
  if (verdict === undefined) return;
  const hops = trace.branches[0]?.hops ?? [];
  const before = hops
    .slice(
      0,
      Math.max(
        0,
        hops.findIndex((hop) => hop.verdict === verdict),
      ),
    )
    .filter((hop) => hop.kind !== 'shared-volume');
  await panel.page.locator('.hop-row, .timeline-row').nth(before.length).click();
  await panel.page.locator('.trace').evaluate((element) => element.scrollTo(0, 0));
}

/** Run in the page. */
function bottomOf(selector: string): number {
  return Math.ceil(document.querySelector(selector)?.getBoundingClientRect().bottom ?? window.innerHeight);
}

/** Run in the page: what stands in the scrolled part, and the bar below it. */
function heightOfTopology(): number {
  const last = document.querySelector('.legend-place')?.getBoundingClientRect().bottom ?? 0;
  return Math.ceil(last + (document.querySelector('.selected-bar')?.getBoundingClientRect().height ?? 0));
}

function traceOf(snapshot: Snapshot, flow: Flow): Trace {
  const [context] = snapshot.contexts;
  const answer = context && traceIn(snapshot, context, flow);
  if (!answer?.ok || !answer.traces[0]) throw new Error(`no trace from ${flow.from} to ${flow.to}`);
  return answer.traces[0];
}

/** The shop after the edit that the panel proposes. */
function withEdit(edit: RemedyEdit | undefined): Readonly<Record<string, string>> {
  const name = Object.keys(files).find((path) => uriOf(path) === edit?.uri);
  if (!edit?.change || name === undefined) throw new Error('the denied trace proposes no exact edit');
  const { range, newText } = edit.change;
  const lines = (files[name] ?? '').split('\n');
  const offset = ({ line, column }: { readonly line: number; readonly column: number }): number =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  const text = files[name] ?? '';
  return { ...files, [name]: text.slice(0, offset(range.start)) + newText + text.slice(offset(range.end)) };
}
