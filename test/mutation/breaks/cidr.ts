/** Address ranges that are no ranges, overlap, or leave nothing. */
import { append, type Application, at, type Break, changed, has, itemsOf, type Manifest, nameOf, place, set } from '../application';
import type { Path } from '../../../server/src/protocol/source';

export function* cidrBreaks(application: Application): Iterable<Break> {
  for (const policy of application.of('NetworkPolicy')) for (const block of blocksOf(policy)) yield* blockBreaks(policy, block);
  for (const node of application.of('Node')) yield* nodeBreaks(application, node);
  yield* clusterBreaks(application);
}

function blocksOf(policy: Manifest): Path[] {
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    itemsOf(policy, ['spec', direction]).flatMap((rule) =>
      itemsOf(policy, [...rule, direction === 'ingress' ? 'from' : 'to'])
        .map((peer) => [...peer, 'ipBlock'])
        .filter((block) => has(policy, block)),
    ),
  );
}

function* blockBreaks(policy: Manifest, block: Path): Iterable<Break> {
  const cidr = at<string>(policy, [...block, 'cidr']);
  const peer = block.slice(0, -1);
  const base = cidr.slice(0, cidr.lastIndexOf('.'));
  for (const wrong of [`${base}.0/33`, base, `${base}.0.0/24`, `${base}.300/24`, 'internal'])
    yield {
      rule: 'cidr/invalid-syntax',
      what: `cidr ${wrong}`,
      change: changed(policy, (copy) => {
        set(copy, block, { cidr: wrong });
      }),
      at: place(policy, [...block, 'cidr']),
    };
  for (const wrong of [`${base}.7/24`, `${base}.1/28`])
    yield {
      rule: 'cidr/host-bits-set',
      what: `cidr ${wrong}`,
      change: changed(policy, (copy) => {
        set(copy, block, { cidr: wrong });
      }),
      at: place(policy, [...block, 'cidr']),
    };
  for (const index of itemsOf(policy, [...block, 'except']).keys())
    yield {
      rule: 'cidr/except-outside',
      what: `except ${index} lies elsewhere`,
      change: changed(policy, (copy) => {
        set(copy, [...block, 'except', index], '192.0.2.0/28');
      }),
      at: place(policy, [...block, 'except', index]),
    };
  yield {
    rule: 'cidr/except-equals-cidr',
    what: 'except is the whole cidr',
    change: changed(policy, (copy) => {
      set(copy, [...block, 'except'], [cidr]);
    }),
    at: place(policy, [...block, 'except', 0]),
  };
  yield {
    rule: 'cidr/except-covers-all',
    what: 'two excepts leave nothing',
    change: changed(policy, (copy) => {
      set(copy, [...block, 'except'], [`${base}.0/25`, `${base}.128/25`]);
    }),
    at: place(policy, [...block, 'except']),
  };
  yield {
    rule: 'cidr/peer-shadowed',
    what: 'a peer inside of another',
    change: changed(policy, (copy) => {
      append(copy, peer.slice(0, -1), { ipBlock: { cidr: `${base}.200/30` } });
    }),
    at: place(policy, [...peer.slice(0, -1), at<unknown[]>(policy, peer.slice(0, -1)).length, 'ipBlock', 'cidr']),
  };
  const except = at<string>(policy, [...block, 'except', 0]);
  yield {
    rule: 'cidr/except-reallowed',
    what: 'another peer brings an except back',
    change: changed(policy, (copy) => {
      append(copy, peer.slice(0, -1), { ipBlock: { cidr: except } });
    }),
    at: place(policy, [...block, 'except', 0]),
  };
}

