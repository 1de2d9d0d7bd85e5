/** A priority that the admin tier does not have. */
import { known } from '../../base/opaque';
import { documentRule } from '../rule';
import { adminReferences } from '../shared/adminRules';

export const anpPriorityRange = documentRule({
  meta: {
    id: 'policy/anp-priority-range',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A priority outside 0 to 1000.',
    why: 'Policies of the admin tier are asked in the order of their priorities, the lowest number first. The API server takes 0 to 1000.',
    remedy: 'Choose a number from 0 to 1000 that no other policy of the tier has.',
    references: adminReferences,
    messages: {
      range: 'priority is 0 to 1000, not {priority}.',
    },
    fixable: false,
  },
  kinds: ['AdminNetworkPolicy', 'ClusterNetworkPolicy'],
  *check(policy) {
    const priority = known(policy.spec.priority);
    if (priority === undefined || (priority >= 0 && priority <= 1000)) return;
    yield { at: { resource: policy, path: ['spec', 'priority'] }, message: 'range' as const, data: { priority } };
  },
});
