/** The words of a trace drawing: how wide their boxes are, what stands above a gate and beside the ribbon. */
import { describe, expect, it } from 'vitest';
import type { Hop, PolicyAnswer, PolicyRuleWords, Verdict } from '../../server/src/protocol/trace';
import type { Measure } from '../../webview/src/measureText';
import { layout } from '../../webview/src/trace/drawing/layout';
import { insetLines, policyWords } from '../../webview/src/trace/drawing/policyInset';
import { ribbonNotes } from '../../webview/src/trace/drawing/ribbonNotes';
import { stationNote, stationTitle } from '../../webview/src/trace/drawing/stationWords';
import { journeyOf } from '../../webview/src/trace/journey';
import { branch, branching, delivered, denied, hop, packet } from './samples/traces';

const node: Hop['at'] = { kind: 'node', name: 'node-1', address: '192.168.0.11' };
const sent = packet('10.0.0.1:4000', '10.0.0.2:8080');
/** A font that is wider than any in use. */
const wide: Measure = (text, font) => text.length * font.size * 0.85;
const exact: Measure = (text) => text.length * 10;

function asked(verdict: Verdict, answer: Partial<PolicyAnswer>, kind: 'policy-ingress' | 'policy-egress' = 'policy-ingress'): Hop {
  const policy = { name: 'guard', at: { uri: 'file:///guard.yaml', document: 0, path: [] }, allows: verdict === 'allowed', reason: 'its reason', ...answer };
  return hop(kind, node, verdict, sent, 'asked', { policies: [policy] });
}
const rule = (more: Partial<PolicyRuleWords> = {}): PolicyRuleWords => ({
  peers: 'app: cart',
  ports: '7070/TCP',
  peersMatch: 'yes',
  portsMatch: 'yes',
  ...more,
});
const said = (of: Hop, cni = 'calico:vxlan'): readonly string[] =>
  policyWords(of, cni).sentences.map(({ words, code, tone }) => [words, ...(code === undefined ? [] : [`[${code}]`]), ...(tone ? [tone] : [])].join(' '));

describe('above a gate', () => {
  it.each<[string, Hop, readonly string[]]>([
    ['what lets in', asked('allowed', { rule: rule() }), ['lets in [app: cart]', 'on port [7070/TCP]']],
    ['everybody', asked('allowed', { rule: { peersMatch: 'yes', portsMatch: 'yes' } }), ['lets everybody in']],
    ['what lets out', asked('allowed', { rule: rule({ ports: 'every TCP port' }) }, 'policy-egress'), ['lets out to [app: cart]', 'on [every TCP port]']],
    [
      'a sender that is not named',
      asked('dropped', { rule: rule({ peersMatch: 'no', other: 'app: web' }) }),
      ['lets in only [app: cart]', 'the sender is [app: web] bad'],
    ],
    [
      'a receiver that is not named',
      asked('dropped', { rule: rule({ peersMatch: 'no', other: 'app: web' }) }, 'policy-egress'),
      ['lets out only to [app: cart]', 'the receiver is [app: web] bad'],
    ],
    ['another port', asked('dropped', { rule: rule({ portsMatch: 'no' }) }), ['opens only [7070/TCP]', 'the packet goes to [8080/TCP] bad']],
    ['no rule at all', asked('dropped', {}), ['lets nobody in bad']],
    [
      'a pod that it may select',
      asked('unknown', { allows: false, selects: 'unknown', rule: rule({ peersMatch: 'no' }) }),
      ['may select this pod warn', 'lets in only [app: cart]'],
    ],
    [
      'a sender that may be named',
      asked('unknown', { allows: 'unknown', rule: rule({ peersMatch: 'unknown' }) }),
      ['lets in only [app: cart]', 'the sender may be one of them warn'],
    ],
    ['a tier above', asked('dropped', { tier: 'Admin', action: 'Deny' }), ['its reason bad']],
  ])('says %s', (_, of, expected) => expect(said(of)).toEqual(expected));

  it('says what a policy would do that nobody enforces', () => {
    expect(said(asked('not-enforced', { allows: true, rule: rule() }), 'flannel:vxlan')).toEqual([
      'would let in [app: cart]',
      'not enforced: flannel has no policies warn',
    ]);
    expect(said(asked('not-enforced', {}), 'none')).toEqual(['would let nobody in', 'not enforced: no network plugin warn']);
  });

  it('speaks of the policy that the verdict rests on, and keeps its whole reason for a tooltip', () => {
    const [path] = denied.branches;
    const last = path?.hops.at(-1);
    expect(last && policyWords(last, '')).toMatchObject({ name: 'cache', full: 'cache: the port matches, the sender does not' });
    expect(last && said(last)).toEqual(['lets in only [app: cart]', 'the sender is [app: web] bad']);
  });

  it('puts a name that has no room beside its words under them, and cuts only what has no line left', () => {
    const fonts = { words: { size: 11 }, code: { size: 11 }, telling: { size: 11 } };
    const lines = (width: number): readonly string[] =>
      insetLines(
        [
          { words: 'lets in', code: 'app: checkout' },
          { words: 'on port', code: '7070/TCP' },
        ],
        width,
        3,
        fonts,
        10,
        exact,
      ).map((pieces) => pieces.map(({ text }) => text).join(' '));
    expect(lines(220)).toEqual(['lets in app: checkout', 'on port 7070/TCP']);
    expect(lines(160)).toEqual(['lets in', 'app: checkout', 'on port 7070/TCP']);
    expect(lines(130)).toHaveLength(3);
    const shorter = insetLines([{ words: 'not enforced: nothing has policies', shorter: ['not enforced'] }], 160, 3, fonts, 10, exact);
    expect(shorter).toEqual([[{ text: 'not enforced', kind: 'words' }]]);
  });
});

