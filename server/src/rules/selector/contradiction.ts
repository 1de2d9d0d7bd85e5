/** A selector whose requirements exclude each other. */
import type { Path } from '../../protocol/source';
import type { LabelSelector } from '../../model/labels';
import { workloadKinds, type Resource } from '../../model/resources';
import { documentRule } from '../rule';
import { contradictionsOf } from '../shared/contradictions';

const kinds = [...workloadKinds, 'NetworkPolicy'] as const;

export const contradiction = documentRule<(typeof kinds)[number], 'exclude'>({
  meta: {
    id: 'selector/contradiction',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'The requirements of a selector exclude each other.',
    why: 'All requirements of a label selector have to hold together, those of `matchLabels` and those of `matchExpressions`. A label cannot be `a` and not `a`, nor be present and absent, so such a selector matches nothing. In a NetworkPolicy that means a policy that protects nothing or a rule that admits nobody; the API accepts it without a word.',
    remedy:
      'Remove one of the two requirements, or list all accepted values in one `In`. To accept either of two labels write two items (two peers, two policies): items of a list are alternatives, requirements of one selector are not.',
    references: [
      '[Label selectors](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors)',
      '[Resources that support set-based requirements](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements)',
      '`staging/src/k8s.io/apimachinery/pkg/labels/selector.go` in kubernetes/kubernetes',
    ],
    messages: {
      exclude: 'Nothing can match: `{first}` and `{second}` exclude each other.',
    },
    fixable: true,
  },
  kinds,
  *check(resource) {
    for (const { selector, path } of selectorsOf(resource)) {
      for (const { first, second } of contradictionsOf(selector)) {
        const [head] = first;
        const fixes = [{ title: `Remove ${second.text}`, edits: [{ kind: 'remove' as const, resource, path: [...path, ...second.path], pruneEmpty: true }] }];
        if (first.length === 1)
          fixes.push({ title: `Remove ${head.text}`, edits: [{ kind: 'remove', resource, path: [...path, ...head.path], pruneEmpty: true }] });
        yield {
          at: { resource, path: [...path, ...second.path] },
          message: 'exclude',
          data: { first: first.map(({ text }) => text).join(', '), second: second.text },
          related: first.map((placed) => ({ mark: { resource, path: [...path, ...placed.path] }, message: `\`${placed.text}\` stands here.` })),
          fixes,
        };
      }
    }
  },
});

/** The selectors of matchLabels and matchExpressions; that of a ReplicationController is a plain map and cannot contradict itself. */
function selectorsOf(resource: Resource<(typeof kinds)[number]>): { readonly selector: LabelSelector; readonly path: Path }[] {
  if (resource.type !== 'NetworkPolicy') {
    const { selector, selectorPath } = resource.spec;
    return selector === undefined || resource.type === 'ReplicationController' ? [] : [{ selector, path: selectorPath }];
  }
  const { podSelector, ingress, egress } = resource.spec;
  return [
    { selector: podSelector, path: ['spec', 'podSelector'] },
    ...[...ingress, ...egress]
      .flatMap((rule) => rule.peers ?? [])
      .flatMap((peer) => [
        ...(peer.podSelector ? [{ selector: peer.podSelector, path: [...peer.path, 'podSelector'] }] : []),
        ...(peer.namespaceSelector ? [{ selector: peer.namespaceSelector, path: [...peer.path, 'namespaceSelector'] }] : []),
      ]),
  ];
}
