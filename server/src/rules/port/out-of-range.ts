/** A port number that does not exist. */
import { documentRule } from '../rule';
import { portFieldKinds, portFields, type PortField } from '../shared/portFields';

export const outOfRange = documentRule({
  meta: {
    id: 'port/out-of-range',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A port is not a number from 1 to 65535.',
    why: 'TCP, UDP and SCTP number their ports with 16 bits, and 0 is reserved. The API server refuses every other number, and with it the whole object. Some fields take 0 for "not set" (`hostPort`, `nodePort`, `targetPort`); `containerPort` and the `port` of a Service do not. A digit too many, or an address and a port that were mixed up, is the usual cause.',
    remedy: 'Write the port on which the program listens, a number from 1 to 65535.',
    references: [
      '`staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go` (IsValidPortNum)',
      '`pkg/apis/core/validation/validation.go` (validateContainerPorts, validateServicePort)',
      '`pkg/apis/networking/validation/validation.go` (ValidateNetworkPolicyPort)',
    ],
    messages: {
      range: '{value} is not a port: a port is a number from 1 to 65535.',
    },
    fixable: false,
  },
  kinds: portFieldKinds,
  *check(resource) {
    for (const field of portFields(resource)) {
      const value = integer(field);
      if (value === undefined || (value >= 1 && value <= 65535) || (field.zeroIsUnset && value === 0n)) continue;
      yield { at: { resource, path: field.path }, message: 'range', data: { value: String(value) } };
    }
  },
});

/** Fractions and texts are of the wrong type, which is another finding. */
function integer({ value }: PortField): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}
