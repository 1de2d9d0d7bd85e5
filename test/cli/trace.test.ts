/** `packetpath trace`: endpoints, contexts, formats, exit status, options. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evidence, Hop, Trace } from '../../server/src/protocol/trace';
import { client, folderOf, packetpath, packetpathJson, web, webService, wrongService } from './commandLine';

const shop = { 'client.yaml': client, 'web.yaml': web, 'service.yaml': webService };
const both = ['--from', 'deployment/client', '--to', 'service/web'];

interface Answer {
  status: number;
  schemaVersion: number;
  flow: Record<string, unknown>;
  outcome: string;
  traces: Trace[];
}

function trace(args: readonly string[], streams: { readonly input?: string } = {}): Answer {
  const ran = packetpathJson(['trace', ...args], streams);
  if (ran.json === undefined) throw new Error(ran.warnings.join('\n'));
  return { ...(ran.json as Omit<Answer, 'status'>), status: ran.status };
}

function hopsOf(traces: readonly Trace[]): readonly Hop[] {
  const deep = (hops: readonly Hop[]): readonly Hop[] => hops.flatMap((hop) => [hop, ...(hop.trace ? deep([...hop.trace.hops, ...hop.trace.reply]) : [])]);
  return traces.flatMap(({ branches }) => branches.flatMap(({ hops, reply, notReached }) => deep([...hops, ...reply, ...notReached])));
}

describe('json', () => {
  test('schemaVersion, flow, outcome and one trace a context and port; evidence with uri and range', () => {
    const folder = folderOf(shop);
    const { json, status } = packetpathJson(['trace', folder, ...both]);
    expect(status).toBe(0);
    expect(Object.keys(json as object)).toEqual(['schemaVersion', 'flow', 'outcome', 'traces']);
    const answer = json as Answer;
    expect(answer).toMatchObject({ schemaVersion: 1, flow: { from: 'deployment/client', to: 'service/web' }, outcome: 'delivered' });
    expect(answer.traces).toMatchObject([{ context: 'folder:.', outcome: 'delivered', flow: { port: 80, protocol: 'TCP' } }]);
    const evidence: Evidence[] = hopsOf(answer.traces).flatMap((hop) => [...hop.because]);
    expect(evidence.length).toBeGreaterThan(3);
    for (const { uri, range, note, role } of evidence) {
      expect(Object.keys(shop)).toContain(uri);
      expect(range?.start.line).toBeGreaterThan(0);
      expect(range?.end.column).toBeGreaterThan(0);
      expect(note).not.toBe('');
      expect(role).not.toBe('');
    }
  });

  test('one trace for each port of the Service', () => {
    const folder = folderOf({
      ...shop,
      'service.yaml': webService.replace('    - port: 80\n', '    - name: b\n      port: 81\n      targetPort: 8080\n    - name: a\n      port: 80\n'),
    });
    expect(trace([folder, ...both]).traces.map(({ flow }) => flow.port)).toEqual([81, 80]);
    expect(trace([folder, ...both, '--port', '80']).traces.map(({ flow }) => flow.port)).toEqual([80]);
  });
});

describe('contexts', () => {
  const two = {
    'dev/client.yaml': client,
    'dev/web.yaml': web,
    'dev/service.yaml': webService,
    'prod/client.yaml': client,
    'prod/web.yaml': web,
    'prod/service.yaml': wrongService,
  };
  test('every context that holds both ends is answered; together they are mixed', () => {
    const answer = trace([folderOf(two), ...both]);
    expect(answer.traces.map(({ context, outcome }) => [context, outcome])).toEqual([
      ['environment:dev', 'delivered'],
      ['environment:prod', 'refused-no-endpoints'],
    ]);
    expect(answer).toMatchObject({ outcome: 'mixed', status: 1 });
  });

  test('--context takes one; one that is not there is an error', () => {
    const folder = folderOf(two);
    expect(trace([folder, ...both, '--context', 'environment:dev'])).toMatchObject({ outcome: 'delivered', status: 0 });
    expect(packetpath(['trace', folder, ...both, '--context', 'environment:test'])).toMatchObject({ status: 2, out: '' });
  });

  test('a context without one of the ends is left out, also where the end is a name', () => {
    const without = Object.fromEntries(Object.entries(two).filter(([path]) => path !== 'prod/service.yaml'));
    const folder = folderOf(without);
    expect(trace([folder, ...both]).traces.map(({ context }) => context)).toEqual(['environment:dev']);
    expect(trace([folder, '--from', 'deployment/client', '--to', 'http://web']).traces.map(({ context }) => context)).toEqual(['environment:dev']);
  });

  test('a folder that is given alone is the workspace', () => {
    const folder = folderOf({ 'a/client.yaml': client, 'a/web.yaml': web, 'a/service.yaml': webService, 'b/other.yaml': web });
    expect(trace([join(folder, 'a'), ...both]).traces.map(({ context }) => context)).toEqual(['folder:.']);
  });

  test('standard input is the context stdin', () => {
    const input = [client, web, webService].join('---\n');
    const { traces, status } = trace(['-', ...both], { input });
    expect(status).toBe(0);
    expect(traces.map(({ context }) => context)).toEqual(['stdin']);
    expect(new Set(hopsOf(traces).flatMap((hop) => hop.because.map(({ uri }) => uri)))).toEqual(new Set(['stdin.yaml']));
  });
});

describe('formats', () => {
  test('text is a line a hop', () => {
    const folder = folderOf(shop);
    const { out } = packetpath(['trace', folder, ...both]);
    const hops = trace([folder, ...both]).traces[0]?.branches[0]?.hops.length ?? 0;
    expect(out.split('\n').filter((line) => /^ +\d+ /.test(line))).toHaveLength(hops);
    expect(out).toMatch(/^deployment\/client → service\/web, TCP 80 \(folder:\.\): delivered\n/);
    expect(out).toContain('<service.yaml:');
  });

  test('mermaid is a flowchart, whatever names say', () => {
    const { out } = packetpath(['trace', folderOf(shop), ...both, '--format', 'mermaid']);
    expect(out).toMatch(/^flowchart LR\n/);
    expect(out).toContain('-->');
  });

  test('--output and colour', () => {
    const folder = folderOf(shop);
    expect(packetpath(['trace', folder, ...both, '--output', join(folder, 'out')], { colour: true }).out).toBe('');
    expect(packetpath(['trace', folder, ...both], { colour: true }).out).toContain('\u001b[');
    expect(packetpath(['trace', folder, ...both]).out).not.toContain('\u001b[');
  });
});

describe('errors', () => {
  test.each([
    [['--from', 'deployment/client'], /trace needs --from and --to/],
    [['--from', 'deployment/cleint', '--to', 'service/web'], /deployment\/cleint.*nearest: .*deployment\/default\/client/],
    [['--from', 'deployment/client', '--to', 'service/wbe'], /service\/wbe.*nearest: .*service\/default\/web/],
    [['--from', 'deployment/client/mian', '--to', 'service/web'], /mian.*nearest: .*client\/main/],
    [['--from', 'cupboard/client', '--to', 'service/web'], /cupboard/],
    [[...both, '--port', '0'], /--port 0: expected a number from 1 to 65535/],
    [[...both, '--port', 'http'], /--port http/],
    [[...both, '--protocol', 'ICMP'], /--protocol ICMP: expected one of TCP, UDP, SCTP/],
    [[...both, '--placement', 'near'], /--placement near: expected one of any, same-node, other-node/],
    [[...both, '--cni', 'weave'], /--cni weave: expected one of/],
    [[...both, '--cni', 'calico:native'], /--cni calico:native/],
    [[...both, '--proxy-mode', 'user'], /--proxy-mode user/],
    [[...both, '--ip-family', '5'], /--ip-family 5: expected one of 4, 6/],
    [[...both, '--client-address', 'here'], /--client-address here: expected an IP address/],
    [[...both, '--not-ready', 'deployment/web=many'], /--not-ready many/],
    [[...both, '--not-ready', 'deployment/wbe'], /--not-ready deployment\/wbe: .*nearest: .*deployment\/default\/web/],
    [[...both, '--terminating', 'service/web'], /--terminating service\/web: expected a workload/],
    [[...both, '--form', 'x'], /did you mean --from\?|did you mean --format\?/],
    [[...both, '--format', 'sarif'], /--format sarif: expected one of text, json, mermaid/],
  ])('%j is 2 with one line', (args, line) => {
    const { status, out, warnings } = packetpath(['trace', folderOf(shop), ...args]);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(warnings).toEqual([expect.stringMatching(line)]);
    expect(warnings[0]).not.toContain('\n');
  });

  test('an ambiguous end lists where it is', () => {
    const folder = folderOf({ ...shop, 'more.yaml': web.replace('  name: web\n', '  name: web\n  namespace: pay\n') });
    const { status, warnings } = packetpath(['trace', folder, '--from', 'deployment/client', '--to', 'deployment/web', '--port', '8080']);
    expect(status).toBe(2);
    expect(warnings[0]).toMatch(/ambiguous.*deployment\/default\/web.*deployment\/pay\/web/);
  });

  test('a folder without manifests', () => {
    expect(packetpath(['trace', folderOf({ 'a.txt': '' }), ...both])).toMatchObject({ status: 2, warnings: ['no Kubernetes manifests were found'] });
  });
});

describe('options', () => {
  test.each([
    'bridge',
    'kindnet',
    'flannel',
    'flannel:vxlan',
    'flannel:host-gw',
    'calico',
    'calico:ipip',
    'calico:bgp',
    'calico:vxlan',
    'calico:ebpf',
    'cilium',
    'cilium:tunnel',
    'cilium:native',
  ])('--cni %s', (cni) => {
    const defaults: Readonly<Record<string, string>> = { flannel: 'flannel:vxlan', calico: 'calico:ipip', cilium: 'cilium:tunnel' };
    const { traces, flow } = trace([folderOf(shop), ...both, '--cni', cni]);
    expect(flow).toMatchObject({ options: { cni: defaults[cni] ?? cni } });
    expect(traces).toMatchObject([{ outcome: 'delivered' }]);
  });

  test('--cni none has no way between nodes', () => {
    const folder = folderOf(shop);
    expect(trace([folder, ...both, '--cni', 'none'])).toMatchObject({ flow: { options: { cni: 'none' } }, outcome: 'no-route', status: 1 });
  });

  test.each([
    ['--proxy-mode', 'iptables', { proxyMode: 'iptables' }],
    ['--proxy-mode', 'ipvs', { proxyMode: 'ipvs' }],
    ['--proxy-mode', 'nftables', { proxyMode: 'nftables' }],
    ['--proxy-mode', 'ebpf', { proxyMode: 'ebpf' }],
    ['--placement', 'same-node', { placement: 'same-node' }],
    ['--placement', 'other-node', { placement: 'other-node' }],
    ['--placement', 'any', { placement: 'any' }],
    ['--ip-family', '4', { ipFamily: 4 }],
    ['--namespace', 'shop', { namespace: 'shop' }],
  ])('%s %s', (option, value, options) => {
    const { traces, flow } = trace([folderOf(shop), ...both, option, value]);
    expect(flow).toMatchObject({ options });
    expect(traces).toMatchObject([{ outcome: 'delivered' }]);
  });

  test('--placement decides whether nodes are crossed', () => {
    const folder = folderOf(shop);
    const kinds = (placement: string): ReadonlySet<string> =>
      new Set(
        trace([folder, ...both, '--placement', placement]).traces.flatMap(({ branches }) => branches.flatMap(({ hops }) => hops.map(({ kind }) => kind))),
      );
    expect(kinds('same-node').has('underlay')).toBe(false);
    expect(kinds('other-node').has('underlay')).toBe(true);
  });

  test('--not-ready takes pods out, all or as many as are said, and may be repeated', () => {
    const folder = folderOf({ ...shop, 'web.yaml': web.replace('spec:\n', 'spec:\n  replicas: 2\n') });
    expect(trace([folder, ...both, '--not-ready', 'deployment/web'])).toMatchObject({ outcome: 'refused-no-endpoints', status: 1 });
    expect(trace([folder, ...both, '--not-ready', 'deployment/default/web=1'])).toMatchObject({ outcome: 'delivered', status: 0 });
    expect(
      trace([folder, ...both, '--not-ready', 'deployment/client', '--not-ready', 'deployment/web=2', '--terminating', 'deployment/client=1']).flow,
    ).toMatchObject({
      options: {
        notReady: [{ workload: 'deployment/client' }, { workload: 'deployment/web', count: 2 }],
        terminating: [{ workload: 'deployment/client', count: 1 }],
      },
    });
  });

  test('each family of the Service is traced, or the one that is asked for', () => {
    const folder = folderOf({
      ...shop,
      'service.yaml': webService.replace('spec:\n', 'spec:\n  ipFamilyPolicy: RequireDualStack\n  ipFamilies: [IPv6, IPv4]\n'),
    });
    const families = (args: readonly string[]): readonly (readonly (4 | 6)[])[] =>
      trace([folder, '--from', 'deployment/client', ...args]).traces.map(({ branches }) =>
        branches.map(({ hops }) => (hops.at(0)?.after.destination.address.includes(':') ? 6 : 4)),
      );
    expect(families(['--to', 'service/web'])).toEqual([[6, 4]]);
    expect(families(['--to', 'http://web'])).toEqual([[6, 4]]);
    expect(families(['--to', 'service/web', '--ip-family', '4'])).toEqual([[4]]);
  });

  test('--client-address is the source from outside', () => {
    const folder = folderOf({ ...shop, 'service.yaml': webService.replace('spec:\n', 'spec:\n  type: LoadBalancer\n') });
    const { traces } = trace([folder, '--from', 'internet', '--to', 'service/web', '--client-address', '203.0.113.77']);
    expect(traces[0]?.branches[0]?.hops[0]?.before.source.address).toBe('203.0.113.77');
  });

  test('--config gives the cluster its ranges', () => {
    const folder = folderOf({ ...shop, 'ci.yaml': 'cluster:\n  podCidr: [172.30.0.0/16]\n' });
    const first = trace([folder, ...both, '--config', join(folder, 'ci.yaml')]).traces[0]?.branches[0]?.hops[0];
    expect(first?.before.source.address).toMatch(/^172\.30\./);
  });
});

describe('endpoints', () => {
  test.each([
    ['deployment/client', 'deployment/web'],
    ['deployment/default/client', 'deployment/default/web'],
    ['deployment/client/main', 'deployment/web/main'],
    ['deployment/client', 'http://web'],
    ['deployment/client', 'web:80'],
    ['deployment/client', 'http://web.default.svc.cluster.local/path?query#part'],
    ['deployment/client', 'internet'],
    ['deployment/client', 'ip:203.0.113.7'],
    ['node/node-1', 'service/web'],
    ['pod/lonely', 'service/web'],
  ])('%s → %s', (from, to) => {
    const folder = folderOf({
      ...shop,
      'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: lonely\nspec:\n  containers:\n    - name: main\n      image: a:1\n',
    });
    const args = to.includes('deployment') || to.startsWith('ip:') ? ['--port', '8080'] : [];
    expect(trace([folder, '--from', from, '--to', to, ...args])).toMatchObject({ outcome: 'delivered', status: 0 });
  });
});
