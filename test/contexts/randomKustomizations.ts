/** Random trees of kustomizations over every feature that is followed. */
import fc from 'fast-check';

export type Files = Readonly<Record<string, string>>;

type Arb<T> = fc.Arbitrary<T>;

const word = fc.constantFrom('web', 'api', 'db');
const labelKey = fc.constantFrom('app', 'tier', 'app.kubernetes.io/name');
const labelValue = fc.constantFrom('web', 'api', 'blue', '1');
const port = fc.constantFrom(80, 8080, 9090);
const protocol = fc.constantFrom(undefined, undefined, 'TCP', 'UDP');
const namespace = fc.constantFrom(undefined, undefined, undefined, 'shop', 'default');

const pairs = fc.dictionary(labelKey, labelValue, { minKeys: 1, maxKeys: 2 });
const maybe = <T>(arb: Arb<T>, freq = 2): Arb<T | undefined> => fc.option(arb, { nil: undefined, freq });

const containerPort = fc.record({ name: maybe(fc.constantFrom('http', 'grpc')), containerPort: port, protocol });
const envFrom = fc
  .record({ kind: fc.constantFrom('configMapRef', 'secretRef'), name: fc.constantFrom('settings', 'token', 'web') })
  .map(({ kind, name }) => ({ [kind]: { name } }));
const env = fc.oneof(
  fc.record({ name: fc.constantFrom('A', 'B', 'C'), value: fc.constantFrom('x', 'http://web', '1') }),
  fc
    .record({ name: fc.constantFrom('A', 'B', 'C'), kind: fc.constantFrom('configMapKeyRef', 'secretKeyRef'), of: fc.constantFrom('settings', 'token') })
    .map(({ name, kind, of }) => ({ name, valueFrom: { [kind]: { name: of, key: 'k' } } })),
);
const uniquePorts = fc.oneof(
  { arbitrary: fc.uniqueArray(containerPort, { selector: (one) => `${one.containerPort} ${one.protocol ?? 'TCP'}`, maxLength: 3 }), weight: 4 },
  { arbitrary: fc.array(containerPort, { maxLength: 3 }), weight: 1 },
);
const uniqueEnv = fc.oneof(
  { arbitrary: fc.uniqueArray(env, { selector: (one) => one.name, maxLength: 3 }), weight: 4 },
  { arbitrary: fc.array(env, { maxLength: 3 }), weight: 1 },
);
const container = fc.record({
  name: fc.constantFrom('main', 'side'),
  image: maybe(fc.constantFrom('a:1', 'b:2'), 6),
  ports: maybe(uniquePorts, 3),
  env: maybe(uniqueEnv),
  envFrom: maybe(fc.array(envFrom, { minLength: 1, maxLength: 2 }), 1),
  command: maybe(fc.constantFrom(['run'], ['run', '--port', '80'])),
  volumeMounts: maybe(
    fc.constantFrom(
      [{ mountPath: '/a', name: 'v' }],
      [
        { mountPath: '/b', name: 'v' },
        { mountPath: '/a', name: 'w' },
      ],
    ),
  ),
});
const volumes = fc.constantFrom(
  [{ name: 'v', configMap: { name: 'settings' } }],
  [{ name: 'w', secret: { secretName: 'token' } }],
  [
    { name: 'v', emptyDir: {} },
    { name: 'w', projected: { sources: [{ configMap: { name: 'settings' } }] } },
  ],
);
const podSpec = fc.record({
  containers: fc.uniqueArray(container, { selector: (one) => one.name, minLength: 1, maxLength: 2 }),
  initContainers: maybe(fc.tuple(container), 1),
  volumes: maybe(volumes),
  serviceAccountName: maybe(fc.constant('web')),
  affinity: maybe(
    fc.record({
      podAntiAffinity: fc.record({
        requiredDuringSchedulingIgnoredDuringExecution: fc.tuple(
          fc.record({ topologyKey: fc.constant('h'), labelSelector: fc.record({ matchLabels: pairs }) }),
        ),
      }),
    }),
    1,
  ),
  topologySpreadConstraints: maybe(
    fc.tuple(
      fc.record({
        topologyKey: fc.constantFrom('h', 'z'),
        maxSkew: fc.constant(1),
        whenUnsatisfiable: fc.constant('ScheduleAnyway'),
        labelSelector: fc.record({ matchLabels: pairs }),
      }),
    ),
    1,
  ),
});
const template = fc.record({ metadata: maybe(fc.record({ labels: maybe(pairs, 4) }), 6), spec: podSpec });
const metadata = fc.record({
  name: word,
  namespace,
  labels: maybe(pairs),
  annotations: maybe(fc.constantFrom({ note: 'x' }, { 'nginx.ingress.kubernetes.io/auth-secret': 'token' }), 1),
});

