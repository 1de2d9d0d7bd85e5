/** Traces of an invented shop, shaped as the simulator gives them, for the tests of the trace view. */
import type { EndpointChoice, QuestionDefaults } from '../../../server/src/protocol/panel';
import type { Branch, Evidence, Hop, HopKind, Packet, PolicyAnswer, Sharing, Trace, Verdict } from '../../../server/src/protocol/trace';

const root = 'file:///shop/';

type Place = Hop['at'];

const nodeOne: Place = { kind: 'node', name: 'node-1', address: '192.168.0.11', podRange: '10.244.0.0/24' };
const nodeTwo: Place = { kind: 'node', name: 'node-2', address: '192.168.0.12', podRange: '10.244.1.0/24' };

function pod(name: string, node: string, address: string): Place {
  return { kind: 'pod', name, node, address };
}

export function packet(source: string, destination: string, more: Partial<Packet> = {}): Packet {
  return { source: end(source), destination: end(destination), protocol: 'TCP', mtu: 1450, ...more };
}

function end(text: string): Packet['source'] {
  const [address = '', port] = text.split(':');
  return { address, port: port === undefined ? null : Number(port) };
}

export function evidence(file: string, line: number, role: Evidence['role'], note: string, excerpt?: Evidence['excerpt']): Evidence {
  const uri = root + file;
  return {
    at: { uri, document: 0, path: ['spec'] },
    role,
    note,
    uri,
    range: { start: { line, column: 1 }, end: { line, column: 12 } },
    ...(excerpt ? { excerpt } : {}),
  };
}

interface More {
  readonly device?: string;
  readonly after?: Packet;
  readonly because?: readonly Evidence[];
  readonly expert?: string;
  readonly assumed?: boolean;
  readonly trace?: Branch;
  readonly policies?: readonly PolicyAnswer[];
  readonly shares?: Sharing;
}

export function hop(kind: HopKind, at: Place, verdict: Verdict, before: Packet, plain: string, more: More = {}): Hop {
  const node = at.node ?? at.name;
  const shared = kind === 'service-translation' || kind === 'source-translation' ? 'kube-proxy' : kind;
  return {
    kind,
    at,
    station: `${node}/${at.name}/${shared}${more.device ?? ''}`,
    verdict,
    before,
    after: before,
    because: [],
    plain,
    expert: more.expert ?? `expert: ${plain}`,
    ...more,
  };
}

export function branch(hops: readonly Hop[], more: Partial<Branch> = {}): Branch {
  return { label: 'the only path', share: 1, hops, reply: [], outcome: 'delivered', notReached: [], alternatives: [], ...more };
}

export function trace(from: string, to: string, branches: readonly Branch[], more: Partial<Trace> = {}): Trace {
  return {
    context: 'shop',
    flow: { from, to, protocol: 'TCP' },
    outcome: branches[0]?.outcome ?? 'unknown',
    branches,
    warnings: [],
    unknowns: [],
    remedies: [],
    ...more,
  };
}

export const defaults: QuestionDefaults = { cni: 'calico:vxlan', proxyMode: 'iptables', placement: 'other-node' };

export const endpoints: readonly EndpointChoice[] = [
  { endpoint: 'deployment/shop/checkout', label: 'checkout', detail: 'Deployment · server', ports: [{ number: 5050, protocol: 'TCP', name: 'grpc' }] },
  { endpoint: 'deployment/shop/web', label: 'web', detail: 'Deployment · server', ports: [{ number: 8080, protocol: 'TCP', name: 'http' }] },
  { endpoint: 'service/shop/cart', label: 'cart', detail: 'Service', ports: [{ number: 7070, protocol: 'TCP', name: 'grpc' }] },
  { endpoint: 'service/shop/cache', label: 'cache', detail: 'Service', ports: [{ number: 6379, protocol: 'TCP', name: 'redis' }] },
  { endpoint: 'service/shop/web-public', label: 'web-public', detail: 'LoadBalancer', ports: [{ number: 80, protocol: 'TCP', name: 'http' }] },
  { endpoint: 'internet', label: 'internet', detail: '203.0.113.7', ports: [] },
];

