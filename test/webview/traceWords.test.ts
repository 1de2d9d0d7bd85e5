/** The words and rows of the trace view: what is written on the packet, how it ended, the question, the paths, lines of YAML. */
import { describe, expect, it } from 'vitest';
import type { Flow, Outcome, Trace } from '../../server/src/protocol/trace';
import { outcomes } from '../../server/src/protocol/trace';
import {
  cniLabel,
  draftOf,
  endpointChoices,
  endpointIcon,
  portChoices,
  questionOf,
  swapped,
  notReadyOf,
  otherPort,
  portOf,
  readinessChoices,
} from '../../webview/src/trace/choices';
import { decidingHop, joinForwarding, journeyOf, sharesAlong, staysInPod } from '../../webview/src/trace/journey';
import { packetRows } from '../../webview/src/trace/packetRows';
import { briefPath, pathRow, tellingColumns } from '../../webview/src/trace/paths';
import { chips, endText, endpointLabel, hopPlace, hopTitle, outcomeSentence, outcomeTitle, shareText } from '../../webview/src/trace/words';
import { insertionLines, yamlPieces } from '../../webview/src/trace/yamlLines';
import { branch, branching, defaults, delivered, denied, endpoints, hop, hostile, inOnePod, notEnforced, packet, trace } from './samples/traces';

const firstBranch = (of: Trace) => {
  const [first] = of.branches;
  if (!first) throw new Error('no branch');
  return first;
};
const hops = journeyOf(firstBranch(delivered)).hops;
const hopAt = (index: number) => {
  const found = hops[index];
  if (!found) throw new Error('no hop');
  return found;
};

describe('written on the packet', () => {
  it('says what was asked and what was answered', () =>
    expect(packetRows(hopAt(0), false)).toEqual([
      { label: 'ask', value: 'cart', tint: 'plain' },
      { label: 'get', value: '10.96.112.7', tint: 'path' },
    ]));
  it('strikes the old address through', () =>
    expect(packetRows(hopAt(4), false)).toEqual([
      { label: 'from', value: '10.244.0.7:41512', tint: 'plain' },
      { label: 'to', old: '10.96.112.7:7070', value: '10.244.1.9:7070', tint: 'translation' },
    ]));
  it('shows the outer packet as long as it is there', () => {
    expect(packetRows(hopAt(7), false)).toContainEqual({ label: 'outer', value: '192.168.0.11 → 192.168.0.12', tint: 'tunnel' });
    expect(packetRows(hopAt(9), false)).toContainEqual({ label: 'outer', old: '192.168.0.11 → 192.168.0.12', tint: 'tunnel' });
  });
  it('says unchanged, unless the addresses are wanted all the same', () => {
    expect(packetRows(hopAt(2), false)).toBe('unchanged');
    expect(packetRows(hopAt(2), true)).toHaveLength(2);
  });
  it('says that a dropped packet is gone', () =>
    expect(packetRows(journeyOf(firstBranch(denied)).hops[7] ?? hopAt(0), true)).toBe('the packet is thrown away'));
  it('puts IPv6 addresses with a port in brackets', () => {
    expect(endText({ address: 'fd00::1', port: 80 })).toBe('[fd00::1]:80');
    expect(endText({ address: 'fd00::1', port: null })).toBe('fd00::1');
  });
});

