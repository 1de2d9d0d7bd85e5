/** Edits that fixes of the policy rules are made of. */
import { isOpaque } from '../../base/opaque';
import type { Edit } from '../../model/finding';
import { valueAt, type PolicyDirection } from '../../model/resources';
import type { Path } from '../../protocol/source';
import type { NetworkPolicy } from './cidrs';

/** One more rule at the end of a direction; undefined where the list cannot be read. */
export function addRule(policy: NetworkPolicy, direction: PolicyDirection, rule: object): Edit | undefined {
  return append(policy, ['spec', direction === 'Ingress' ? 'ingress' : 'egress'], rule);
}

/** One more item at the end of a list, which may be missing or empty. */
export function append(policy: NetworkPolicy, path: Path, item: unknown): Edit | undefined {
  const written = valueAt(policy, path);
  const key = path[path.length - 1];
  const parent = path.slice(0, -1);
  if (key === undefined || isOpaque(written)) return undefined;
  if (Array.isArray(written)) return { kind: 'insert', resource: policy, path, key: written.length, value: item };
  if (written === null) return { kind: 'replace', resource: policy, path, value: [item] };
  return written === undefined ? { kind: 'insert', resource: policy, path: parent, key, value: [item] } : undefined;
}