function* nodeBreaks(application: Application, node: Manifest): Iterable<Break> {
  const others = application.of('Node').filter((other) => nameOf(other) !== nameOf(node));
  for (const other of others) {
    const range = at<string>(other, ['spec', 'podCIDR']);
    yield {
      rule: 'cidr/node-podcidr-overlap',
      what: `the range of ${nameOf(other)}`,
      change: changed(node, (copy) => {
        set(copy, ['spec'], { podCIDR: range, podCIDRs: [range] });
      }),
      at: place(nameOf(node) > nameOf(other) ? node : other, ['spec', 'podCIDRs', 0]),
    };
    yield {
      rule: 'node/duplicate-address',
      what: `the address of ${nameOf(other)}`,
      change: changed(node, (copy) => {
        set(copy, ['status', 'addresses', 0, 'address'], at(other, ['status', 'addresses', 0, 'address']));
      }),
      at: place(nameOf(node) > nameOf(other) ? node : other, ['status', 'addresses', 0, 'address']),
    };
  }
  yield {
    rule: 'cidr/node-podcidr-outside-cluster',
    what: 'a range outside of the cluster',
    change: changed(node, (copy) => {
      set(copy, ['spec'], { podCIDR: '10.60.0.0/24', podCIDRs: ['10.60.0.0/24'] });
    }),
    at: place(node, ['spec', 'podCIDRs', 0]),
  };
}

function* clusterBreaks(application: Application): Iterable<Break> {
  for (const cluster of application.of('ClusterConfiguration')) {
    const networking: Path = ['networking'];
    for (const range of ['10.100.0.0/16', '10.96.0.0/16', '10.0.0.0/8'])
      yield {
        rule: 'cidr/pod-vs-service-overlap',
        what: `pods in ${range}`,
        change: changed(cluster, (copy, all) => {
          set(copy, [...networking, 'podSubnet'], range);
          all.manifests.splice(0, all.manifests.length, copy);
        }),
        at: { kind: 'ClusterConfiguration', name: '', path: [...networking, 'podSubnet'] },
      };
    yield {
      rule: 'cidr/pod-vs-node-overlap',
      what: 'the nodes stand among the pods',
      change: changed(cluster, (copy, all) => {
        set(copy, [...networking, 'podSubnet'], '192.168.0.0/16');
        for (const pool of all.of('IPPool')) all.manifests.splice(all.manifests.indexOf(pool), 1);
        for (const [index, node] of all.of('Node').entries())
          set(node, ['spec'], { podCIDR: `192.168.${100 + index}.0/24`, podCIDRs: [`192.168.${100 + index}.0/24`] });
        for (const node of all.of('Node').slice(1))
          set(node, ['status', 'addresses', 0, 'address'], at<string>(node, ['status', 'addresses', 0, 'address']).replace('192.168', '172.20'));
      }),
      at: { kind: 'ClusterConfiguration', name: '', path: [...networking, 'podSubnet'] },
    };
  }
  for (const pool of application.of('IPPool')) {
    const [other] = application.of('IPPool').filter((candidate) => nameOf(candidate) !== nameOf(pool));
    for (const range of ['10.244.64.0/18', '10.244.192.0/18', '10.244.0.0/16']) {
      const own = at<string>(pool, ['spec', 'cidr']);
      if (!other || (range !== '10.244.0.0/16' && own.startsWith('10.244.0') === range.startsWith('10.244.64'))) continue;
      yield {
        rule: 'cidr/ippool-overlap',
        what: range,
        change: changed(pool, (copy) => {
          set(copy, ['spec', 'cidr'], range);
        }),
        at: place(application.of('IPPool').indexOf(pool) > application.of('IPPool').indexOf(other) ? pool : other, ['spec', 'cidr']),
      };
    }
  }
  for (const service of application
    .of('Service')
    .filter((candidate) => has(candidate, ['spec', 'clusterIP']) && at(candidate, ['spec', 'clusterIP']) !== 'None')) {
    for (const address of ['10.20.0.10', '10.112.0.1'])
      yield {
        rule: 'cidr/cluster-ip-outside-range',
        what: address,
        change: changed(service, (copy) => {
          set(copy, ['spec', 'clusterIP'], address);
        }),
        at: place(service, ['spec', 'clusterIP']),
      };
    const [other] = application.of('Service').filter((candidate) => nameOf(candidate) !== nameOf(service));
    if (!other) continue;
    yield {
      rule: 'cidr/duplicate-cluster-ip',
      what: `the address of ${nameOf(other)}`,
      change: changed(service, (copy) => {
        set(copy, ['spec', 'clusterIP'], at(other, ['spec', 'clusterIP']));
      }),
      at: place(application.of('Service').indexOf(service) > application.of('Service').indexOf(other) ? service : other, ['spec', 'clusterIP']),
    };
  }
}
