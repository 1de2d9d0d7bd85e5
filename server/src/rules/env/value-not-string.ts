/** A number or boolean where Kubernetes takes text: values of variables, of ConfigMaps, of annotations. */
import type { Path } from '../../protocol/source';
import type { Finding } from '../../model/finding';
import { isPodHolder, valueAt, workloadKinds, type Kind, type Resource } from '../../model/resources';
import { documentRule } from '../rule';

type Message = 'env' | 'configMap' | 'annotation';

const kinds = [
  'Pod',
  ...workloadKinds,
  'Service',
  'EndpointSlice',
  'Endpoints',
  'NetworkPolicy',
  'Ingress',
  'IngressClass',
  'Namespace',
  'Node',
  'ConfigMap',
  'Secret',
  'ServiceCIDR',
  'Other',
] as const satisfies readonly Kind[];

export const valueNotString = documentRule<(typeof kinds)[number], Message>({
  meta: {
    id: 'env/value-not-string',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A number or boolean stands where Kubernetes takes text.',
    why: 'Values of environment variables, of `data` in a ConfigMap and of annotations are strings. YAML reads `8080`, `1.10`, `true`, `on` and `0x1F` without quotes as numbers and booleans, and the API server refuses the object, because it cannot put them into a string field. Besides, the number that YAML reads may not be the text that was meant: `1.10` is 1.1 and `017` is 15.',
    remedy: 'Put the value in quotes. What stands between them is taken as it is.',
    references: [
      '[EnvVar](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables)',
      '[ConfigMap object](https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object)',
      '[Annotations](https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/)',
    ],
    messages: {
      env: 'This is read as the {type} `{value}`, but values of environment variables are text. Put it in quotes.',
      configMap: 'This is read as the {type} `{value}`, but values of a ConfigMap are text. Put it in quotes.',
      annotation: 'This is read as the {type} `{value}`, but values of annotations are text. Put it in quotes.',
    },
    fixable: true,
  },
  kinds,
  *check(resource) {
    if (isPodHolder(resource)) {
      const { template } = resource.spec;
      for (const container of template.containers) for (const variable of container.env) yield* checkValue(resource, [...variable.path, 'value'], 'env');
      if (resource.type !== 'Pod') yield* checkMap(resource, [...template.path, 'metadata', 'annotations'], 'annotation');
    }
    if (resource.type === 'ConfigMap') yield* checkMap(resource, ['data'], 'configMap');
    yield* checkMap(resource, ['metadata', 'annotations'], 'annotation');
  },
});

function* checkMap(resource: Resource, path: Path, message: Message): Iterable<Finding<Message>> {
  const map = valueAt(resource, path);
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return;
  for (const key of Object.keys(map)) yield* checkValue(resource, [...path, key], message);
}

/** Nothing at all is the empty text; lists and mappings are another mistake. */
function* checkValue(resource: Resource, path: Path, message: Message): Iterable<Finding<Message>> {
  const value = valueAt(resource, path);
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean') return;
  yield {
    at: { resource, path },
    message,
    data: { value: String(value), type: typeof value === 'boolean' ? 'boolean' : 'number' },
    fixes: [{ title: 'Put the value in quotes', preferred: true, safe: true, edits: [{ kind: 'quote', resource, path }] }],
  };
}
