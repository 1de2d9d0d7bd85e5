/** An action that the kind of policy does not have. */
import { nearest } from '../../base/editDistance';
import { known } from '../../base/opaque';
import { documentRule } from '../rule';
import { actionsOf, adminKinds, adminReferences, adminRules } from '../shared/adminRules';
import { wordList } from '../shared/words';

export const anpActionInvalid = documentRule({
  meta: {
    id: 'policy/anp-action-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'An action that this kind of policy does not have.',
    why: 'The kinds of the admin tiers use different words. An AdminNetworkPolicy says Allow, Deny or Pass, a BaselineAdminNetworkPolicy Allow or Deny, and their successor, ClusterNetworkPolicy, Accept, Deny or Pass. The API server refuses a policy with any other word.',
    remedy: 'Write the word of this kind: Allow and Accept mean the same.',
    references: adminReferences,
    messages: {
      action: '{kind} takes {list}, not `{action}`.',
    },
    fixable: true,
  },
  kinds: adminKinds,
  *check(policy) {
    const actions = actionsOf[policy.type];
    for (const { rule } of adminRules(policy)) {
      const action = known(rule.action);
      if (action === undefined || actions.includes(action)) continue;
      const same =
        action === 'Accept' || action === 'Allow'
          ? actions[0]
          : (actions.find((one) => one.toLowerCase() === action.toLowerCase()) ?? nearest(action, actions));
      const path = [...rule.path, 'action'];
      yield {
        at: { resource: policy, path },
        message: 'action' as const,
        data: { kind: policy.kind, list: wordList(actions), action },
        fixes:
          same === undefined ? [] : [{ title: `Write ${same}`, preferred: true, edits: [{ kind: 'replace' as const, resource: policy, path, value: same }] }],
      };
    }
  },
});
