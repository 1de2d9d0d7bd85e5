/** What stands under the cursor and can be traced. */
import type { Context } from '../model/context';
import { sourceOf } from '../model/origins';
import type { Path, SourceRef } from '../protocol/source';
import type { LspPosition, PlaceAt } from '../protocol/requests';
import { isPodHolder, type Resource } from '../model/resources';
import { pathAt } from '../syntax/locate';
import type { Snapshot } from '../workspace/snapshot';
import { endpointOf, labelOf } from './endpointNames';
import { toOffset } from './toLsp';

/** A resource as a context has it, found by a place in one of the files that say something of it. */
export function memberAt(
  snapshot: Snapshot,
  context: Context,
  at: { readonly uri: string; readonly document: number; readonly path: Path },
): Resource | undefined {
  const members = snapshot.membersIn(context, at.uri);
  const isWithin = ({ source }: Resource): boolean =>
    source.uri === at.uri && source.document === at.document && source.path.every((segment, place) => at.path[place] === segment);
  return (
    members.find(isWithin) ??
    onlyOne(members.filter(({ source }) => source.uri === at.uri && source.document === at.document)) ??
    // A patch speaks of one resource as a rule; a kustomization speaks of many, and then nothing says which is meant.
    onlyOne(members.filter(({ origins }) => origins?.documents.some(({ uri, document }) => uri === at.uri && document === at.document)))
  );
}

function onlyOne<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

/** The place that a position of a file stands for, from the root of its document; undefined where there is no document. */
export function sourceAt(snapshot: Snapshot, uri: string, position: LspPosition): SourceRef | undefined {
  const file = snapshot.files.get(uri);
  if (!file) return undefined;
  const offset = toOffset(file, position);
  const document = file.yaml.documents.findLastIndex((candidate) => candidate.start <= offset);
  const tree = file.yaml.documents[document];
  return tree && { uri, document, path: pathAt(tree, offset) };
}

/** The first context of the file counts; the panel lets a person choose another. */
export function placeAt(snapshot: Snapshot, uri: string, position: LspPosition): PlaceAt | null {
  const at = sourceAt(snapshot, uri, position);
  const [context] = snapshot.contextsOf(uri);
  const resource = at && context && memberAt(snapshot, context, at);
  if (!resource) return null;
  const index = snapshot.traceIndex(context);
  const container = containerAt(resource, at);
  const endpoint = endpointOf(resource, index, container);
  const whole = endpointOf(resource, index);
  return { context: context.id, endpoint, label: labelOf(resource), card: whole };
}

/** The name of the container that a path leads into, where the pod has more than one. */
function containerAt(resource: Resource, at: SourceRef): string | undefined {
  if (!isPodHolder(resource)) return undefined;
  const { containers } = resource.spec.template;
  if (containers.length < 2) return undefined;
  return containers.find((container) => {
    const { uri, document, path, span } = sourceOf(resource, container.path);
    return !span && uri === at.uri && document === at.document && path.length <= at.path.length && path.every((segment, place) => at.path[place] === segment);
  })?.name;
}
