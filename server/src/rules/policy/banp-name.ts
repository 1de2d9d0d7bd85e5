/** A BaselineAdminNetworkPolicy that is not the one that there may be. */
import { documentRule } from '../rule';
import { adminReferences } from '../shared/adminRules';

export const banpName = documentRule({
  meta: {
    id: 'policy/banp-name',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A BaselineAdminNetworkPolicy that is not named `default`.',
    why: 'A cluster has one baseline policy, and its name is `default`. The API server refuses any other name.',
    remedy: 'Name it `default`, and keep all baseline rules in it.',
    references: adminReferences,
    messages: {
      name: 'The baseline policy must be named default.',
    },
    fixable: true,
  },
  kinds: ['BaselineAdminNetworkPolicy'],
  *check(policy) {
    const { name, nameKnown } = policy.metadata;
    if (!nameKnown || name === '' || name === 'default') return;
    const path = ['metadata', 'name'];
    yield {
      at: { resource: policy, path },
      message: 'name' as const,
      fixes: [{ title: 'Name it default', preferred: true, edits: [{ kind: 'replace' as const, resource: policy, path, value: 'default' }] }],
    };
  },
});
