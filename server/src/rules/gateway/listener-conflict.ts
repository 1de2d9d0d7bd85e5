/** Two listeners of a Gateway that cannot be told apart. */
import { known } from '../../base/opaque';
import type { GatewayListener } from '../../model/gateway';
import { documentRule } from '../rule';

export const listenerConflict = documentRule({
  meta: {
    id: 'gateway/listener-conflict',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'Two listeners of a Gateway have the same port, protocol and host name.',
    why: 'A connection is given to a listener by its port, its protocol and the host that it asks for. Two listeners that are equal in all three could both take it, so the API server refuses the Gateway.',
    remedy: 'Give one of them another host name or port, or make one listener of the two.',
    references: [
      '[Gateway API: Gateway](https://gateway-api.sigs.k8s.io/api-types/gateway/)',
      '`apis/v1/gateway_types.go` (validation of GatewaySpec.Listeners) in kubernetes-sigs/gateway-api',
    ],
    messages: {
      same: 'Listeners `{first}` and `{second}` cannot be told apart: both are {protocol} on port {port} for {host}.',
    },
    fixable: false,
  },
  kinds: ['Gateway'],
  *check(gateway) {
    const byKey = new Map<string, GatewayListener>();
    for (const listener of gateway.spec.listeners) {
      const [port, protocol, host] = [known(listener.port), known(listener.protocol), listener.hostname === undefined ? '' : known(listener.hostname)];
      if (port === undefined || protocol === undefined || host === undefined) continue;
      const key = JSON.stringify([port, protocol, host]);
      const first = byKey.get(key);
      if (!first) {
        byKey.set(key, listener);
        continue;
      }
      yield {
        at: { resource: gateway, path: [...listener.path, 'port'] },
        message: 'same',
        data: { first: known(first.name) ?? '', second: known(listener.name) ?? '', protocol, port, host: host === '' ? 'every host' : `\`${host}\`` },
        related: [{ mark: { resource: gateway, path: [...first.path, 'port'] }, message: 'The first listener.' }],
      };
    }
  },
});