function lookup(client: Place, name: string, address: string, source: string): Hop {
  const question = packet(`${source}:50300`, '10.96.0.10:53', { protocol: 'UDP', hostname: name });
  const own = branch(
    [
      hop('container-socket', client, 'forwarded', question, `The program asks for ${name}.`, { device: 'server' }),
      hop('service-translation', nodeOne, 'translated', question, 'The address of cluster DNS becomes that of one of its pods.', {
        after: packet(`${source}:50300`, '10.244.0.2:53', { protocol: 'UDP' }),
      }),
      hop(
        'container-port',
        pod('coredns', 'node-1', '10.244.0.2'),
        'delivered',
        packet(`${source}:50300`, '10.244.0.2:53', { protocol: 'UDP' }),
        'CoreDNS takes the question.',
        { device: 'coredns' },
      ),
    ],
    { label: 'name look-up' },
  );
  return hop(
    'dns-query',
    client,
    'resolved',
    packet(`${source}:0`, `${name}:7070`, { hostname: name }),
    `The program only knows the name ${name}. Cluster DNS answers with the address of the Service, ${address}.`,
    {
      after: packet(source, address, { hostname: `${name}.shop.svc.cluster.local` }),
      because: [evidence('checkout.yaml', 68, 'declares', 'the environment names it')],
      trace: own,
    },
  );
}

const checkout = pod('checkout', 'node-1', '10.244.0.7');
const cart = pod('cart', 'node-2', '10.244.1.9');
const virtual = packet('10.244.0.7:41512', '10.96.112.7:7070');
const chosen = packet('10.244.0.7:41512', '10.244.1.9:7070');
const wrapped = packet('10.244.0.7:41512', '10.244.1.9:7070', {
  encapsulation: { kind: 'vxlan', source: '192.168.0.11', destination: '192.168.0.12', overhead: 50, udpPort: 4789 },
});

function allowing(name: string, file: string, line: number, reason: string, peers?: string, ports?: string): Pick<Hop, 'policies' | 'because'> {
  return {
    policies: [
      {
        name,
        at: { uri: root + file, document: 0, path: ['spec'] },
        allows: true,
        reason,
        rule: { ...(peers === undefined ? {} : { peers }), ...(ports === undefined ? {} : { ports }), peersMatch: 'yes', portsMatch: 'yes' },
      },
      { name: 'deny-all', at: { uri: `${root}deny-all.yaml`, document: 0, path: ['spec'] }, allows: false, reason: 'lets nobody in' },
    ],
    because: [evidence(file, line, 'allows', reason)],
  };
}

/** Over two nodes, wrapped in VXLAN, past a policy at each end. */
export const delivered: Trace = trace(
  'deployment/shop/checkout',
  'service/shop/cart',
  [
    branch(
      [
        lookup(checkout, 'cart', '10.96.112.7', '10.244.0.7'),
        hop('container-socket', checkout, 'forwarded', virtual, 'The program opens a connection to the Service address.', { device: 'server' }),
        hop('pod-interface', checkout, 'forwarded', virtual, 'The packet leaves the pod through its only network card.', { device: 'eth0' }),
        hop('veth', nodeOne, 'forwarded', virtual, 'A virtual cable: what goes in at eth0 comes out here, in the node.', { device: 'cali1c9fe2a4b1d' }),
        hop(
          'service-translation',
          nodeOne,
          'translated',
          virtual,
          '10.96.112.7 is no machine. The node picks a ready pod behind the Service (1 of 1) and writes that pod’s address on the packet.',
          {
            after: chosen,
            because: [evidence('cart.yaml', 81, 'translates', '100 % of connections')],
          },
        ),
        hop(
          'policy-egress',
          nodeOne,
          'allowed',
          chosen,
          'May checkout send this? Yes: its policy allows every destination. deny-all selects it too, but one policy that allows is enough.',
          allowing('checkout', 'policy-checkout.yaml', 35, 'sends anywhere'),
        ),
        hop('node-routing', nodeOne, 'forwarded', chosen, '10.244.1.9 lies on node-2, so the packet goes into the tunnel.'),
        hop(
          'tunnel-encapsulation',
          nodeOne,
          'encapsulated',
          chosen,
          'The packet is put into a second packet, addressed from node to node. 50 bytes are added; the pod MTU of 1450 leaves room for them.',
          { after: wrapped, device: 'vxlan.calico' },
        ),
        hop('underlay', { kind: 'outside', name: 'network' }, 'forwarded', wrapped, 'The network outside only sees node-1 talking to node-2.'),
        hop('tunnel-decapsulation', nodeTwo, 'decapsulated', wrapped, 'The outer packet is taken off; the inner one is as it was.', {
          after: chosen,
          device: 'vxlan.calico',
        }),
        hop('node-routing', nodeTwo, 'forwarded', chosen, '10.244.1.9 is a pod of this node.'),
        hop(
          'policy-ingress',
          nodeTwo,
          'allowed',
          chosen,
          'May checkout reach cart on 7070? Yes: the policy names app: checkout.',
          allowing('cart', 'policy-cart.yaml', 33, 'lets in app: checkout on port 7070/TCP', 'app: checkout', '7070/TCP'),
        ),
        hop('veth', nodeTwo, 'forwarded', chosen, 'Through the cable into the pod.', { device: 'cali7e2b90c1d22' }),
        hop('pod-interface', cart, 'forwarded', chosen, 'The packet enters the pod.', { device: 'eth0' }),
        hop('container-port', cart, 'delivered', chosen, 'The container listens on 7070. The packet has arrived.', {
          device: 'server',
          because: [evidence('cart.yaml', 48, 'declares', 'containerPort 7070')],
          assumed: true,
        }),
      ],
      {
        reply: [
          hop(
            'connection-tracking',
            nodeOne,
            'translated',
            packet('10.244.1.9:7070', '10.244.0.7:41512'),
            'node-1 remembers the connection and writes 10.96.112.7 back as the sender.',
          ),
        ],
      },
    ),
  ],
  { flow: { from: 'deployment/shop/checkout', to: 'service/shop/cart', port: 7070, protocol: 'TCP' } },
);

