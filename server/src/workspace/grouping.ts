/** Which contexts there are, kept while an edit changes no identity: then only the members of its contexts are renewed. */
import { formContexts, isBuilt, rebuilt } from '../contexts/formContexts';
import { patchPaths } from '../contexts/kustomizeRoots';
import type { Context } from '../model/context';
import type { Resource } from '../model/resources';
import type { ConfigurationFile } from './configurations';
import type { FileState } from './fileState';
import type { FileTable } from './fileTable';
import { clusterSettings, type WorkspaceOptions } from './options';

export interface Grouping {
  readonly contexts: readonly Context[];
  readonly byFile: ReadonlyMap<string, readonly number[]>;
  /** Uris of files that a kustomization names as patches. */
  readonly patchFiles: ReadonlySet<string>;
}

export function groupFiles(states: Iterable<FileState>, options: WorkspaceOptions, configurations: readonly ConfigurationFile[]): Grouping {
  const files = [...states];
  const patches = patchPaths(files);
  const contexts = formContexts({
    files,
    closed: options.closed,
    settings: clusterSettings(options.cluster, options.kubernetesVersion),
    configurations,
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
  const contexts = grouping.contexts.map((context, place) => {
    if (!places.has(place)) return context;
    return isBuilt(context) ? rebuilt(context, ({ uri }) => files.get(uri)) : { ...context, members: renewed(context, files, changed) };
  });
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
