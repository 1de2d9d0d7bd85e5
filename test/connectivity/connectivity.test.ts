/** Who may talk to whom, as tables: small manifests, and every connection that they leave open. */
import { describe, expect, test } from 'vitest';
import { connectivityOf, deployment, policy, together } from './table';

const world = '0.0.0.0-255.255.255.255';

describe('policies', () => {
  test('without any everything is open, and nobody is paired with itself', () => {
    expect(connectivityOf(together(deployment('a'), deployment('b'))).lines).toEqual([
      'shop/a → shop/b: all',
      `shop/a → ${world}: all`,
      'shop/b → shop/a: all',
      `shop/b → ${world}: all`,
      `${world} → shop/a: all`,
      `${world} → shop/b: all`,
    ]);
  });

  test('a connection needs egress there and ingress here, on ports that both allow', () => {
    const files = together(
      deployment('a'),
      deployment('b'),
      policy(
        'out',
        '{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: 80, endPort: 90}, {port: 53, protocol: UDP}]}]}',
      ),
      policy('in', '{podSelector: {matchLabels: {app: b}}, ingress: [{ports: [{port: 85, endPort: 95}, {port: 443}, {protocol: UDP}]}]}'),
    );
    expect(connectivityOf(files).lines).toEqual([
      'shop/a → shop/b: TCP 85-90; UDP 53',
      'shop/b → shop/a: all',
      `shop/b → ${world}: all`,
      `${world} → shop/a: all`,
      `${world} → shop/b: TCP 85-95,443; UDP all`,
    ]);
  });

  test('protocols stand in the order SCTP, TCP, UDP, and ranges that touch are one', () => {
    const files = together(
      deployment('a'),
      policy(
        'in',
        '{podSelector: {}, ingress: [{ports: [{port: 7, protocol: UDP}, {port: 81}, {port: 80}, {port: 1, endPort: 65535, protocol: SCTP}, {port: 100, endPort: 200}, {port: 201}]}]}',
      ),
    );
    expect(connectivityOf(files).report.contexts[0]?.connections.find(({ to }) => to === 'deployment/shop/a')?.allowed).toEqual([
      { protocol: 'SCTP', ports: '1-65535' },
      { protocol: 'TCP', ports: '80-81,100-201' },
      { protocol: 'UDP', ports: '7' },
    ]);
  });

  test('all ports of all protocols are "all", in whatever pieces they are written', () => {
    const files = together(
      deployment('a'),
      policy(
        'in',
        '{podSelector: {}, ingress: [{ports: [{protocol: TCP}, {protocol: UDP}, {protocol: SCTP, port: 1, endPort: 9}, {protocol: SCTP, port: 10, endPort: 65535}]}]}',
      ),
    );
    expect(connectivityOf(files).lines).toContain(`${world} → shop/a: all`);
  });

  test('a named port is the number that it has on the destination', () => {
    const files = together(
      deployment('a', { ports: '{name: http, containerPort: 8080}' }),
      deployment('b', { ports: '{name: http, containerPort: 9090}' }),
      deployment('c', { ports: '{name: http, containerPort: 53, protocol: UDP}' }),
      policy('in', '{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: http}]}]}'),
    );
    expect(connectivityOf(files).lines.filter((line) => !line.includes(world))).toEqual([
      'shop/a → shop/b: TCP 9090',
      'shop/b → shop/a: TCP 8080',
      'shop/c → shop/a: TCP 8080',
      'shop/c → shop/b: TCP 9090',
    ]);
  });

  test('everything denied: the workload is still a peer', () => {
    const files = together(deployment('a'), policy('closed', '{podSelector: {}, policyTypes: [Ingress, Egress]}'));
    expect(connectivityOf(files).lines).toEqual(['shop/a: no connection', `${world}: no connection`]);
  });

  test('a namespace without a manifest has its name for a label, and no other', () => {
    const files = together(
      deployment('a', { namespace: 'one' }),
      deployment('b', { namespace: 'two' }),
      policy('in', '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: two}}}], ports: [{port: 1}]}]}', 'one'),
      policy(
        'in',
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}], ports: [{port: 2}]}, {from: [{namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}], ports: [{port: 3}]}]}',
        'two',
      ),
    );
    const { lines, notes } = connectivityOf(files);
    expect(lines.filter((line) => !line.includes(world))).toEqual(['one/a → two/b: TCP 3', 'two/b → one/a: TCP 1']);
    expect(notes).toEqual([]);
  });
});

