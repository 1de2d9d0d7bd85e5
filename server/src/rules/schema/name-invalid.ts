/** A name that an object of its kind cannot have. */
import type { Kind } from '../../model/resources';
import { documentRule } from '../rule';
import { shortened } from '../shared/allowedValues';
import { dnsSlug, isDnsLabel, isDnsSubdomain, isPlaceholderName } from '../shared/dnsNames';
import { isLocalConfig } from '../shared/localConfig';

/** Services have a rule of their own; kinds that are not here may have names of another form. */
const kinds = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'EndpointSlice',
  'Endpoints',
  'NetworkPolicy',
  'Ingress',
  'IngressClass',
  'Namespace',
  'ConfigMap',
  'Secret',
  'GatewayClass',
  'Gateway',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
  'ReferenceGrant',
] as const satisfies readonly Kind[];

export const schemaNameInvalid = documentRule({
  meta: {
    id: 'schema/name-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'The name of an object is not what its kind allows.',
    why: 'Names of objects become parts of DNS names and of URLs. The API server refuses capitals, underscores, blanks, and a `-` or `.` at the beginning or the end. The name of a Namespace is one label of a DNS name: no dots, and at most 63 characters.',
    remedy: 'Use small letters, digits and `-`, and change the places that refer to the object along with it.',
    references: [
      '[Object names](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names)',
      '`staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go` (IsDNS1123Subdomain) in kubernetes/kubernetes',
    ],
    messages: {
      subdomain: '`{name}` is not a valid name: use at most 253 small letters, digits, `-` and `.`, with a letter or digit at both ends.',
      label: '`{name}` is not a valid name of a {kind}: use at most 63 small letters, digits and `-`, with a letter or digit at both ends.',
    },
    fixable: true,
  },
  kinds,
  *check(resource) {
    const { name, nameKnown } = resource.metadata;
    if (resource.partial || !nameKnown || isPlaceholderName(name) || isLocalConfig(resource)) return;
    const isLabel = resource.type === 'Namespace';
    const isValid = isLabel ? isDnsLabel : isDnsSubdomain;
    if (isValid(name)) return;
    const path = ['metadata', 'name'];
    const slug = dnsSlug(isLabel ? name.replace(/\./g, '-') : name, isValid);
    yield {
      at: { resource, path },
      message: isLabel ? 'label' : 'subdomain',
      data: { name: shortened(name), kind: resource.kind },
      fixes: slug === undefined ? [] : [{ title: `Rename to ${slug}`, preferred: true, edits: [{ kind: 'replace', resource, path, value: slug }] }],
    };
  },
});
