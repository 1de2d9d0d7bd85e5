/** A workspace, a context or an index out of manifests that stand in a test. */
import type { ContextIndex } from '../../server/src/cluster/createClusterIndex';
import { rules } from '../../server/src/rules/rules';
import type { WorkspaceOptions } from '../../server/src/workspace/options';
import { Workspace } from '../../server/src/workspace/workspace';
import type { Snapshot } from '../../server/src/workspace/snapshot';

export const testOptions: WorkspaceOptions = {
  rules,
  settingsRules: {},
  commandLineRules: {},
  cluster: {},
  unresolvedReferences: 'off',
  kubernetesVersion: '',
  closed: false,
  stdin: false,
  ruleFailed: (ruleId, error) => {
    throw new Error(`rule ${ruleId} threw`, { cause: error });
  },
};

export function uriOf(path: string): string {
  return `file:///workspace/${path}`;
}

/** `files`: path to text, or one text that becomes `main.yaml`. */
export function workspaceOf(files: string | Readonly<Record<string, string>>, options: Partial<WorkspaceOptions> = {}): Workspace {
  const workspace = new Workspace({ ...testOptions, ...options });
  for (const [path, text] of Object.entries(typeof files === 'string' ? { 'main.yaml': files } : files)) workspace.setFile(uriOf(path), path, text);
  return workspace;
}

export function snapshotOf(files: string | Readonly<Record<string, string>>, options: Partial<WorkspaceOptions> = {}): Snapshot {
  return workspaceOf(files, options).snapshot();
}

/** What rules see: an unspecified namespace stays so. */
export function indexOf(files: string | Readonly<Record<string, string>>, options: Partial<WorkspaceOptions> = {}): ContextIndex {
  const snapshot = snapshotOf(files, options);
  const [context] = snapshot.contexts;
  if (!context) throw new Error('the manifests of this test form no context');
  return snapshot.index(context);
}

/** What the simulator sees: an unspecified namespace is `default`. */
export function traceIndexOf(files: string | Readonly<Record<string, string>>, options: Partial<WorkspaceOptions> = {}): ContextIndex {
  const snapshot = snapshotOf(files, options);
  const [context] = snapshot.contexts;
  if (!context) throw new Error('the manifests of this test form no context');
  return snapshot.traceIndex(context);
}
