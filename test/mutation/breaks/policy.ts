/** Policies that say another thing than was meant. */
import { append, type Application, at, type Break, changed, has, itemsOf, type Manifest, nameOf, place, set } from '../application';
import type { Path } from '../../../server/src/protocol/source';

export function* policyBreaks(application: Application): Iterable<Break> {
  for (const policy of application.of('NetworkPolicy')) {
    for (const rule of rulesOf(policy)) yield* ruleBreaks(policy, rule);
    yield* specBreaks(policy);
  }
  if (application.name === 'store') yield* storeBreaks(application);
}

function rulesOf(policy: Manifest): Path[] {
  return [...itemsOf(policy, ['spec', 'ingress']), ...itemsOf(policy, ['spec', 'egress'])];
}

function endOf(rule: Path): Path {
  return [...rule, rule[1] === 'ingress' ? 'from' : 'to'];
}

function* ruleBreaks(policy: Manifest, rule: Path): Iterable<Break> {
  const peers = itemsOf(policy, endOf(rule));
  if (peers.length > 0) {
    yield {
      rule: 'policy/peer-empty',
      what: 'an empty peer',
      change: changed(policy, (copy) => append(copy, endOf(rule), {})),
      at: place(policy, [...endOf(rule), peers.length]),
    };
    yield {
      rule: 'policy/peer-mixed-ipblock',
      what: 'a selector beside a block',
      change: changed(policy, (copy) => append(copy, endOf(rule), { ipBlock: { cidr: '192.0.2.0/24' }, podSelector: { matchLabels: { app: 'web' } } })),
      at: place(policy, [...endOf(rule), peers.length]),
    };
    for (const name of ['store', 'blog'])
      yield {
        rule: 'policy/namespace-name-label',
        what: `namespaces by name: ${name}`,
        change: changed(policy, (copy) => append(copy, endOf(rule), { namespaceSelector: { matchLabels: { name } } })),
        at: place(policy, [...endOf(rule), peers.length, 'namespaceSelector', 'matchLabels', 'name']),
        ...(has(policy, ['metadata', 'namespace']) && at(policy, ['metadata', 'namespace']) === name
          ? {}
          : { silent: 'no manifest of this application shows a namespace of that name' }),
      };
  }
  for (const port of itemsOf(policy, [...rule, 'ports'])) {
    const written = at(policy, [...port, 'port']);
    if (written === 53 || peers.some((peer) => has(policy, [...peer, 'ipBlock']))) continue;
    for (const wrong of ['htttp', 'no-such-port'])
      yield {
        rule: 'policy/named-port-undefined',
        what: `port ${wrong}`,
        change: changed(policy, (copy) => set(copy, [...port, 'port'], wrong)),
        at: place(policy, [...port, 'port']),
      };
  }
}

function* specBreaks(policy: Manifest): Iterable<Break> {
  const types = at<string[]>(policy, ['spec', 'policyTypes']);
  if (types.includes('Egress')) {
    yield {
      rule: 'policy/egress-without-type',
      what: 'egress rules that do not count',
      change: changed(policy, (copy) => set(copy, ['spec', 'policyTypes'], ['Ingress'])),
      at: place(policy, ['spec', 'egress']),
    };
    yield {
      rule: 'policy/egress-blocks-dns',
      what: 'no rule for DNS',
      change: changed(policy, (copy) => {
        const rules = at<{ ports?: { port: unknown }[] }[]>(copy, ['spec', 'egress']);
        set(
          copy,
          ['spec', 'egress'],
          rules.filter((rule) => !rule.ports?.some(({ port }) => port === 53)),
        );
      }),
      at: place(policy, ['spec', 'egress']),
    };
    yield {
      rule: 'policy/unintended-ingress-deny',
      what: 'egress alone and no policyTypes',
      change: changed(policy, (copy) => {
        set(copy, ['spec', 'policyTypes'], undefined);
        set(copy, ['spec', 'ingress'], undefined);
      }),
      at: place(policy, ['spec']),
    };
  }
}

/** Breaks that need to know who calls whom. */
function* storeBreaks(application: Application): Iterable<Break> {
  const [web, api, cache, database] = ['web', 'api', 'cache', 'database'].map((name) => application.find('NetworkPolicy', name));
  if (!web || !api || !cache || !database) return;
  yield {
    rule: 'policy/service-port-instead-of-target-port',
    what: "the Service's port where the pod's is meant, ingress",
    change: changed(api, (copy) => set(copy, ['spec', 'ingress', 0, 'ports'], [{ port: 80 }, { port: 9000 }])),
    at: place(api, ['spec', 'ingress', 0, 'ports', 0, 'port']),
  };
  yield {
    rule: 'policy/service-port-instead-of-target-port',
    what: "the Service's port where the pod's is meant, egress",
    change: changed(web, (copy) => set(copy, ['spec', 'egress', 0, 'ports'], [{ port: 80 }, { port: 9000 }])),
    at: place(web, ['spec', 'egress', 0, 'ports', 0, 'port']),
  };
  yield {
    rule: 'policy/half-open',
    what: 'api may send to cache, cache does not let it in',
    change: changed(cache, (copy) => set(copy, ['spec', 'ingress', 0, 'from'], [{ podSelector: { matchLabels: { app: 'web' } } }])),
    at: place(api, ['spec', 'egress', 0, 'to', 0]),
  };
  yield {
    rule: 'policy/half-open',
    what: 'cache lets api in, api may not send',
    change: changed(api, (copy) => set(copy, ['spec', 'egress', 0], undefined)),
    at: place(cache, ['spec', 'ingress', 0, 'from', 0]),
  };
  const call = (name: string, path: Path): Break['at'] => ({ kind: 'Deployment', name, path });
  const container: Path = ['spec', 'template', 'spec', 'containers', 0];
  for (const [what, policy, where] of [
    ['cache lets nobody in', cache, call('api', [...container, 'args', 0])],
    ['database lets nobody in', database, call('api', [...container, 'args', 1])],
    ['api lets nobody in', api, call('web', [...container, 'env', 0, 'value'])],
  ] as const)
    yield {
      rule: 'policy/blocks-known-dependency',
      what: `${what} (${nameOf(policy)})`,
      change: changed(policy, (copy) => set(copy, ['spec', 'ingress'], [])),
      at: where,
    };
}
