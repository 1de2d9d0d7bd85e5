/** How many files define each object: tells whether a change of names can change what collides with what. */
import { pointerKey } from '../contexts/gitops';
import type { FileState } from './fileState';

export class IdentityCounts {
  private readonly counts = new Map<string, number>();

  replace(before: FileState | undefined, now: FileState | undefined): void {
    for (const identity of before?.identities ?? []) {
      const count = (this.counts.get(identity) ?? 0) - 1;
      if (count > 0) this.counts.set(identity, count);
      else this.counts.delete(identity);
    }
    for (const identity of now?.identities ?? []) this.counts.set(identity, (this.counts.get(identity) ?? 0) + 1);
  }

  /**
   * True when the files must fall into the same contexts with `now` in the place of `before`: the names that went were nobody else's,
   * the new ones are nobody else's, and all else that forms contexts is the same. To be asked before `replace`.
   */
  keepsGrouping(before: FileState, now: FileState): boolean {
    if (before.path !== now.path) return false;
    if (before.contextKey === now.contextKey) return true;
    if (before.kustomization !== undefined || now.kustomization !== undefined || before.brokenDocuments !== now.brokenDocuments) return false;
    if (pointerKey(before.resources) !== pointerKey(now.resources)) return false;
    if (before.resources.length !== now.resources.length || !before.resources.every((resource, place) => sameNamespace(resource, now.resources[place])))
      return false;
    for (const identity of before.identities) if (!now.identities.has(identity) && this.counts.get(identity) !== 1) return false;
    for (const identity of now.identities) if (!before.identities.has(identity) && this.counts.has(identity)) return false;
    return true;
  }
}

function sameNamespace(a: FileState['resources'][number], b: FileState['resources'][number] | undefined): boolean {
  return b !== undefined && a.metadata.namespace === b.metadata.namespace && a.metadata.namespaceOpaque === b.metadata.namespaceOpaque;
}