describe('workloads', () => {
  test('no replicas, Jobs, bare pods; finished pods are left out', () => {
    const files = together(
      deployment('none').replace('spec:\n', 'spec:\n  replicas: 0\n'),
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: once, namespace: shop}\nspec: {template: {metadata: {labels: {app: once}}, spec: {containers: [{name: main, image: a}]}}}\n',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: bare, namespace: shop}\nspec: {containers: [{name: main, image: a}]}\n',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: done, namespace: shop}\nspec: {containers: [{name: main, image: a}]}\nstatus: {phase: Succeeded}\n',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: once-abc, namespace: shop, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: once, controller: true, uid: u}]}\nspec: {containers: [{name: main, image: a}]}\nstatus: {phase: Failed}\n',
    );
    expect(connectivityOf(files).report.contexts[0]?.peers.filter(({ kind }) => kind === 'workload')).toEqual([
      { kind: 'workload', id: 'deployment/shop/none', namespace: 'shop', workloadKind: 'Deployment', name: 'none' },
      { kind: 'workload', id: 'job/shop/once', namespace: 'shop', workloadKind: 'Job', name: 'once' },
      { kind: 'workload', id: 'pod/shop/bare', namespace: 'shop', workloadKind: 'Pod', name: 'bare' },
    ]);
  });

  test('pods of a controller stand under it, and an address of one is not that of another', () => {
    const pod = (name: string, address: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {app: a}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: a, controller: true, uid: u}]}\nspec: {containers: [{name: main, image: a}]}\nstatus: {podIP: ${address}}\n`;
    const files = together(
      pod('a-1', '10.244.1.1'),
      pod('a-2', '10.244.2.1'),
      deployment('b'),
      policy(
        'in',
        '{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{ipBlock: {cidr: 10.244.1.0/24}}], ports: [{port: 1}]}, {from: [{ipBlock: {cidr: 10.244.0.0/16}}], ports: [{port: 2}]}]}',
      ),
    );
    expect(connectivityOf(files).lines.filter((line) => !line.includes('.0'))).toEqual([
      'shop/b → replicaset/shop/a: all',
      'replicaset/shop/a → shop/b: TCP 2',
    ]);
  });

  test('hostNetwork: ignored, it follows rules without peers and blocks; applied, it is as any other pod', () => {
    const files = together(
      deployment('host', { extra: 'hostNetwork: true' }),
      deployment('web'),
      policy(
        'web',
        '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}], ports: [{port: 1}]}, {ports: [{port: 2}]}, {from: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 3}]}]}',
      ),
      policy('host', '{podSelector: {matchLabels: {app: host}}, ingress: []}'),
    );
    expect(connectivityOf(files).lines.filter((line) => !line.includes('255'))).toEqual(['shop/host → shop/web: TCP 2-3', 'shop/web → shop/host: all']);
    expect(connectivityOf(files, { hostNetworkPolicies: 'applied' }).lines.filter((line) => !line.includes('255'))).toEqual(['shop/host → shop/web: TCP 1-3']);
  });

  test('a namespace that nobody writes is default, and that is said', () => {
    const { lines, notes } = connectivityOf(deployment('a').replace(', namespace: shop', ''));
    expect(lines[0]).toBe(`default/a → ${world}: all`);
    expect(notes).toEqual(['folder:.: one workload has no namespace written: default is assumed']);
  });
});

describe('outside', () => {
  test('the address space is cut at blocks and excepts, sources by ingress and destinations by egress', () => {
    const files = together(
      deployment('a'),
      policy(
        'in',
        '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80}]}, {from: [{ipBlock: {cidr: 10.1.2.3/32}}]}]}',
      ),
      policy('out', '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}'),
    );
    const { lines, report } = connectivityOf(files);
    expect(lines).toEqual([
      'shop/a → 203.0.113.0-203.0.113.255: all',
      '10.0.0.0-10.0.255.255, 10.2.0.0-10.255.255.255 → shop/a: TCP 80',
      '10.1.2.3-10.1.2.3 → shop/a: all',
      '0.0.0.0-9.255.255.255, 10.1.0.0-10.1.2.2, 10.1.2.4-10.1.255.255, 11.0.0.0-255.255.255.255: no connection',
      '0.0.0.0-203.0.112.255, 203.0.114.0-255.255.255.255: no connection',
    ]);
    const ids = report.contexts[0]?.peers.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('what one block of a rule excepts, another of the same rule may hold in part', () => {
    const files = together(
      deployment('a'),
      policy(
        'in',
        '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.244.0.0/16]}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.244.3.0/24]}}]}]}',
      ),
    );
    expect(connectivityOf(files).lines).toEqual([
      `shop/a → ${world}: all`,
      '0.0.0.0-10.244.2.255, 10.244.4.0-255.255.255.255 → shop/a: all',
      '10.244.3.0-10.244.3.255: no connection',
    ]);
  });

  test('bounds between which nothing differs are no bounds', () => {
    const files = together(deployment('a'), policy('in', '{podSelector: {}, ingress: [{}, {from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}'));
    expect(connectivityOf(files).lines).toEqual([`shop/a → ${world}: all`, `${world} → shop/a: all`]);
  });

  test('IPv6 is there in the direction in which a rule names it; 0.0.0.0/0 is no IPv6', () => {
    const files = together(
      deployment('a'),
      policy('in', '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: "2001:db8::/32", except: ["2001:db8:1::/48"]}}]}]}'),
    );
    expect(connectivityOf(files).lines).toEqual([
      `shop/a → ${world}: all`,
      `${world}, 2001:db8::-2001:db8:0:ffff:ffff:ffff:ffff:ffff, 2001:db8:2::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff → shop/a: all`,
      '::-2001:db7:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff, 2001:db9::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff: no connection',
    ]);
  });

  test('pods and blocks, in both readings: without an address only a block over the whole pod range matches', () => {
    const files = together(
      deployment('a'),
      deployment('b'),
      policy(
        'b',
        '{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 1}]}, {from: [{ipBlock: {cidr: 10.244.0.0/17}}], ports: [{port: 2}]}]}',
      ),
    );
    const pair = (reading: Parameters<typeof connectivityOf>[1]): string | undefined =>
      connectivityOf(files, reading).lines.find((line) => line.startsWith('shop/a → shop/b'));
    expect(pair({})).toBe('shop/a → shop/b: TCP 1');
    expect(pair({ cni: 'cilium:tunnel' })).toBeUndefined();
    expect(pair({ cni: 'cilium:tunnel', ipBlockMatchesPods: 'spec' })).toBe('shop/a → shop/b: TCP 1');
    expect(pair({ cni: 'calico:bgp', ipBlockMatchesPods: 'never' })).toBeUndefined();
  });

  test('ten thousand blocks in one rule are bounded work, and one peer with as many ranges', () => {
    const blocks = Array.from({ length: 10_000 }, (_, number) => `{ipBlock: {cidr: ${11 + (number >> 12)}.${(number >> 4) & 255}.${(number & 15) * 16}.0/24}}`);
    const files = together(
      ...Array.from({ length: 30 }, (_, number) => deployment(`w${number}`)),
      policy('in', `{podSelector: {}, ingress: [{from: [${blocks.join(', ')}]}]}`),
    );
    const started = performance.now();
    const { report } = connectivityOf(files);
    expect(performance.now() - started).toBeLessThan(10_000);
    const externals = report.contexts[0]?.peers.flatMap((peer) => (peer.kind === 'external' ? [peer.ranges.length] : [])) ?? [];
    expect(externals.sort((a, b) => a - b)).toEqual([1, 10_000, 10_001]);
  });
});

describe('unknown', () => {
  test('counts as not allowed, and is named', () => {
    const files = together(
      deployment('a', { labels: 'app: "{{ .Values.app }}"' }),
      deployment('b'),
      policy('b', '{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}], ports: [{port: 80}]}]}'),
    );
    const { lines, notes, report } = connectivityOf(files, { explain: true });
    expect(lines.filter((line) => line.startsWith('shop/a →'))).toEqual([`shop/a → ${world}: all`]);
    expect(notes).toContain('folder:.: unknown, counts as not allowed: deployment/shop/a → deployment/shop/b, TCP 80 (NetworkPolicy b: app: a)');
    expect(report.contexts[0]?.unknown).toContainEqual({ from: 'deployment/shop/a', to: 'deployment/shop/b', ports: [{ protocol: 'TCP', ports: '80' }] });
  });

  test('many are counted', () => {
    const many = Array.from({ length: 15 }, (_, number) => deployment(`a${number}`, { labels: 'app: "{{ .Values.app }}"' }));
    const { notes } = connectivityOf(together(...many, policy('all', '{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}]}]}')));
    expect(notes).toHaveLength(11);
    expect(notes.at(-1)).toBe('folder:.: unknown, counts as not allowed: 200 more; connectivity --explain lists them all');
  });
});

describe('ingress controller', () => {
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: web}, ports: [{name: main, port: 80, targetPort: http}, {port: 9000}]}\n';
  const web = deployment('web', { ports: '{name: http, containerPort: 8080}' });
  const ingress = (port: string): string =>
    `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\nspec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: ${port}}}}]}}]}\n`;
  const fromController = (...documents: readonly string[]): readonly string[] =>
    connectivityOf(together(...documents)).lines.filter((line) => line.startsWith('ingress-controller'));

  test.each([
    ['{number: 80}', ['ingress-controller → shop/web: TCP 8080']],
    ['{name: main}', ['ingress-controller → shop/web: TCP 8080']],
    ['{number: 9000}', ['ingress-controller → shop/web: TCP 9000']],
    ['{number: 81}', []],
  ])('reaches the port that an Ingress leads to: %s', (port, lines) => {
    expect(fromController(web, service, ingress(port))).toEqual(lines);
  });

  test.each([
    ['a rule without peers', '[{ports: [{port: http}]}]', ['ingress-controller → shop/web: TCP 8080']],
    ['an empty rule', '[{}]', ['ingress-controller → shop/web: TCP 8080']],
    ['every namespace', '[{from: [{namespaceSelector: {}}]}]', ['ingress-controller → shop/web: TCP 8080']],
    ['every pod of this namespace: its own is not known', '[{from: [{podSelector: {}}]}]', []],
    ['a namespace by name', '[{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]}]', []],
    ['another port', '[{ports: [{port: 9000}]}]', []],
    ['nobody', '[]', []],
  ])('is admitted or not by %s', (_, rules, lines) => {
    expect(fromController(web, service, ingress('{number: 80}'), policy('web', `{podSelector: {}, ingress: ${rules}}`))).toEqual(lines);
  });

  test('what is not known of it is named', () => {
    const { notes } = connectivityOf(
      together(web, service, ingress('{number: 80}'), policy('web', '{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}')),
    );
    expect(notes).toEqual([
      'folder:.: unknown, counts as not allowed: ingress-controller → deployment/shop/web, TCP 8080 (NetworkPolicy web: every pod of this namespace)',
    ]);
  });

  const route = (extra = '', backend = '{name: web, port: 80}'): string =>
    `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web, namespace: shop}\nspec: {parentRefs: [{name: gate}], ${extra}rules: [{backendRefs: [${backend}]}]}\n`;
  const gateway = (listener: string, namespace = 'shop'): string =>
    `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: gate, namespace: ${namespace}}\nspec: {gatewayClassName: any, listeners: [{name: http, port: 80, protocol: HTTP${listener}}]}\n`;

  test.each([
    ['a Gateway that no manifest shows', [route()], 1],
    ['one that admits the route', [route(), gateway('')], 1],
    ['one for another host', [route('hostnames: [a.example.com], '), gateway(', hostname: b.example.com')], 0],
    ['one for hosts below', [route('hostnames: [a.b.example.com], '), gateway(', hostname: "*.example.com"')], 1],
    ['no weight', [route('', '{name: web, port: 80, weight: 0}')], 0],
    ['another namespace without a grant', [route('', '{name: web, port: 80, namespace: shop}').replace('namespace: shop}\nspec', 'namespace: edge}\nspec')], 0],
    [
      'another namespace with a grant',
      [
        route('', '{name: web, port: 80, namespace: shop}').replace('namespace: shop}\nspec', 'namespace: edge}\nspec'),
        'apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: g, namespace: shop}\nspec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}], to: [{group: "", kind: Service}]}\n',
      ],
      1,
    ],
  ])('by a route: %s', (_, documents, count) => {
    expect(fromController(web, service, ...documents)).toEqual(count === 1 ? ['ingress-controller → shop/web: TCP 8080'] : []);
  });

  test.each([
    ['{targetPort: http}', 'TCP 8080'],
    ['{targetPort: 9000}', 'TCP 9000'],
  ])('by a Route of OpenShift: %s', (port, ports) => {
    const document = `apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: web, namespace: shop}\nspec: {to: {kind: Service, name: web}, port: ${port}}\n`;
    expect(fromController(web, service, document)).toEqual([`ingress-controller → shop/web: ${ports}`]);
  });
});

describe('admin tiers', () => {
  test('a denial of the cluster’s administrator goes before what NetworkPolicy allows', () => {
    const files = together(
      deployment('a'),
      deployment('b'),
      policy('b', '{podSelector: {matchLabels: {app: b}}, ingress: [{}]}'),
      'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: guard}\nspec: {priority: 10, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {protocol: TCP, port: 22}}]}]}\n',
    );
    expect(connectivityOf(files).lines).toEqual([
      'shop/a → shop/b: SCTP all; TCP 1-21,23-65535; UDP all',
      `shop/a → ${world}: all`,
      'shop/b → shop/a: SCTP all; TCP 1-21,23-65535; UDP all',
      `shop/b → ${world}: all`,
      `${world} → shop/a: all`,
      `${world} → shop/b: all`,
    ]);
  });
});

describe('explanations', () => {
  test('name the deciding rule of each direction with its place', () => {
    const files = together(
      deployment('a'),
      deployment('b'),
      policy('b', '{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}], ports: [{port: 80}]}]}'),
    );
    const [context] = connectivityOf(files, { explain: true }).report.contexts;
    expect(context?.connections.find(({ from, to }) => from === 'deployment/shop/a' && to === 'deployment/shop/b')?.because).toMatchObject([
      { direction: 'egress', effect: 'default', policy: null },
      {
        direction: 'ingress',
        effect: 'allows',
        certain: true,
        policy: { kind: 'NetworkPolicy', namespace: 'shop', name: 'b' },
        path: ['spec', 'ingress', 0],
        uri: 'main.yaml',
        range: { start: { line: 24 } },
      },
      { direction: 'ingress', effect: 'isolates', path: ['spec', 'podSelector'] },
    ]);
    expect(context?.notAllowed).toMatchObject([{ to: 'deployment/shop/b', because: [{ direction: 'ingress', effect: 'isolates', policy: { name: 'b' } }] }]);
  });
});

describe('hostile', () => {
  test('names and values that mean something elsewhere are only text', () => {
    const files = together(
      deployment('__proto__', { namespace: 'constructor', labels: 'app: __proto__' }),
      deployment('a', { namespace: 'constructor' }),
      policy('toString', '{podSelector: {matchLabels: {app: __proto__}}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}]}]}', 'constructor'),
      policy(
        'broken',
        '{podSelector: 7, ingress: [3, {from: x}, {ports: [{port: 99999999}, {port: -1}, {port: 80, endPort: 10}]}, {from: [{ipBlock: {cidr: 10.0.0.0/99}}, {ipBlock: 4}, {}]}]}',
        'constructor',
      ),
    );
    expect(connectivityOf(files).lines).toContain('constructor/a → constructor/__proto__: all');
  });
});
