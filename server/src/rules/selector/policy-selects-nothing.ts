/** A NetworkPolicy whose podSelector matches no pod. */
import { isEmptySelector } from '../../model/labels';
import { contextRule } from '../rule';
import { contradictionsOf } from '../shared/contradictions';
import { closestText, inNamespace, isComplete, isKnownSelector, markOfMiss, nearestPods, nearFixes, nearRelated, selectorText } from '../shared/selectors';

export const policySelectsNothing = contextRule({
  meta: {
    id: 'selector/policy-selects-nothing',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A NetworkPolicy selects no pod.',
    why: 'A NetworkPolicy protects the pods of its namespace that its `podSelector` matches. If none does, the policy is accepted and does nothing: the pods that it was written for stay open to everyone, and no command reports it. A cluster may hold more pods than the files show, so this is said only where some pods come very close to the selector, or where the configuration says that the context is closed.',
    remedy: 'Correct the label in the selector. To protect every pod of the namespace write `podSelector: {}`.',
    references: [
      '[The NetworkPolicy resource](https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource)',
      '[Labels and selectors](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/)',
    ],
    messages: {
      nothing: 'No pod {where} has {labels}, so this policy protects nothing.',
      near: 'No pod {where} has {labels}, so this policy protects nothing. Closest: {closest}.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy, index, { unresolvedReferences }) {
    const { podSelector: selector } = policy.spec;
    if (policy.partial || policy.metadata.namespaceOpaque || isEmptySelector(selector) || !isKnownSelector(selector) || contradictionsOf(selector).length > 0)
      return;
    const namespace = index.namespaceOf(policy);
    const { yes, maybe } = index.select(namespace, selector);
    if (yes.length > 0 || maybe.length > 0) return;

    const near = nearestPods(namespace, selector, index);
    const certain = near?.kind === 'a' || near?.kind === 'b' || (isComplete(index) && !index.mayHaveOtherPods(namespace));
    if (!certain && unresolvedReferences === 'off') return;
    const path = ['spec', 'podSelector'];
    const severity = !certain && unresolvedReferences !== 'off' ? unresolvedReferences : index.podSets(namespace).length === 0 ? 'hint' : 'warning';
    yield {
      at: markOfMiss(policy, [...path, 'matchLabels'], path, near),
      message: near === undefined ? 'nothing' : 'near',
      severity,
      data: { where: inNamespace(namespace), labels: selectorText(selector), ...(near === undefined ? {} : { closest: closestText(near) }) },
      related: nearRelated(near),
      fixes: nearFixes(policy, [...path, 'matchLabels'], near),
    };
  },
});
