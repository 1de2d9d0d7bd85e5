/** Where the values of a resource stand that Kustomize put together out of several files. */
import type { Path, PathSegment, SourceRef } from '../protocol/source';
import type { Resource } from './resources';

/** One value of a transformed resource. What `below` does not name stands below `at`, under the same steps. */
export interface Origin {
  /** Its `span` is set where the value is written inside of a scalar: an inline patch. */
  readonly at: SourceRef;
  /** The text there reads otherwise: a name that got a prefix, a reference to such a name. */
  readonly derived?: true;
  readonly below?: ReadonlyMap<PathSegment, Origin>;
}

/** Of a resource that a kustomization changed. */
export interface Origins {
  /** The same as it stands in its file; undefined for one that a generator makes. */
  readonly original: Resource | undefined;
  readonly root: Origin;
  /** Every document that it has a value of, its own first. */
  readonly documents: readonly Pick<SourceRef, 'uri' | 'document'>[];
  /** A program wrote it. `twin`: the same object as the files say it, as far as they do. */
  readonly rendered?: { readonly twin: Resource | undefined };
}

/** The place of the value at a path of a resource; of a path that leads too far the place below its nearest ancestor. */
export function sourceOf(resource: Resource, path: Path = []): SourceRef {
  const { origins, source } = resource;
  if (!origins) return { uri: source.uri, document: source.document, path: source.path.length === 0 ? path : [...source.path, ...path] };
  const { origin, steps } = nearestOrigin(origins.root, path);
  return below(origin.at, path.slice(steps));
}

/**
 * The place of a value that an edit may change: undefined where the text there is not the value itself, or where a value of its own stands
 * within it that another place gives.
 */
export function editableSource(resource: Resource, path: Path): SourceRef | undefined {
  const { origins } = resource;
  if (!origins) return sourceOf(resource, path);
  const { origin, steps } = nearestOrigin(origins.root, path);
  if (origin.at.span) return undefined;
  if (steps === path.length && (origin.derived || origin.below)) return undefined;
  return below(origin.at, path.slice(steps));
}

/** True where the place is in the document in which the resource itself stands. */
export function isOwnSource({ source }: Resource, at: SourceRef): boolean {
  return at.uri === source.uri && at.document === source.document;
}

/** The resource as it stands in its file: what a kustomization changed has it beside it. */
export function originalOf(resource: Resource): Resource {
  return resource.origins?.original ?? resource;
}

function nearestOrigin(root: Origin, path: Path): { readonly origin: Origin; readonly steps: number } {
  let origin = root;
  let steps = 0;
  for (let step = 0; step < path.length; step++) {
    const next = origin.below?.get(path[step] ?? '');
    if (next) {
      origin = next;
      steps = step + 1;
      continue;
    }
    break;
  }
  return { origin, steps };
}

function below(at: SourceRef, rest: Path): SourceRef {
  return rest.length === 0 || at.span ? at : { ...at, path: [...at.path, ...rest] };
}
