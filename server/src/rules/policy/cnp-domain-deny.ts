/** Domain names in a rule that does not accept. */
import { known } from '../../base/opaque';
import { documentRule } from '../rule';
import { actionsOf, adminReferences } from '../shared/adminRules';

export const cnpDomainDeny = documentRule({
  meta: {
    id: 'policy/cnp-domain-deny',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: '`domainNames` in a rule that does not accept.',
    why: 'Domain names become addresses only when a pod asks DNS for them, so they can let traffic out and never hold it back: an address may have other names. The API server refuses `domainNames` in a rule whose action is not Accept (Allow in an AdminNetworkPolicy).',
    remedy: 'Accept the domains that are wanted, and deny the rest by addresses in a later rule.',
    references: adminReferences,
    messages: {
      domain: 'domainNames works only with {accept}.',
    },
    fixable: false,
  },
  kinds: ['AdminNetworkPolicy', 'ClusterNetworkPolicy'],
  *check(policy) {
    const accept = actionsOf[policy.type][0] ?? 'Accept';
    for (const rule of policy.spec.egress) {
      const action = known(rule.action);
      if (action !== 'Deny' && action !== 'Pass') continue;
      const peer = rule.peers.find(({ domainNames }) => domainNames !== undefined);
      if (!peer) continue;
      yield {
        at: { resource: policy, path: [...rule.path, 'action'] },
        message: 'domain' as const,
        data: { accept },
        related: [{ mark: { resource: policy, path: [...peer.path, 'domainNames'], part: 'key' as const }, message: 'Names of domains.' }],
      };
    }
  },
});
