/** A Service whose pods are all in another namespace. */
import type { Fix } from '../../model/finding';
import { selectorOf } from '../../model/labels';
import { valueAt, type Resource } from '../../model/resources';
import { contextRule } from '../rule';
import { isKnownSelector, pairsText, podsElsewhere, podsRelated } from '../shared/selectors';
import { kindAndName, wordList } from '../shared/words';

export const serviceOtherNamespace = contextRule({
  meta: {
    id: 'selector/service-other-namespace',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'The pods that a Service selects are in another namespace.',
    why: 'A Service selects pods of its own namespace only. Its selector is right, and the pods exist, but they are elsewhere, so the Service has no endpoints and connections to it are refused. It usually comes from a manifest without `metadata.namespace` beside others that have one, or from a copy in which one namespace was forgotten.',
    remedy:
      'Put the Service into the namespace of its pods; others reach it there as `{service}.{namespace}`. If it has to keep its name in this namespace, make it a Service of type `ExternalName` that points to `{service}.{namespace}.svc.cluster.local`.',
    references: [
      '[Service: defining a Service](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)',
      '[Namespaces of Services in DNS](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services)',
      '[Services of type ExternalName](https://kubernetes.io/docs/concepts/services-networking/service/#externalname)',
    ],
    messages: {
      elsewhere: 'Pods with {labels} are only in {other}. A Service selects pods of its own namespace, which is `{namespace}`.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, index) {
    const { selector: pairs, selectorOpen, type } = service.spec;
    if (service.partial || service.metadata.namespaceOpaque || pairs === undefined || pairs.size === 0 || selectorOpen) return;
    if (type !== undefined && (typeof type !== 'string' || type === 'ExternalName')) return;
    const selector = selectorOf(pairs);
    const namespace = index.namespaceOf(service);
    if (namespace === undefined || !isKnownSelector(selector)) return;
    const { yes, maybe } = index.backends(service);
    if (yes.length > 0 || maybe.length > 0 || index.mayHaveOtherPods(namespace)) return;
    const elsewhere = podsElsewhere(service, selector, index);
    if (elsewhere.length === 0) return;
    const others = [...new Set(elsewhere.map((podSet) => podSet.namespace ?? ''))].sort();
    yield {
      at: { resource: service, path: ['spec', 'selector'] },
      message: 'elsewhere',
      data: { labels: pairsText(pairs), other: wordList(others.map((other) => `\`${other}\``)), namespace },
      related: podsRelated(elsewhere, (podSet) => `${kindAndName(podSet.resource)} is in ${podSet.namespace ?? ''}.`),
      fixes: others.map((other) => moveFix(service, other, others.length === 1)),
    };
  },
});

function moveFix(service: Resource<'Service'>, namespace: string, only: boolean): Fix {
  const title = `Put the Service into namespace ${namespace}`;
  const written = valueAt(service, ['metadata', 'namespace']) !== undefined;
  const edits: Fix['edits'] = written
    ? [{ kind: 'replace', resource: service, path: ['metadata', 'namespace'], value: namespace }]
    : [{ kind: 'insert', resource: service, path: ['metadata'], key: 'namespace', value: namespace }];
  return only ? { title, preferred: true, edits } : { title, edits };
}