const web = pod('web', 'node-1', '10.244.0.3');
const cache = pod('cache', 'node-1', '10.244.0.12');
const toCache = packet('10.244.0.3:38820', '10.96.204.31:6379');
const toCachePod = packet('10.244.0.3:38820', '10.244.0.12:6379');
const excerpt = {
  firstLine: 26,
  lines: [
    '  ingress:',
    '  - from:',
    '    - podSelector:',
    '        matchLabels:',
    '          app: cart',
    '    ports:',
    '     - port: 6379',
    '       protocol: TCP',
  ],
  marked: [30],
};

/** On one node, stopped by the policy of the pod it goes to. */
export const denied: Trace = trace(
  'deployment/shop/web',
  'service/shop/cache',
  [
    branch(
      [
        lookup(web, 'cache', '10.96.204.31', '10.244.0.3'),
        hop('container-socket', web, 'forwarded', toCache, 'The program opens a connection.', { device: 'server' }),
        hop('pod-interface', web, 'forwarded', toCache, 'The packet leaves the pod.', { device: 'eth0' }),
        hop('veth', nodeOne, 'forwarded', toCache, 'It enters the node.', { device: 'cali5b01d2e3f4a' }),
        hop('service-translation', nodeOne, 'translated', toCache, 'The Service address is replaced by the one ready pod behind it.', {
          after: toCachePod,
          because: [evidence('cache.yaml', 154, 'translates', '1 of 1')],
        }),
        hop('policy-egress', nodeOne, 'allowed', toCachePod, 'web may send anywhere.', allowing('web', 'policy-web.yaml', 29, 'sends anywhere')),
        hop('node-routing', nodeOne, 'forwarded', toCachePod, '10.244.0.12 is on this node.'),
        hop('policy-ingress', { ...cache }, 'dropped', toCachePod, 'May web reach cache on 6379? No: only app: cart may.', {
          because: [evidence('policy-cache.yaml', 30, 'denies', 'only app: cart', excerpt)],
          policies: [
            {
              name: 'cache',
              at: { uri: `${root}policy-cache.yaml`, document: 0, path: ['spec', 'ingress', 0] },
              allows: false,
              reason: 'the port matches, the sender does not',
              rule: { peers: 'app: cart', ports: '6379/TCP', peersMatch: 'no', portsMatch: 'yes', other: 'app: web' },
            },
            { name: 'deny-all', at: { uri: `${root}deny-all.yaml`, document: 0, path: ['spec'] }, allows: false, reason: 'lets nobody in' },
          ],
        }),
      ],
      {
        outcome: 'dropped-policy-ingress',
        notReached: [
          hop('veth', nodeOne, 'forwarded', toCachePod, '', { device: 'cali0aa11bb22cc' }),
          hop('pod-interface', cache, 'forwarded', toCachePod, '', { device: 'eth0' }),
          hop('container-port', cache, 'delivered', toCachePod, '', { device: 'redis' }),
        ],
      },
    ),
  ],
  {
    flow: { from: 'deployment/shop/web', to: 'service/shop/cache', port: 6379, protocol: 'TCP', options: { placement: 'same-node' } },
    remedies: [
      {
        what: 'Let web in, too:',
        helps: true,
        edits: [
          {
            at: { uri: `${root}policy-cache.yaml`, document: 0, path: ['spec', 'ingress', 0, 'from'] },
            uri: `${root}policy-cache.yaml`,
            afterLine: 30,
            insert: '    - podSelector:\n        matchLabels:\n          app: web\n',
          },
        ],
      },
      { what: 'Or go through cart, which keeps the carts: web may already call it on 7070.', helps: true },
      { what: 'a change to deny-all, or to the policy of web. Sending is allowed already; receiving is not.', helps: false },
    ],
  },
);

