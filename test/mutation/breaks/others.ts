/** Services, Ingresses, Gateways, DNS and the shape of manifests. */
import { type Application, at, type Break, changed, has, itemsOf, type Manifest, place, podSpec, set, workloadKinds } from '../application';

export function* otherBreaks(application: Application): Iterable<Break> {
  yield* serviceBreaks(application);
  for (const ingress of application.of('Ingress')) yield* ingressBreaks(ingress);
  for (const route of application.of('HTTPRoute')) yield* routeBreaks(route);
  for (const workload of application.of(...workloadKinds)) yield* workloadBreaks(workload);
  for (const manifest of application.manifests) yield* shapeBreaks(manifest);
}

function* serviceBreaks(application: Application): Iterable<Break> {
  for (const service of application
    .of('Service')
    .filter((candidate) => has(candidate, ['spec', 'clusterIP']) && at(candidate, ['spec', 'clusterIP']) === 'None')) {
    yield {
      rule: 'service/headless-port-remap',
      what: 'another targetPort',
      change: changed(service, (copy) => set(copy, ['spec', 'ports', 0, 'port'], 15_432)),
      at: place(service, ['spec', 'ports', 0, 'port']),
    };
  }
  for (const set0 of application.of('StatefulSet'))
    yield {
      rule: 'service/statefulset-service-not-headless',
      what: 'the Service has an address',
      change: changed(set0, (copy, all) => set(all.find('Service', at(copy, ['spec', 'serviceName'])), ['spec', 'clusterIP'], undefined)),
      at: place(set0, ['spec', 'serviceName']),
    };
}

function* ingressBreaks(ingress: Manifest): Iterable<Break> {
  for (const rule of itemsOf(ingress, ['spec', 'rules'])) {
    for (const path of itemsOf(ingress, [...rule, 'http', 'paths'])) {
      const service = [...path, 'backend', 'service'];
      yield {
        rule: 'ingress/path-type-missing',
        what: 'no pathType',
        change: changed(ingress, (copy) => set(copy, [...path, 'pathType'], undefined)),
        at: place(ingress, [...path, 'pathType']),
      };
      yield {
        rule: 'ingress/backend-service-missing',
        what: 'a slip of the Service',
        change: changed(ingress, (copy) => set(copy, [...service, 'name'], `${at<string>(copy, [...service, 'name'])}s`)),
        at: place(ingress, [...service, 'name']),
      };
      yield {
        rule: 'ingress/backend-service-missing',
        what: 'no such Service, closed',
        change: changed(ingress, (copy) => set(copy, [...service, 'name'], 'quite-different')),
        at: place(ingress, [...service, 'name']),
        closed: true,
      };
      for (const [part, wrong] of [
        ['number', 8080],
        ['number', 81],
        ['name', 'htpp'],
      ] as const)
        yield {
          rule: 'ingress/backend-port-missing',
          what: `port ${part} ${wrong}`,
          change: changed(ingress, (copy) => set(copy, [...service, 'port'], { [part]: wrong })),
          at: place(ingress, [...service, 'port', part]),
        };
    }
  }
}

function* routeBreaks(route: Manifest): Iterable<Break> {
  for (const rule of itemsOf(route, ['spec', 'rules'])) {
    for (const backend of itemsOf(route, [...rule, 'backendRefs'])) {
      for (const wrong of [81, 3000])
        yield {
          rule: 'gateway/backend-port-missing',
          what: `port ${wrong}`,
          change: changed(route, (copy) => set(copy, [...backend, 'port'], wrong)),
          at: place(route, [...backend, 'port']),
        };
      yield {
        rule: 'gateway/backend-port-missing',
        what: 'no port',
        change: changed(route, (copy) => set(copy, [...backend, 'port'], undefined)),
        at: place(route, [...backend, 'port']),
      };
      if (!has(route, [...backend, 'namespace'])) continue;
      for (const [what, change] of [
        ['a grant for other routes', (grant: Manifest) => set(grant, ['spec', 'from', 0, 'kind'], 'GRPCRoute')],
        ['a grant for another namespace', (grant: Manifest) => set(grant, ['spec', 'from', 0, 'namespace'], 'elsewhere')],
        ['a grant for another Service', (grant: Manifest) => set(grant, ['spec', 'to', 0, 'name'], 'other')],
      ] as const)
        yield {
          rule: 'gateway/reference-grant-missing',
          what,
          change: (copy) => {
            const [grant] = copy.of('ReferenceGrant');
            if (grant) change(grant);
          },
          at: place(route, [...backend, 'namespace']),
        };
      yield {
        rule: 'gateway/reference-grant-missing',
        what: 'no grant, closed',
        change: (copy) => {
          const [grant] = copy.of('ReferenceGrant');
          if (grant) copy.manifests.splice(copy.manifests.indexOf(grant), 1);
        },
        at: place(route, [...backend, 'namespace']),
        closed: true,
      };
    }
  }
}

function* workloadBreaks(workload: Manifest): Iterable<Break> {
  if (!has(workload, [...podSpec, 'hostNetwork'])) return;
  yield {
    rule: 'dns/host-network-cluster-first',
    what: 'ClusterFirst on the network of the node',
    change: changed(workload, (copy) => set(copy, [...podSpec, 'dnsPolicy'], 'ClusterFirst')),
    at: place(workload, [...podSpec, 'dnsPolicy']),
  };
}

const slips: Readonly<Record<string, readonly (readonly [readonly (string | number)[], string, string])[]>> = {
  Service: [
    [['spec'], 'selector', 'selectors'],
    [['spec', 'ports', 0], 'targetPort', 'targetport'],
    [['spec', 'ports', 0], 'port', 'prt'],
  ],
  NetworkPolicy: [
    [['spec'], 'policyTypes', 'policyType'],
    [['spec'], 'ingress', 'ingres'],
    [['spec', 'podSelector'], 'matchLabels', 'matchlabels'],
  ],
  Ingress: [[['spec'], 'ingressClassName', 'ingressClass']],
  Deployment: [
    [['spec', 'template', 'spec', 'containers', 0, 'ports', 0], 'containerPort', 'containerport'],
    [['spec', 'template', 'spec', 'containers', 0, 'env', 0], 'value', 'val'],
  ],
};

function* shapeBreaks(manifest: Manifest): Iterable<Break> {
  for (const [parent, key, slip] of slips[String(manifest.value['kind'])] ?? []) {
    if (!has(manifest, [...parent, key])) continue;
    yield {
      rule: 'schema/unknown-field',
      what: `${slip} for ${key}`,
      change: changed(manifest, (copy) => {
        set(copy, [...parent, slip], at(copy, [...parent, key]));
        set(copy, [...parent, key], undefined);
      }),
      at: place(manifest, [...parent, slip]),
    };
  }
  if (!has(manifest, ['metadata', 'name'])) return;
  yield {
    rule: 'schema/duplicate-object',
    what: 'twice in one file',
    change: changed(manifest, (copy, all) => {
      const again = structuredClone(copy.value) as Record<string, Record<string, unknown>>;
      again['metadata'] = { ...again['metadata'], labels: { again: 'yes' } };
      all.manifests.splice(all.manifests.indexOf(copy) + 1, 0, { file: copy.file, value: again });
    }),
    at: place(manifest, ['metadata', 'name']),
  };
}