describe('stations', () => {
  it.each([480, 600, 900, 1200])('have room for our own words in a wide font at %i', (width) => {
    for (const path of [...delivered.branches, ...denied.branches, ...branching.branches.slice(0, 1)]) {
      const drawing = layout(journeyOf(path), { width, proxyMode: 'iptables', measure: wide });
      const own = drawing.stations.filter(({ title }) => ['kube-proxy', 'routes', 'vxlan.calico', 'load balancer', 'veth'].includes(title));
      expect(own.length).toBeGreaterThan(1);
      for (const { title, width: room, kind } of own)
        expect(wide(title, { size: 11, weight: 600 }) + (kind === 'outside' ? 36 : 8), title).toBeLessThanOrEqual(room);
    }
  });

  it('grow for a foreign name up to a limit', () => {
    const path = branch([
      hop('container-socket', { kind: 'pod', name: 'web', node: 'a' }, 'forwarded', sent, '', { device: 'a-very-long-name-of-a-container' }),
    ]);
    const [station] = layout(journeyOf(path), { width: 900, proxyMode: '' }).stations;
    expect(station?.width).toBe(104);
  });

  it('say how many endpoints are ready instead of an address', () => {
    const left = { ...hop('readiness', node, 'forwarded', sent, ''), endpoints: { ready: 0, of: 2 } };
    expect([stationTitle(left), stationNote(left, 'iptables')]).toEqual(['endpoints', '0 of 2 ready']);
  });

  it('give a pod that is not reached the room to say so', () => {
    const pod = layout(journeyOf(denied.branches[0] ?? branch([])), { width: 900, proxyMode: '', measure: wide }).pods.find(({ reached }) => !reached);
    expect(pod?.width).toBeGreaterThanOrEqual(wide('cache', { size: 11 }) + wide('pod, not reached', { size: 11 }) + 16);
  });
});

describe('beside the ribbon', () => {
  const notes = (path = delivered.branches[0] ?? branch([]), measure?: Measure): readonly string[] =>
    (layout(journeyOf(path), { width: 900, proxyMode: 'iptables', ...(measure ? { measure } : {}) }).ribbon?.notes ?? []).map(({ text }) => text);

  it('says how often each row changed, and by whom', () =>
    expect(notes()).toEqual(['the sender never changes on this path', 'changed once, by kube-proxy', 'only inside the tunnel']));

  it('counts two changes, and more', () => {
    const hops = [
      hop('load-balancer', { kind: 'outside', name: 'lb' }, 'translated', sent, ''),
      hop('service-translation', node, 'translated', sent, ''),
      hop('source-translation', node, 'translated', sent, ''),
    ];
    const words = (count: number): string | undefined => {
      const segments = hops.slice(0, count).map((_, index) => ({ row: 'to' as const, x: 200 * index, width: 800, value: '10.0.0.2:80', writtenBy: index }));
      return ribbonNotes(hops, segments, { y: 0, end: 1200, right: 1200 }, exact)[0]?.text;
    };
    expect(words(2)).toBe('changed twice, by the load balancer and kube-proxy');
    expect(words(3)).toBe('changed 3 times');
  });

  it('says what it means that the packet ends, by drop and by refusal', () => {
    const [path] = denied.branches;
    const text = notes(path).join(' ');
    expect(text).toBe('The packet ends here. No answer is sent; web waits until its own time-out.');
    const last = path?.hops.at(-1);
    const refused = path && last && { ...path, hops: [...path.hops.slice(0, -1), { ...last, verdict: 'rejected' as const }] };
    expect(notes(refused).join(' ')).toBe('The packet ends here. An answer says so at once: connection refused.');
  });

  it('says nothing where it does not fit', () => expect(notes(undefined, (text, font) => text.length * font.size * 2)).toEqual([]));
});