const internet: Place = { kind: 'outside', name: 'internet', address: '203.0.113.7' };
const balancer: Place = { kind: 'outside', name: 'web-public', address: '198.51.100.20' };

function publicBranch(entry: Place, target: string, share: number): Branch {
  const from = packet('203.0.113.7:52344', '198.51.100.20:80', { mtu: 1500 });
  const toNode = packet('203.0.113.7:52344', `${entry.address ?? ''}:30080`, { mtu: 1500 });
  const crosses = (target === 'web-3') !== (entry.name === 'node-2');
  const place = target === 'web-3' ? nodeTwo : nodeOne;
  const address = target === 'web-3' ? '10.244.1.7' : target === 'web-2' ? '10.244.0.4' : '10.244.0.3';
  const toPod = packet('203.0.113.7:52344', `${address}:8080`, { mtu: 1500 });
  const masked = packet(`${crosses ? (entry.address ?? '') : '10.244.0.1'}:40112`, `${address}:8080`, { mtu: 1500 });
  const home = pod(target, place.name, address);
  return branch(
    [
      hop('container-socket', internet, 'forwarded', from, 'It only knows the address of the load balancer.'),
      hop('load-balancer', balancer, 'translated', from, 'It picks one of two nodes and sends to the port that every node keeps open for this Service.', {
        after: toNode,
        because: [evidence('web.yaml', 130, 'routes', 'type: LoadBalancer')],
      }),
      hop('node-port', entry, 'forwarded', toNode, `The packet enters ${entry.name}.`, { device: 'eth0' }),
      hop('service-translation', entry, 'translated', toNode, 'It picks one of three ready pods.', {
        after: toPod,
        because: [evidence('web.yaml', 135, 'translates', '1 of 3 pods')],
      }),
      hop(
        'source-translation',
        entry,
        'translated',
        toPod,
        'The node writes one of its own addresses as the sender, so that the answer comes back through it.',
        { after: masked, because: [evidence('web.yaml', 130, 'declares', 'externalTrafficPolicy is not set: Cluster')] },
      ),
      hop('node-routing', entry, 'forwarded', masked, 'kindnet knows on which node each pod range lies.'),
      ...(crosses ? [hop('underlay', { kind: 'outside', name: 'network' }, 'forwarded', masked, 'From node to node, without a tunnel.')] : []),
      hop('policy-ingress', place, 'allowed', masked, 'web lets everyone in.', allowing('web', 'policy-web.yaml', 27, 'lets everyone in')),
      hop('veth', place, 'forwarded', masked, 'Through the cable into the pod.', { device: 'vethf1e2d3' }),
      hop('pod-interface', home, 'forwarded', masked, 'It enters the pod.', { device: 'eth0' }),
      hop('container-port', home, 'delivered', masked, 'The container listens on 8080.', {
        device: 'server',
        because: [evidence('web.yaml', 49, 'declares', 'containerPort 8080')],
      }),
    ],
    { label: `${entry.name} → ${target}`, share },
  );
}

/** From the internet through a load balancer to three replicas on two nodes. */
export const branching: Trace = trace(
  'internet',
  'service/shop/web-public',
  [nodeOne, nodeTwo].flatMap((entry) => ['web-1', 'web-2', 'web-3'].map((target) => publicBranch(entry, target, 1 / 6))),
  { flow: { from: 'internet', to: 'service/shop/web-public', port: 80, protocol: 'TCP', options: { placement: 'any', cni: 'kindnet' } } },
);

const cachePod = pod('cache', 'node-1', '10.244.0.12');
const local = packet('127.0.0.1:40510', '127.0.0.1:6379', { mtu: 65536 });

