/** Which contexts there are, kept while an edit changes no identity: then only the members of its contexts are renewed. */
import type { Configuration } from '../contexts/configuration';
import { formContexts } from '../contexts/formContexts';
import { patchPaths } from '../contexts/kustomizeRoots';
import type { Context } from '../model/context';
import type { Resource } from '../model/resources';
import type { FileState } from './fileState';
import type { FileTable } from './fileTable';
import { clusterSettings, type WorkspaceOptions } from './options';

export interface Grouping {
  readonly contexts: readonly Context[];
  readonly byFile: ReadonlyMap<string, readonly number[]>;
  /** Uris of files that a kustomization names as patches. */
  readonly patchFiles: ReadonlySet<string>;
}

export interface ConfigurationFile {
  readonly uri: string;
  /** Relative to the workspace. */
  readonly folder: string;
  readonly configuration: Configuration;
}

export function groupFiles(states: Iterable<FileState>, options: WorkspaceOptions, configured: ConfigurationFile | undefined): Grouping {
  const files = [...states];
  const patches = patchPaths(files);
  const contexts = formContexts({
    files,
    closed: options.closed,
    settings: clusterSettings(options.cluster, options.kubernetesVersion),
    ...(configured ? { configuration: configured.configuration, configurationFolder: configured.folder } : {}),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.stdin ? { stdin: true } : {}),
  });
  const byFile = new Map<string, number[]>();
  contexts.forEach((context, place) => {
    for (const uri of context.files) {
      const list = byFile.get(uri);
      if (list) list.push(place);
      else byFile.set(uri, [place]);
    }
  });
  return { contexts, byFile, patchFiles: new Set(files.filter(({ path }) => patches.has(path)).map(({ uri }) => uri)) };
}

/** The same grouping with the members of the contexts of the changed files taken anew. */
export function renewMembers(grouping: Grouping, files: FileTable, changed: ReadonlyMap<string, readonly Resource[]>): Grouping {
  const places = new Set<number>();
  for (const uri of changed.keys()) for (const place of grouping.byFile.get(uri) ?? []) places.add(place);
  if (places.size === 0) return grouping;
  const contexts = grouping.contexts.map((context, place) => (places.has(place) ? { ...context, members: renewed(context, files, changed) } : context));
  return { ...grouping, contexts };
}

/** `changed`: what each file held before. The resources of a file stand together, so that they can be replaced in place. */
function renewed(context: Context, files: FileTable, changed: ReadonlyMap<string, readonly Resource[]>): readonly Resource[] {
  const members = [...context.members];
  for (const [uri, before] of changed) {
    const [first] = before;
    const now = files.get(uri)?.resources ?? [];
    const start = first === undefined ? -1 : members.indexOf(first);
    if (start < 0) {
      if (now.length === 0 || !context.files.includes(uri)) continue;
      return context.files.flatMap((file) => files.get(file)?.resources ?? []);
    }
    members.splice(start, before.length, ...now);
  }
  return members;
}
