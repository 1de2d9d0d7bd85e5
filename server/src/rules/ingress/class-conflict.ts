/** An Ingress with two classes. */
import { known } from '../../base/opaque';
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { shortened } from '../shared/allowedValues';

const annotation = 'kubernetes.io/ingress.class';

export const classConflict = documentRule({
  meta: {
    id: 'ingress/class-conflict',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'The class of an Ingress and its annotation say different things.',
    why: 'The field `ingressClassName` replaced the annotation `kubernetes.io/ingress.class`. Both may be there when they agree. When they do not, the API server refuses to create the Ingress.',
    remedy: 'Remove the annotation and keep the field.',
    references: [
      '[Ingress class: deprecated annotation](https://kubernetes.io/docs/concepts/services-networking/ingress/#deprecated-annotation)',
      '`pkg/apis/networking/validation/validation.go` (ValidateIngressCreate) in kubernetes/kubernetes',
    ],
    messages: { conflict: '`ingressClassName` is {name}, but the annotation `kubernetes.io/ingress.class` says {other}; the API server refuses the Ingress.' },
    fixable: true,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    const name = valueAt(ingress, ['spec', 'ingressClassName']);
    const other = known(ingress.metadata.annotations.get(annotation));
    if (typeof name !== 'string' || other === undefined || name === other) return;
    const path = ['metadata', 'annotations', annotation];
    yield {
      at: { resource: ingress, path: ['spec', 'ingressClassName'] },
      message: 'conflict',
      data: { name: shortened(name) || '""', other: shortened(other) || '""' },
      related: [{ mark: { resource: ingress, path }, message: 'The annotation.' }],
      fixes: [{ title: 'Remove the annotation', preferred: true, edits: [{ kind: 'remove', resource: ingress, path, pruneEmpty: true }] }],
    };
  },
});