describe('journey', () => {
  it('leaves channels beside the way without a number', () => {
    const journey = journeyOf(firstBranch(inOnePod));
    expect(journey.hops.map((each) => each.kind)).toEqual(['container-socket', 'loopback', 'container-port']);
    expect(journey.beside.map((each) => each.kind)).toEqual(['shared-volume', 'ipc']);
  });
  it('knows a path that stays in its pod', () => {
    expect(staysInPod(firstBranch(inOnePod))).toBe(true);
    expect(staysInPod(firstBranch(delivered))).toBe(false);
    expect(staysInPod(branch([]))).toBe(false);
  });
  it('joins what only forwards on one node', () =>
    expect(joinForwarding(hops).map(({ first, hops: joined }) => [first + 1, joined.length])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [5, 1],
      [6, 1],
      [7, 1],
      [8, 1],
      [9, 1],
      [10, 1],
      [11, 1],
      [12, 1],
      [13, 2],
      [15, 1],
    ]));
  it('counts shares along the way that paths have in common', () => {
    const shares = sharesAlong(branching.branches, firstBranch(branching)).map((share) => Math.round(share * 100));
    expect(shares.slice(0, 6)).toEqual([100, 100, 50, 50, 17, 17]);
  });
  it('finds the hop that settles the end', () => {
    expect(decidingHop(firstBranch(denied))?.kind).toBe('policy-ingress');
    const open = branch(
      [
        hop('policy-ingress', { kind: 'node', name: 'n' }, 'unknown', packet('a', 'b'), ''),
        hop('container-port', { kind: 'pod', name: 'p' }, 'delivered', packet('a', 'b'), ''),
      ],
      { outcome: 'unknown' },
    );
    expect(decidingHop(open)?.kind).toBe('policy-ingress');
    expect(decidingHop(branch([]))).toBeUndefined();
  });
});

describe('words', () => {
  it('says how it ended and for whom', () => {
    expect(`${outcomeTitle(delivered)} ${outcomeSentence(delivered, endpoints)}`).toBe('Delivered. checkout reaches cart on TCP 7070.');
    expect(`${outcomeTitle(denied)} ${outcomeSentence(denied, endpoints)}`).toBe('Dropped by an ingress policy. web does not reach cache on TCP 6379.');
    expect(`${outcomeTitle(branching)} ${outcomeSentence(branching, endpoints)}`).toBe(
      'Delivered on all 6 paths. Each of the 3 pods gets 33 % of the connections.',
    );
    expect(outcomeTitle(notEnforced)).toBe('Delivered, and nothing guards it.');
    expect(outcomeSentence(inOnePod, endpoints)).toBe('The packet never leaves the pod.');
  });
  it.each(outcomes)('has words for %s', (outcome: Outcome) => {
    const one = trace('a', 'b:80', [], { outcome });
    expect(outcomeTitle(one)).toMatch(/^[A-Z].+\.$/);
    expect(outcomeSentence(one, [])).toContain('a ');
  });
  it('counts what matters in chips', () => {
    const texts = (of: Trace): readonly string[] => chips(of, of.branches[0]).map(({ text }) => text);
    expect(texts(delivered)).toEqual(['1 path', '2 policies allow', '1 translation', '1 tunnel']);
    expect(texts(denied)).toEqual(['1 path', 'stops at hop 8', 'caller: time-out']);
    expect(texts(branching)).toEqual(['6 paths', 'SNAT on 6 of 6', '2 of 6 cross nodes'.replace('2', '3')]);
    expect(texts(inOnePod)).toEqual(['no policy', 'no CNI', 'no kube-proxy']);
  });
  it('names hops and their places', () => {
    expect(hops.map(hopTitle).slice(0, 5)).toEqual(['Name lookup', 'server', 'eth0', 'veth cali1c9fe2a4b1d', 'kube-proxy']);
    expect(hopPlace(hopAt(4), 'nftables')).toBe('node-1 · nftables');
    expect(hopPlace(hopAt(8), 'iptables')).toBe('UDP 4789');
  });
  it('writes shares as people read them', () => expect([1, 0.5, 1 / 3, 1 / 6, 0.005].map(shareText)).toEqual(['100 %', '50 %', '33 %', '16.7 %', '0.5 %']));
  it('labels endpoints that it does not know by their last part', () => {
    expect(endpointLabel('statefulset/a/db', endpoints)).toBe('db');
    expect(endpointLabel('redis-cart:6379', [])).toBe('redis-cart');
    expect(endpointLabel('service/shop/cart', endpoints)).toBe('cart');
  });
});

