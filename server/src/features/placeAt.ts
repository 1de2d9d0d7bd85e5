/** What stands under the cursor and can be traced. */
import type { Path } from '../protocol/source';
import type { LspPosition, PlaceAt } from '../protocol/requests';
import { isPodHolder, type Resource } from '../model/resources';
import { pathAt } from '../syntax/locate';
import type { Snapshot } from '../workspace/snapshot';
import { endpointOf, labelOf } from './endpointNames';
import { toOffset } from './toLsp';

/** The resource at a position and the path from its root; undefined in text that is no manifest. */
export function resourceAt(snapshot: Snapshot, uri: string, position: LspPosition): { readonly resource: Resource; readonly path: Path } | undefined {
  const file = snapshot.files.get(uri);
  if (!file) return undefined;
  const offset = toOffset(file, position);
  const document = file.yaml.documents.findLastIndex((candidate) => candidate.start <= offset);
  const tree = file.yaml.documents[document];
  if (!tree) return undefined;
  const path = pathAt(tree, offset);
  const here = file.resources.filter((resource) => resource.source.document === document);
  const resource = here.find(({ source }) => source.path.every((segment, place) => path[place] === segment)) ?? (here.length === 1 ? here[0] : undefined);
  if (!resource) return undefined;
  const within = resource.source.path.every((segment, place) => path[place] === segment);
  return { resource, path: within ? path.slice(resource.source.path.length) : [] };
}

/** The first context of the file counts; the panel lets a person choose another. */
export function placeAt(snapshot: Snapshot, uri: string, position: LspPosition): PlaceAt | null {
  const at = resourceAt(snapshot, uri, position);
  const [context] = snapshot.contextsOf(uri);
  if (!at || !context) return null;
  const index = snapshot.traceIndex(context);
  const container = containerAt(at.resource, at.path);
  const endpoint = endpointOf(at.resource, index, container);
  const whole = endpointOf(at.resource, index);
  return { context: context.id, endpoint, label: labelOf(at.resource), card: whole };
}

/** The name of the container that a path leads into, where the pod has more than one. */
function containerAt(resource: Resource, path: Path): string | undefined {
  if (!isPodHolder(resource)) return undefined;
  const { containers } = resource.spec.template;
  if (containers.length < 2) return undefined;
  return containers.find((container) => container.path.length <= path.length && container.path.every((segment, place) => path[place] === segment))?.name;
}