const workload = fc
  .record({
    kind: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'),
    apiVersion: fc.constantFrom('apps/v1', 'apps/v1', 'apps/v1', 'apps/v1', 'extensions/v1beta1'),
    metadata,
    replicas: maybe(fc.constantFrom(1, 3)),
    selector: maybe(fc.record({ matchLabels: pairs }), 5),
    template,
    serviceName: maybe(word),
  })
  .map(({ kind, apiVersion, metadata: meta, replicas, selector, template: pod, serviceName }) => ({
    apiVersion,
    kind,
    metadata: meta,
    spec: {
      replicas,
      selector,
      template: pod,
      ...(kind === 'StatefulSet' ? { serviceName, volumeClaimTemplates: serviceName && [{ metadata: { name: 'd' }, spec: {} }] } : {}),
    },
  }));
const job = fc
  .record({ metadata, template, isCron: fc.boolean() })
  .map(({ metadata: meta, template: pod, isCron }) =>
    isCron
      ? { apiVersion: 'batch/v1', kind: 'CronJob', metadata: meta, spec: { schedule: '* * * * *', jobTemplate: { spec: { template: pod } } } }
      : { apiVersion: 'batch/v1', kind: 'Job', metadata: meta, spec: { template: pod } },
  );
const pod = fc.record({ metadata, spec: podSpec }).map((one) => ({ apiVersion: 'v1', kind: 'Pod', ...one }));
const servicePort = fc.record({
  name: maybe(fc.constantFrom('http', 'grpc')),
  port,
  targetPort: maybe(fc.constantFrom<number | string>(80, 'http')),
  protocol,
});
const servicePorts = fc.uniqueArray(servicePort, { selector: (one) => `${one.port} ${one.protocol ?? 'TCP'}`, minLength: 1, maxLength: 3 });
const service = fc
  .record({ metadata, selector: maybe(pairs, 5), ports: servicePorts, type: maybe(fc.constantFrom('ClusterIP', 'NodePort')) })
  .map(({ metadata: meta, ...spec }) => ({ apiVersion: 'v1', kind: 'Service', metadata: meta, spec }));
const ingress = fc
  .record({ metadata, backend: word, other: maybe(word), secret: maybe(fc.constant('token')) })
  .map(({ metadata: meta, backend, other, secret }) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: meta,
    spec: {
      ingressClassName: 'nginx',
      defaultBackend: other && { service: { name: other, port: { number: 80 } } },
      tls: secret && [{ hosts: ['a.b'], secretName: secret }],
      rules: [{ host: 'a.b', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: backend, port: { number: 80 } } } }] } }],
    },
  }));
const policyPeer = fc.oneof(
  fc.record({ podSelector: fc.record({ matchLabels: pairs }) }),
  fc.record({ namespaceSelector: fc.record({ matchLabels: pairs }), podSelector: fc.record({ matchLabels: pairs }) }),
  fc.constant({ ipBlock: { cidr: '10.0.0.0/8' } }),
);
const policy = fc
  .record({
    metadata,
    podSelector: fc.oneof(fc.record({ matchLabels: pairs }), fc.constant({})),
    ingress: maybe(
      fc.tuple(fc.record({ from: maybe(fc.array(policyPeer, { minLength: 1, maxLength: 2 })), ports: maybe(fc.tuple(fc.record({ port, protocol }))) })),
    ),
    egress: maybe(fc.tuple(fc.record({ to: fc.array(policyPeer, { minLength: 1, maxLength: 2 }) }))),
  })
  .map(({ metadata: meta, ...spec }) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: meta, spec }));
const plain = fc
  .record({ metadata, kind: fc.constantFrom('ConfigMap', 'Secret', 'ServiceAccount'), name: fc.constantFrom('settings', 'token', 'web') })
  .map(({ metadata: meta, kind, name }) => ({
    apiVersion: 'v1',
    kind,
    metadata: { ...meta, name },
    ...(kind === 'ConfigMap' ? { data: { k: 'v', other: 'http://web' } } : kind === 'Secret' ? { stringData: { k: 'v' } } : {}),
  }));