describe('the question', () => {
  const asked: Flow = { from: 'deployment/shop/web', to: 'cache:6379', protocol: 'TCP', options: { cni: 'kindnet', clientAddress: '203.0.113.9' } };

  it('finds the destination of a name with a port in the list', () =>
    expect(draftOf(asked, endpoints, defaults)).toMatchObject({ to: 'service/shop/cache', port: '6379', cni: 'kindnet', placement: 'other-node' }));
  it('leaves out what is the default, and keeps options that have no control', () => {
    const draft = draftOf(asked, endpoints, defaults);
    expect(questionOf(draft, asked, defaults)).toEqual({
      from: 'deployment/shop/web',
      to: 'service/shop/cache',
      port: 6379,
      protocol: 'TCP',
      options: { cni: 'kindnet', clientAddress: '203.0.113.9' },
    });
    expect(questionOf({ ...draftOf(null, endpoints, defaults), from: 'a', to: 'b' }, null, defaults)).toEqual({ from: 'a', to: 'b', protocol: 'TCP' });
  });
  it('forgets the port when the ends are swapped', () =>
    expect(swapped(draftOf(asked, endpoints, defaults))).toMatchObject({ from: 'service/shop/cache', to: 'deployment/shop/web', port: '' }));
  it('offers the ports of the destination, and the one that was asked', () => {
    expect(portChoices(endpoints, 'service/shop/cart', '').map(({ value }) => value)).toEqual(['', '7070', otherPort]);
    expect(portChoices(endpoints, 'service/shop/cart', '81').map(({ value }) => value)).toEqual(['', '7070', '81', otherPort]);
  });
  it('reads a port as it is typed', () => {
    expect(['8080', ' :53 ', '070', '0', '65536', 'http', '1e3', ''].map(portOf)).toEqual([
      '8080',
      '53',
      '70',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
  it('offers how many pods are ready, and reads the choice back', () => {
    const pods = [
      { workload: 'deployment/shop/api', label: 'api', count: 3 },
      { workload: 'deployment/shop/old', label: 'old', count: 1 },
    ];
    const { choices, value } = readinessChoices(pods, [{ workload: 'deployment/shop/api', count: 2 }]);
    expect(choices.map(({ label, detail }) => (detail === undefined ? label : `${label} (${detail})`))).toEqual([
      'all ready',
      '1 of 3 not ready (api)',
      '2 of 3 not ready (api)',
      'none of api ready',
      'not ready of old',
    ]);
    expect(notReadyOf(value)).toEqual([{ workload: 'deployment/shop/api', count: 2 }]);
    expect(notReadyOf('all deployment/shop/old')).toEqual([{ workload: 'deployment/shop/old' }]);
    expect(notReadyOf('')).toEqual([]);
    const several = readinessChoices(pods, [{ workload: 'deployment/shop/api' }, { workload: 'deployment/shop/old' }]);
    expect(several.choices.find((choice) => choice.value === several.value)).toEqual({ value: 'several', label: '2 not ready', detail: 'api, old' });
    expect(notReadyOf(several.value)).toBeUndefined();
  });
  it('keeps what the controls do not show, and leaves out what equals the defaults', () => {
    const before = {
      from: 'a',
      to: 'service/shop/cart',
      options: { clientAddress: '192.0.2.1', ipFamily: 6 as const, notReady: [{ workload: 'deployment/shop/cart' }] },
    };
    const draft = draftOf(before, endpoints, defaults);
    expect(draft).toMatchObject({ family: '6', notReady: [{ workload: 'deployment/shop/cart' }] });
    expect(questionOf({ ...draft, family: '', notReady: [] }, before, defaults)).toEqual({
      from: 'a',
      to: 'service/shop/cart',
      protocol: 'TCP',
      options: { clientAddress: '192.0.2.1' },
    });
    expect(questionOf(draft, before, defaults).options).toEqual(before.options);
  });
  it('offers an endpoint that is not in the list, and the internet', () => {
    expect(endpointChoices([], 'pod/x/y')).toEqual([
      { value: 'pod/x/y', label: 'y', detail: 'Pod' },
      { value: 'internet', label: 'internet' },
    ]);
  });
  it('names the network plugins', () =>
    expect(['bridge', 'calico:vxlan', 'cilium:native'].map((each) => cniLabel(each as 'bridge'))).toEqual(['bridge', 'calico, VXLAN', 'cilium, native']));
  it('is not misled by names of the prototype', () => expect(endpointIcon('constructor/__proto__/x', endpoints)).toBe('workload'));
});

describe('paths', () => {
  const rows = branching.branches.map(pathRow);
  it('says where each leads and whom the pod sees', () =>
    expect(rows[2]).toMatchObject({ entersAt: 'node-1', pod: 'web-3', podIsOn: 'node-2', crosses: 'yes', sender: '192.168.0.11' }));
  it('shows the columns that tell them apart', () => {
    expect(tellingColumns(rows, 'wide')).toEqual(['entersAt', 'pod', 'podIsOn', 'crosses', 'sender']);
    expect(tellingColumns(rows, 'narrow')).toEqual(['label']);
    const alike = rows.map((row) => ({ ...row, entersAt: 'n', pod: 'p', podIsOn: 'n', crosses: 'no', sender: '' }));
    expect(tellingColumns(alike, 'wide')).toContain('label');
  });
  it('says a path in two short lines where there is little room', () => {
    const [first] = rows;
    if (!first) throw new Error('no row');
    expect(briefPath(first, 'delivered')).toEqual(['node-1 → web-1', 'on node-1']);
    expect(briefPath(first, 'no-route')).toEqual(['node-1 → web-1', 'on node-1, no route']);
    expect(briefPath({ ...first, entersAt: '', label: 'by hand' }, 'unknown')).toEqual(['by hand', 'unknown']);
  });
});

describe('lines of YAML', () => {
  it.each(['  - podSelector:', '    app: cart # only this', '"quoted key": [1, 2]', '- a', '', '  key: "a: b # c"', '\t<script>', 'a:b'])(
    'loses nothing of %j',
    (line) =>
      expect(
        yamlPieces(line)
          .map(({ text }) => text)
          .join(''),
      ).toBe(line),
  );
  it('tells keys from values', () =>
    expect(yamlPieces('  - port: 6379').filter(({ kind }) => kind !== 'plain')).toEqual([
      { text: 'port', kind: 'key' },
      { text: ' 6379', kind: 'value' },
    ]));
  it('shows the line before an insertion, and indents what comes without', () => {
    const excerpt = firstBranch(denied).hops.at(-1)?.because[0]?.excerpt;
    const edit = { at: { uri: 'x', document: 0, path: [] }, afterLine: 30, insert: '- podSelector:\n    matchLabels: {}\n' };
    expect(insertionLines(edit, excerpt)).toEqual({
      before: { number: 30, text: '          app: cart' },
      added: ['    - podSelector:', '        matchLabels: {}'],
    });
    expect(insertionLines(edit, undefined)).toEqual({ added: ['- podSelector:', '    matchLabels: {}'] });
  });
  it('leaves an insertion as it is where the exact change is known', () => {
    const excerpt = firstBranch(denied).hops.at(-1)?.because[0]?.excerpt;
    const point = { line: 31, column: 1 };
    const change = { range: { start: point, end: point }, newText: '- podSelector: {}\n' };
    const edit = { at: { uri: 'x', document: 0, path: [] }, afterLine: 30, insert: '- podSelector: {}', change };
    expect(insertionLines(edit, excerpt).added).toEqual(['- podSelector: {}']);
  });
  it('takes hostile names as they are', () => expect(hopTitle(firstBranch(hostile).hops[1] ?? hopAt(0))).toContain('<svg'));
});
