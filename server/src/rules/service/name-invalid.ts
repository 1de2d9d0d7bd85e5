/** A name that a Service cannot have. */
import { documentRule } from '../rule';
import { shortened } from '../shared/allowedValues';
import { dnsSlug, isDnsLabel, isPlaceholderName } from '../shared/dnsNames';

export const serviceNameInvalid = documentRule({
  meta: {
    id: 'service/name-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'The name of a Service is not one label of a DNS name.',
    why: 'The name of a Service is the first label of its DNS name, so it is stricter than the names of other objects: no dots, no capitals, no underscores, at most 63 characters. Before Kubernetes 1.36 it also has to begin with a letter. The API server refuses every other name.',
    remedy: 'Use small letters, digits and `-`, and change the places that refer to the Service along with it.',
    references: [
      '[Object names: RFC 1123 label names](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names)',
      '`pkg/apis/core/validation/validation.go` (ValidateServiceName; feature gate RelaxedServiceNameValidation) in kubernetes/kubernetes',
    ],
    messages: {
      invalid: '`{name}` cannot be the name of a Service: use at most 63 small letters, digits and `-`.',
      digit: '`{name}` cannot be the name of a Service before Kubernetes 1.36: it has to begin with a letter.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, { kubernetesMinor }) {
    const { name, nameKnown } = service.metadata;
    if (service.partial || !nameKnown || isPlaceholderName(name)) return;
    const mustBeginWithLetter = kubernetesMinor < 36;
    const isValid = (text: string): boolean => isDnsLabel(text) && !(mustBeginWithLetter && /^\d/.test(text));
    if (isValid(name)) return;
    const path = ['metadata', 'name'];
    const slug = dnsSlug(name.replace(/\./g, '-'), isValid);
    yield {
      at: { resource: service, path },
      message: isDnsLabel(name) ? 'digit' : 'invalid',
      data: { name: shortened(name) },
      fixes: slug === undefined ? [] : [{ title: `Rename to ${slug}`, preferred: true, edits: [{ kind: 'replace', resource: service, path, value: slug }] }],
    };
  },
});
