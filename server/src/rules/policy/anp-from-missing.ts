/** A rule of an admin policy that is about nobody. */
import { isOpaque, missingKey } from '../../base/opaque';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { adminKinds, adminReferences, adminRules } from '../shared/adminRules';

export const anpFromMissing = documentRule({
  meta: {
    id: 'policy/anp-from-missing',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A rule of an admin policy without peers.',
    why: 'In a NetworkPolicy a missing `from` means everyone. In the admin tiers it does not: every rule needs at least one peer, and the API server refuses one without. Everyone inside the cluster is written `namespaces: {}`.',
    remedy: 'List the peers. For every pod of the cluster write `- namespaces: {}`.',
    references: adminReferences,
    messages: {
      missing: 'At least one peer is required in `{key}`.',
    },
    fixable: true,
  },
  kinds: adminKinds,
  *check(policy) {
    if (policy.partial) return;
    for (const { direction, rule } of adminRules(policy)) {
      const key = direction === 'Ingress' ? 'from' : 'to';
      const written = valueAt(policy, rule.path);
      if (typeof written !== 'object' || written === null || isOpaque(written) || missingKey(written) !== undefined) continue;
      const path = [...rule.path, key];
      const peers = valueAt(policy, path);
      const isWritten = peers !== undefined;
      if (isWritten && peers !== null && !(Array.isArray(peers) && peers.length === 0)) continue;
      const value = [{ namespaces: {} }];
      yield {
        at: isWritten ? { resource: policy, path, part: 'key' as const } : { resource: policy, path: rule.path, part: 'item' as const },
        message: 'missing' as const,
        data: { key },
        fixes: [
          {
            title: 'All pods of the cluster',
            edits: [
              isWritten
                ? { kind: 'replace' as const, resource: policy, path, value }
                : { kind: 'insert' as const, resource: policy, path: rule.path, key, value },
            ],
          },
        ],
      };
    }
  },
});