const others = fc.oneof(
  fc.record({ metadata, target: word, kind: fc.constantFrom('Deployment', 'StatefulSet') }).map(({ metadata: meta, target, kind }) => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta,
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind, name: target }, maxReplicas: 3 },
  })),
  fc.record({ name: fc.constantFrom('shop', 'pay'), labels: maybe(pairs) }).map((meta) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: meta })),
  fc
    .record({ metadata, template })
    .map(({ metadata: meta, template: made }) => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: meta, spec: { template: made } })),
  fc.record({ metadata, gateway: word, backend: word }).map(({ metadata: meta, gateway, backend }) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: meta,
    spec: { parentRefs: [{ name: gateway }], rules: [{ backendRefs: [{ name: backend, port: 80 }] }] },
  })),
  fc.record({ metadata, labels: pairs, min: fc.constant(1) }).map(({ metadata: meta, labels }) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta,
    spec: { selector: { matchLabels: labels } },
  })),
);

interface Object_ {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}
const anyObject = fc.oneof(
  { arbitrary: workload, weight: 5 },
  { arbitrary: service, weight: 4 },
  { arbitrary: policy, weight: 2 },
  { arbitrary: ingress, weight: 2 },
  { arbitrary: plain, weight: 3 },
  { arbitrary: job, weight: 1 },
  { arbitrary: pod, weight: 1 },
  { arbitrary: others, weight: 2 },
) as Arb<Object_>;

const id = ({ apiVersion, kind, metadata: meta }: Object_): string => `${apiVersion} ${kind} ${meta.namespace ?? 'default'} ${meta.name}`;
const objects = fc.uniqueArray(anyObject, { selector: id, minLength: 1, maxLength: 5 });

/** What a patch of some object may say below its `spec`. */
const podPatch = fc.record({
  containers: maybe(
    fc.uniqueArray(
      fc.oneof(
        { arbitrary: container, weight: 5 },
        {
          arbitrary: fc.constantFrom({ name: 'side', $patch: 'delete' }, { name: 'main', $patch: 'replace', image: 'z' }, { name: 'main', ports: null }),
          weight: 1,
        },
      ) as Arb<{ name: string }>,
      { selector: (one) => one.name, minLength: 1, maxLength: 2 },
    ),
    4,
  ),
  initContainers: maybe(fc.tuple(container), 1),
  volumes: maybe(volumes),
  affinity: maybe(fc.constantFrom(null, { nodeAffinity: {} }), 1),
  hostNetwork: maybe(fc.boolean()),
});
const directive = fc.constantFrom(undefined, undefined, undefined, undefined, 'merge', 'replace', 'delete');
function specPatch(kind: string): Arb<unknown> {
  const templatePatch = fc.record({
    metadata: maybe(fc.record({ labels: fc.oneof(pairs, fc.constantFrom({ app: null }, { $patch: 'replace', app: 'new' })) })),
    spec: maybe(podPatch, 4),
  });
  switch (kind) {
    case 'Service':
      return fc.record({
        ports: maybe(fc.oneof(servicePorts, fc.constantFrom([{ port: 80, $patch: 'delete' }], [{ $patch: 'replace' }, { port: 9999 }])) as Arb<unknown>, 4),
        selector: maybe(fc.oneof(pairs, fc.constant(null)) as Arb<unknown>),
        type: maybe(fc.constantFrom('LoadBalancer', null)),
      });
    case 'NetworkPolicy':
      return fc.record({
        podSelector: maybe(fc.constantFrom({ matchLabels: { app: 'x' } }, { matchLabels: null })),
        ingress: maybe(fc.constantFrom([{}], [], null)),
        policyTypes: maybe(fc.constant(['Ingress'])),
      });
    case 'Ingress':
      return fc.record({
        rules: maybe(
          fc.constant([{ host: 'new', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'api', port: { name: 'http' } } } }] } }]),
        ),
        ingressClassName: maybe(fc.constantFrom(null, 'other')),
      });
    case 'Pod':
      return podPatch;
    case 'CronJob':
      return fc.record({ jobTemplate: fc.record({ spec: fc.record({ template: templatePatch }) }) });
    default:
      return fc.record({ replicas: maybe(fc.constantFrom(2, null)), selector: maybe(fc.record({ matchLabels: pairs })), template: maybe(templatePatch, 5) });
  }
}
function mergePatch(object: Object_): Arb<unknown> {
  return fc
    .record({
      labels: maybe(fc.oneof(pairs, fc.constant({ app: null })) as Arb<unknown>),
      spec: maybe(specPatch(object.kind), 6),
      directive,
      name: fc.constantFrom(object.metadata.name, object.metadata.name, 'renamed'),
    })
    .map(({ labels, spec, directive: said }) => ({
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name: object.metadata.name, ...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}), ...(labels ? { labels } : {}) },
      ...(said === undefined || said === 'replace' ? {} : { $patch: said }),
      ...(spec && object.kind !== 'ConfigMap' && object.kind !== 'Secret' && object.kind !== 'Namespace' && object.kind !== 'ServiceAccount' ? { spec } : {}),
      ...(object.kind === 'ConfigMap' ? { data: { k: 'patched', more: 'x' } } : {}),
    }));
}
const operation = fc.constantFrom(
  { op: 'add', path: '/metadata/labels', value: { app: 'json' } },
  { op: 'add', path: '/metadata/annotations', value: { a: 'b' } },
  { op: 'replace', path: '/metadata/name', value: 'renamed' },
  { op: 'add', path: '/spec/replicas', value: 7 },
  { op: 'remove', path: '/spec/selector' },
  { op: 'add', path: '/spec/ports/-', value: { port: 7777 } },
  { op: 'add', path: '/spec/ports/0', value: { port: 7777, name: 'first' } },
  { op: 'replace', path: '/spec/ports/0/port', value: 1234 },
  { op: 'remove', path: '/spec/ports/-1' },
  { op: 'copy', from: '/metadata/name', path: '/spec/note' },
  { op: 'move', from: '/spec/selector', path: '/spec/was' },
  { op: 'add', path: '/spec/template/spec/containers/0/ports', value: [{ containerPort: 5555 }] },
  { op: 'test', path: '/kind', value: 'Service' },
  { op: 'replace', path: '/spec/podSelector', value: {} },
);
interface PatchEntry {
  readonly entry: unknown;
  readonly file?: unknown;
}

