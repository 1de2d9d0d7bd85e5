/** What the language status says of the contexts of one file. */
import type { ContextAnswer } from '../protocol/requests';
import type { Snapshot } from '../workspace/snapshot';

export function contextsOfFile(snapshot: Snapshot, uri: string): readonly ContextAnswer[] {
  return snapshot.contextsOf(uri).map(({ id, label, members, closed, because, missing, rendered }) => ({
    id,
    label,
    resources: members.length,
    open: !closed,
    because,
    missing,
    ...(rendered === undefined ? {} : { rendered }),
  }));
}
