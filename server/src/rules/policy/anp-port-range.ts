/** A range of ports of an admin policy that ends before it begins. */
import { known } from '../../base/opaque';
import { valueAt } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { documentRule } from '../rule';
import { adminKinds, adminReferences, adminRules } from '../shared/adminRules';

const ranges: readonly Path[] = [['portRange'], ['tcp', 'destinationPort', 'range'], ['udp', 'destinationPort', 'range'], ['sctp', 'destinationPort', 'range']];

export const anpPortRange = documentRule({
  meta: {
    id: 'policy/anp-port-range',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A range of ports whose start is not below its end.',
    why: 'A range goes from `start` to `end`, both included, and the API server refuses one whose start is not below its end.',
    remedy: 'Swap the numbers. A single port is written as a number, not as a range.',
    references: adminReferences,
    messages: {
      range: 'start {start} must be below end {end}.',
    },
    fixable: true,
  },
  kinds: adminKinds,
  *check(policy) {
    for (const { rule } of adminRules(policy)) {
      for (const entry of rule.ports ?? []) {
        const [start, end] = [known(entry.first), known(entry.last)];
        const below = ranges.find((candidate) => typeof valueAt(policy, [...entry.path, ...candidate, 'start']) === 'number');
        if (start === undefined || end === undefined || start < end || !below) continue;
        const path = [...entry.path, ...below];
        yield {
          at: { resource: policy, path: [...path, 'start'] },
          message: 'range' as const,
          data: { start, end },
          fixes:
            start === end
              ? []
              : [
                  {
                    title: 'Swap start and end',
                    preferred: true,
                    edits: [
                      { kind: 'replace' as const, resource: policy, path: [...path, 'start'], value: end },
                      { kind: 'replace' as const, resource: policy, path: [...path, 'end'], value: start },
                    ],
                  },
                ],
        };
      }
    }
  },
});