function patchEntry(all: readonly Object_[]): Arb<PatchEntry> {
  return fc.constantFrom(...all).chain((object) => {
    const exact = { kind: object.kind, name: object.metadata.name };
    const target = fc.oneof(
      fc.constant(exact),
      fc.constantFrom<object>(
        { kind: object.kind },
        { name: '.*' },
        { kind: 'Dep.*|Service', name: `${object.metadata.name}|x` },
        { labelSelector: 'app=web' },
        { labelSelector: 'app in (web, api),!tier' },
        { group: 'apps', version: 'v1' },
        { namespace: 'shop', kind: object.kind },
        { ...exact, annotationSelector: 'note' },
      ),
    );
    return fc.oneof(
      {
        arbitrary: fc
          .record({ patch: mergePatch(object), target: maybe(target, 1), isFile: fc.boolean(), rename: fc.integer({ min: 0, max: 9 }) })
          .map(({ patch, target: to, isFile, rename }) => {
            const options = rename === 0 && to ? { options: { allowNameChange: true } } : {};
            return isFile
              ? { entry: { ...(to ? { target: to } : {}), ...options }, file: patch }
              : { entry: { patch: JSON.stringify(patch, null, 1), ...(to ? { target: to } : {}), ...options } };
          }),
        weight: 4,
      },
      {
        arbitrary: fc
          .record({
            operations: fc.array(operation, { minLength: 1, maxLength: 2 }),
            target: fc.oneof({ arbitrary: fc.constant(exact), weight: 4 }, target),
            isFile: fc.boolean(),
          })
          .map(({ operations, target: to, isFile }) =>
            isFile ? { entry: { target: to }, file: operations } : { entry: { patch: JSON.stringify(operations), target: to } },
          ),
        weight: 2,
      },
    );
  });
}

const labelRule = fc.record({
  pairs,
  includeSelectors: maybe(fc.boolean()),
  includeTemplates: maybe(fc.boolean()),
  fields: maybe(
    fc.constantFrom(
      [{ path: 'spec/extra/labels', create: true, kind: 'Service' }],
      [{ path: 'spec/template/metadata/labels', group: 'argoproj.io', kind: 'Rollout', create: true }],
    ),
    1,
  ),
});
const generator = fc.record({
  name: fc.constantFrom('settings', 'token', 'made'),
  literals: fc.constantFrom(['a=1'], ['a=1', 'b=x=y'], ['k="quoted"']),
  namespace: fc.constantFrom(undefined, undefined, undefined, 'shop'),
  behavior: fc.constantFrom(undefined, undefined, undefined, 'merge', 'replace'),
  options: maybe(fc.constantFrom({ labels: { made: 'yes' } }, { disableNameSuffixHash: true }), 1),
});

