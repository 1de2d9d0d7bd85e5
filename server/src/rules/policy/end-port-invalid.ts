/** A range of ports that the API server refuses. */
import { known } from '../../base/opaque';
import type { Finding, Fix } from '../../model/finding';
import { valueAt, type NetworkPolicyPort } from '../../model/resources';
import { documentRule } from '../rule';
import type { NetworkPolicy } from '../shared/cidrs';

type Message = 'below' | 'name' | 'noPort' | 'range';

export const endPortInvalid = documentRule<'NetworkPolicy', Message>({
  meta: {
    id: 'policy/end-port-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: '`endPort` without a numeric port below it.',
    why: '`endPort` makes a range of an entry: from `port` to `endPort`, both included. The API server refuses the policy when `endPort` is smaller than `port`, when `port` is a name or missing, and when `endPort` is no port number.',
    remedy: 'Write the smaller number as `port` and the larger one as `endPort`, or leave `endPort` out.',
    references: [
      '[Targeting a range of ports](https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports)',
      '`pkg/apis/networking/validation/validation.go` (ValidateNetworkPolicyPort)',
    ],
    messages: {
      below: 'endPort {end} is smaller than port {port}. The API server refuses the policy.',
      name: 'A range needs a number as its port, and `{port}` is a name. The API server refuses the policy.',
      noPort: 'A range needs a port to begin at. The API server refuses the policy.',
      range: 'endPort {end} is no port: it goes from 1 to 65535.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy'],
  *check(policy) {
    if (policy.partial) return;
    for (const rule of [...policy.spec.ingress, ...policy.spec.egress]) {
      for (const entry of rule.ports ?? []) {
        const finding = judge(policy, entry);
        if (finding) yield finding;
      }
    }
  },
});

function judge(policy: NetworkPolicy, entry: NetworkPolicyPort): Finding<Message> | undefined {
  const end = known(entry.endPort);
  if (end === undefined) return undefined;
  const path = [...entry.path, 'endPort'];
  const remove: Fix = { title: 'Remove endPort', edits: [{ kind: 'remove', resource: policy, path }] };
  const found = (message: Message, data: Readonly<Record<string, string | number>>, fixes: readonly Fix[] = [remove]): Finding<Message> => ({
    at: { resource: policy, path },
    message,
    data,
    related: entry.port === undefined ? [] : [{ mark: { resource: policy, path: [...entry.path, 'port'] }, message: 'The port that the range begins at.' }],
    fixes,
  });
  const written = valueAt(policy, [...entry.path, 'port']);
  if (written === undefined || written === null) return found('noPort', {});
  const port = known(entry.port);
  if (typeof port === 'string') return found('name', { port });
  if (end < 1 || end > 65_535) return found('range', { end });
  if (port === undefined || end >= port) return undefined;
  const swap: Fix = {
    title: 'Swap port and endPort',
    preferred: true,
    edits: [
      { kind: 'replace', resource: policy, path: [...entry.path, 'port'], value: end },
      { kind: 'replace', resource: policy, path, value: port },
    ],
  };
  return found('below', { end, port }, [swap, remove]);
}