/** Two containers of one pod, and what else they share. */
export const inOnePod: Trace = trace(
  'container/shop/cache/backup',
  'container/shop/cache/redis',
  [
    branch([
      hop(
        'container-socket',
        cachePod,
        'forwarded',
        local,
        'The program calls localhost. All containers of a pod share one network, so this means the pod itself.',
        { device: 'backup', because: [evidence('cache.yaml', 31, 'declares', 'env')] },
      ),
      hop(
        'loopback',
        cachePod,
        'forwarded',
        local,
        'A network card that leads back to where it came from. NetworkPolicy is never asked here, and cannot block it.',
        { device: 'lo', shares: { kind: 'network', heldBy: 'pause' } },
      ),
      hop('container-port', cachePod, 'delivered', local, 'redis listens on 6379. Only one container of a pod can hold a port.', {
        device: 'redis',
        because: [evidence('cache.yaml', 19, 'declares', 'containerPort')],
      }),
      hop('shared-volume', cachePod, 'forwarded', local, 'Both mount the volume cache-data: backup at /backup, read only, redis at /data.', {
        device: 'cache-data',
        because: [evidence('cache.yaml', 40, 'declares', 'volumes')],
        shares: {
          kind: 'volume',
          name: 'cache-data',
          type: 'emptyDir',
          mounts: [
            { container: 'backup', path: '/backup', readOnly: true },
            { container: 'redis', path: '/data', readOnly: false },
          ],
        },
      }),
      hop('ipc', cachePod, 'forwarded', local, 'They see the same System V memory and semaphores.', { shares: { kind: 'ipc', processes: false } }),
    ]),
  ],
  { flow: { from: 'container/shop/cache/backup', to: 'container/shop/cache/redis', port: 6379, protocol: 'TCP' } },
);

/** The delivered trace with a CNI that enforces no policy, over a bridge. */
export const notEnforced: Trace = {
  ...delivered,
  flow: { ...delivered.flow, options: { cni: 'flannel:vxlan' } },
  warnings: ['flannel enforces no NetworkPolicy: both pods have policies, and none of them holds.'],
  branches: delivered.branches.map((each) => ({
    ...each,
    hops: each.hops.flatMap((one) => {
      if (one.kind === 'policy-egress' || one.kind === 'policy-ingress') return [{ ...one, verdict: 'not-enforced' as const }];
      if (one.kind !== 'veth') return [one];
      const bridge = hop('bridge', one.at, 'forwarded', one.before, 'The bridge finds no machine address there and hands the packet to the node.', {
        device: 'cni0',
      });
      return one.at.name === 'node-1' ? [one, bridge] : [bridge, one];
    }),
  })),
};

const toWorld = packet('10.244.0.7:41900', '93.184.216.34:443', { mtu: 1500 });
const worldMasked = packet('192.168.0.11:41900', '93.184.216.34:443', { mtu: 1500 });
const worldNatted = packet('198.51.100.1:41900', '93.184.216.34:443', { mtu: 1500 });

/** From a pod to a host outside. */
export const toInternet: Trace = trace('deployment/shop/checkout', 'internet', [
  branch([
    hop('container-socket', checkout, 'forwarded', toWorld, 'The program opens a connection.', { device: 'server' }),
    hop('pod-interface', checkout, 'forwarded', toWorld, 'It leaves the pod.', { device: 'eth0' }),
    hop('veth', nodeOne, 'forwarded', toWorld, 'It enters the node.', { device: 'cali1c9fe2a4b1d' }),
    hop('policy-egress', nodeOne, 'allowed', toWorld, 'checkout may send anywhere.', allowing('checkout', 'policy-checkout.yaml', 35, 'sends anywhere')),
    hop('node-routing', nodeOne, 'forwarded', toWorld, 'It goes to the default route.'),
    hop('source-translation', nodeOne, 'translated', toWorld, 'The node writes its own address as the sender.', { after: worldMasked }),
    hop(
      'internet-gateway',
      { kind: 'outside', name: 'internet gateway', address: '198.51.100.1' },
      'translated',
      worldMasked,
      'The gateway writes a public address.',
      { after: worldNatted, assumed: true },
    ),
    hop('external-host', { kind: 'outside', name: '93.184.216.34', address: '93.184.216.34' }, 'delivered', worldNatted, 'The host outside.'),
  ]),
]);

/** Names that would do harm where they are taken for markup. */
export const hostile: Trace = {
  ...denied,
  branches: denied.branches.map((each) => ({
    ...each,
    label: '<img src=x onerror=alert(1)>',
    hops: each.hops.map((one) => ({
      ...one,
      plain: '<script>alert(1)</script>',
      device: '"><svg onload=alert(1)>'.repeat(4),
      at: { ...one.at, name: '__proto__<b>' },
    })),
  })),
};

/** The delivered trace with an ingress policy that may select the pod. */
export const conditional: Trace = {
  ...delivered,
  outcome: 'unknown',
  branches: delivered.branches.map((path) => ({
    ...path,
    outcome: 'unknown',
    hops: path.hops.map((each) => (each.kind === 'policy-ingress' ? { ...each, verdict: 'unknown' } : each)),
  })),
};

export const samples = { delivered, denied, branching, inOnePod, notEnforced, toInternet, hostile, conditional } as const;