interface Layer {
  readonly kustomization: unknown;
  readonly files: readonly (readonly [string, unknown])[];
}
function layer(own: readonly Object_[], all: readonly Object_[], folder: string): Arb<Layer> {
  return fc
    .record({
      namespace: maybe(fc.constantFrom('shop', 'prod'), 1),
      namePrefix: maybe(fc.constantFrom('a-', 'dev-'), 1),
      nameSuffix: maybe(fc.constantFrom('-x', '-v2'), 1),
      commonLabels: maybe(pairs, 1),
      labels: maybe(fc.array(labelRule, { minLength: 1, maxLength: 2 }), 1),
      commonAnnotations: maybe(fc.constant({ team: 'x' }), 1),
      replicas: maybe(fc.tuple(fc.record({ name: word, count: fc.constantFrom(0, 5) })), 1),
      patches: (all.length === 0 ? fc.constant([]) : fc.array(patchEntry(all), { maxLength: 3 })) as Arb<readonly PatchEntry[]>,
      strategic: (all.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...all).chain(mergePatch), { maxLength: 1 })) as Arb<readonly unknown[]>,
      json: maybe(
        fc.record({
          target:
            all.length === 0
              ? fc.constant({ name: 'web' })
              : fc.constantFrom(...all).map((one) => ({ kind: one.kind, name: one.metadata.name, version: 'v1' })),
          operation,
        }),
        1,
      ),
      configMaps: maybe(fc.tuple(generator), 1),
      secrets: maybe(fc.tuple(generator), 1),
      asList: fc.boolean(),
    })
    .map(({ patches, strategic, json, configMaps, secrets, asList, ...rest }) => {
      const files: (readonly [string, unknown])[] = [];
      if (own.length > 0) files.push([`${folder}/all.yaml`, asList ? [{ apiVersion: 'v1', kind: 'List', items: own }] : own]);
      const entries = patches.map(({ entry, file }, index) => {
        if (file === undefined) return entry;
        files.push([`${folder}/patch${index}.yaml`, [file]]);
        return { path: `patch${index}.yaml`, ...(entry as object) };
      });
      strategic.forEach((patch, index) => files.push([`${folder}/strategic${index}.yaml`, [patch]]));
      if (json) files.push([`${folder}/json.yaml`, [[json.operation]]]);
      return {
        kustomization: {
          ...rest,
          ...(entries.length > 0 ? { patches: entries } : {}),
          ...(strategic.length > 0 ? { patchesStrategicMerge: strategic.map((_, index) => `strategic${index}.yaml`) } : {}),
          ...(json ? { patchesJson6902: [{ target: json.target, path: 'json.yaml' }] } : {}),
          ...(configMaps ? { configMapGenerator: configMaps } : {}),
          ...(secrets ? { secretGenerator: secrets } : {}),
        },
        files,
      };
    });
}

/** `overlay/` is the root; it stands on `base/`, sometimes on `middle/` and `second/` too, and on the component in `part/`. */
export const randomKustomizations: Arb<Files> = fc
  .record({
    base: objects,
    second: maybe(objects, 1),
    extra: maybe(objects, 1),
    hasMiddle: fc.boolean(),
    hasPart: fc.integer({ min: 0, max: 2 }).map((one) => one === 0),
  })
  .chain(({ base, second, extra, hasMiddle, hasPart }) => {
    const all = [...base, ...(second ?? []), ...(extra ?? [])];
    return fc
      .record({
        base: layer(base, base, 'base'),
        second: layer(second ?? [], second ?? [], 'second'),
        middle: layer([], base, 'middle'),
        part: layer([], all, 'part'),
        overlay: layer(extra ?? [], all, 'overlay'),
      })
      .map((layers) => {
        const files: Record<string, string> = {};
        const write = (folder: string, made: Layer, more: object): void => {
          files[`${folder}/kustomization.yaml`] = JSON.stringify({ ...(made.kustomization as object), ...more }, null, 1);
          for (const [path, documents] of made.files)
            files[path] = (documents as readonly unknown[]).map((one) => JSON.stringify(one, null, 1)).join('\n---\n');
        };
        write('base', layers.base, { resources: ['all.yaml'] });
        if (second) write('second', layers.second, { resources: ['all.yaml'] });
        if (hasMiddle) write('middle', layers.middle, { resources: ['../base'] });
        if (hasPart) write('part', layers.part, { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' });
        write('overlay', layers.overlay, {
          resources: [hasMiddle ? '../middle' : '../base', ...(second ? ['../second'] : []), ...(extra ? ['all.yaml'] : [])],
          ...(hasPart ? { components: ['../part'] } : {}),
        });
        return files;
      });
  });
