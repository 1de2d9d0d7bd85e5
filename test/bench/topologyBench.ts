/** What the answer to the panel costs: the first one, and the one after an edit of a single document, while everything else stays. */
import { topologyAnswer } from '../../server/src/features/panelData';
import { workspaceOf, uriOf } from '../support/workspaceOf';
import { largeManifests } from '../webview/harness/largeManifests';
import { generateWorkspace } from './generateWorkspace';
import { median, percentiles, round, time } from './timing';

export interface TopologyFigures {
  readonly layout: 'many files' | 'a file for each namespace' | 'one file';
  readonly resources: number;
  readonly cards: number;
  /** Milliseconds. `first` follows an index and findings that nobody has asked for yet. */
  readonly first: number;
  readonly afterEdit: { readonly p50: number; readonly p95: number };
  readonly afterRename: { readonly p50: number; readonly p95: number };
}

export function measureTopology(resources: number, rounds: number): readonly TopologyFigures[] {
  const perTeam = largeManifests(Math.ceil(resources / 3));
  const applications = Object.fromEntries(generateWorkspace(Math.ceil(resources / 30) * 10).map(({ path, text }) => [path, text]));
  return [
    measure('many files', applications, rounds),
    measure('a file for each namespace', perTeam, rounds),
    measure('one file', { 'all.yaml': Object.values(perTeam).join('---\n') }, rounds),
  ];
}

function measure(layout: TopologyFigures['layout'], files: Readonly<Record<string, string>>, rounds: number): TopologyFigures {
  const first: number[] = [];
  const edit: number[] = [];
  const rename: number[] = [];
  let size = { resources: 0, cards: 0 };
  const paths = Object.keys(files);
  for (let round = 0; round < rounds; round++) {
    const workspace = workspaceOf(files);
    const snapshot = workspace.snapshot();
    first.push(time(() => topologyAnswer(snapshot, {})));
    const { topology } = topologyAnswer(snapshot, {});
    size = { resources: topology?.context.resources ?? 0, cards: topology?.cards.length ?? 0 };
    for (let turn = 0; turn < 10; turn++) {
      const path = paths[(turn * 37) % paths.length] ?? '';
      const text = files[path] ?? '';
      const after = (changed: string): number => {
        workspace.setFile(uriOf(path), path, changed);
        const now = workspace.snapshot();
        const taken = time(() => topologyAnswer(now, {}));
        workspace.setFile(uriOf(path), path, text);
        topologyAnswer(workspace.snapshot(), {});
        return taken;
      };
      edit.push(after(text.replace(/image: (\S+)/, `image: $1-${turn}`)));
      rename.push(after(text.replace(/(kind: Service\nmetadata:(?: \{)?\s*name: )/, `$1x${turn}`)));
    }
  }
  return { layout, ...size, first: round(median(first)), afterEdit: percentiles(edit), afterRename: percentiles(rename) };
}
