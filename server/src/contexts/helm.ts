/** Helm charts: which folders are one, which files each takes in, and what stays unknown because nothing is rendered. */
import type { ContextFile } from './formContexts';
import { folderOf, nameOf } from './paths';

/** Folders with a `Chart.yaml`, relative to the workspace, `.` for the workspace folder. */
export function chartFolders(files: Iterable<Pick<ContextFile, 'path'>>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { path } of files) if (isChartFile(path)) folders.add(folderOf(path));
  return folders;
}

export function isChartFile(path: string): boolean {
  return nameOf(path) === 'Chart.yaml';
}

/**
 * The chart that a file is installed with: it stands in `templates/` or `crds/` of a chart, and a chart in the `charts/` folder of another belongs to
 * that one (https://helm.sh/docs/topics/charts/#the-chart-file-structure). Undefined for everything else in a chart's folder, which Helm does not
 * install. `scope`: not beyond this folder.
 */
export function chartOf(path: string, scope: string, charts: ReadonlySet<string>): string | undefined {
  if (charts.size === 0) return undefined;
  const own = nearestChart(path, scope, charts);
  if (own === undefined || !/^(templates|crds)\//.test(own === '.' ? path : path.slice(own.length + 1))) return undefined;
  let chart = own;
  for (let parent = parentChart(chart); parent !== undefined && charts.has(parent) && isWithin(parent, scope); parent = parentChart(chart)) chart = parent;
  return chart;
}

/** What the context of a chart cannot know. */
export function notRendered(folder: string, templates: number): readonly string[] {
  if (templates === 0) return [];
  const where = folder === '.' ? 'the chart' : folder;
  return [`what ${templates === 1 ? 'the template' : `the ${templates} templates`} of ${where} would write: values, conditions and includes are not rendered`];
}

function nearestChart(path: string, scope: string, charts: ReadonlySet<string>): string | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (charts.has(folder)) return folder;
    if (folder === scope || folder === '.') return undefined;
  }
}

/** `a` for `a/charts/b`. */
function parentChart(chart: string): string | undefined {
  const holder = folderOf(chart);
  return chart !== '.' && nameOf(holder) === 'charts' && holder !== '.' ? folderOf(holder) : undefined;
}

function isWithin(folder: string, scope: string): boolean {
  return scope === '.' || folder === scope || folder.startsWith(`${scope}/`);
}
