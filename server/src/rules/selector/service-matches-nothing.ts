/** A Service whose selector matches no pod. */
import { selectorOf } from '../../model/labels';
import { contextRule } from '../rule';
import {
  closestText,
  inNamespace,
  isComplete,
  isKnownSelector,
  markOfMiss,
  nearestPods,
  nearFixes,
  nearRelated,
  pairsText,
  podsElsewhere,
} from '../shared/selectors';

export const serviceMatchesNothing = contextRule({
  meta: {
    id: 'selector/service-matches-nothing',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'The selector of a Service matches no pod.',
    why: 'A Service sends traffic to the pods of its namespace that carry every label of its selector. If there are none it has no endpoints, and connections to it are refused, although DNS answers and `kubectl get service` looks healthy. One wrong letter is enough: labels are compared exactly, and the labels that count are those of the pod *template*, not those of the workload. A cluster may hold more pods than the files show, so this is said only where some pods come very close to the selector, or where the configuration says that the context is closed.',
    remedy:
      'Correct the label in the selector. Changing the labels of the pods is the second choice, because the selector of an existing Deployment cannot change and the pods have to be replaced. A Service whose endpoints are written by hand or by a controller has no selector at all.',
    references: [
      '[Service: defining a Service](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)',
      '[Labels and selectors](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/)',
      '[Debug Services: does the Service have any EndpointSlices?](https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/)',
    ],
    messages: {
      nothing: 'No pod {where} has {labels}, so this Service has no endpoints.',
      near: 'No pod {where} has {labels}, so this Service has no endpoints. Closest: {closest}.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, index, { unresolvedReferences }) {
    const { selector: pairs, selectorOpen, type } = service.spec;
    if (service.partial || service.metadata.namespaceOpaque || pairs === undefined || pairs.size === 0 || selectorOpen) return;
    if (type !== undefined && (typeof type !== 'string' || type === 'ExternalName')) return;
    const selector = selectorOf(pairs);
    if (!isKnownSelector(selector)) return;
    const { yes, maybe } = index.backends(service);
    const namespace = index.namespaceOf(service);
    if (yes.length > 0 || maybe.length > 0 || podsElsewhere(service, selector, index).length > 0) return;

    const near = nearestPods(namespace, selector, index);
    const certain = near?.kind === 'a' || near?.kind === 'b' || (isComplete(index) && !index.mayHaveOtherPods(namespace));
    if (!certain && unresolvedReferences === 'off') return;
    const path = ['spec', 'selector'];
    yield {
      at: markOfMiss(service, path, path, near),
      message: near === undefined ? 'nothing' : 'near',
      ...(certain || unresolvedReferences === 'off' ? {} : { severity: unresolvedReferences }),
      data: { where: inNamespace(namespace), labels: pairsText(pairs), ...(near === undefined ? {} : { closest: closestText(near) }) },
      related: nearRelated(near),
      fixes: nearFixes(service, path, near),
    };
  },
});
