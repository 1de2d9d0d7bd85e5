/** An Ingress that serves nothing. */
import { valueAt } from '../../model/resources';
import { documentRule } from '../rule';
import { isMapping } from '../shared/fieldWalk';
import { mayHoldMore } from '../shared/templated';

const fields = ['ingressClassName', 'tls', 'rules', 'defaultBackend', 'backend'];

export const noRules = documentRule({
  meta: {
    id: 'ingress/no-rules',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'An Ingress has neither rules nor a default backend.',
    why: 'An Ingress with neither could not serve any request, so the API server refuses it.',
    remedy: 'Add rules, or a `defaultBackend` that serves everything.',
    references: [
      '[Ingress: DefaultBackend](https://kubernetes.io/docs/concepts/services-networking/ingress/#default-backend)',
      '`pkg/apis/networking/validation/validation.go` (ValidateIngressSpec) in kubernetes/kubernetes',
    ],
    messages: { missing: 'Give rules or a `defaultBackend`: the API server refuses an Ingress with neither.' },
    fixable: false,
  },
  kinds: ['Ingress'],
  *check(ingress) {
    const spec = valueAt(ingress, ['spec']);
    if (ingress.partial || !isMapping(spec) || mayHoldMore(spec) || Object.keys(spec).some((key) => !fields.includes(key))) return;
    const [rules, defaultBackend, backend] = [spec['rules'], spec['defaultBackend'], spec['backend']];
    const isEmpty = rules === undefined || rules === null || (Array.isArray(rules) && rules.length === 0);
    if (isEmpty && !isSet(defaultBackend) && !isSet(backend)) yield { at: { resource: ingress, path: ['spec'], part: 'key' }, message: 'missing' };
  },
});

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
