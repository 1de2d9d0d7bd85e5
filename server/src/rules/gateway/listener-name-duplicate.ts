/** Two listeners of a Gateway with one name. */
import { known } from '../../base/opaque';
import type { GatewayListener } from '../../model/gateway';
import { documentRule } from '../rule';

export const listenerNameDuplicate = documentRule({
  meta: {
    id: 'gateway/listener-name-duplicate',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'Two listeners of a Gateway have the same name.',
    why: 'Routes attach to a listener by its name (`sectionName`), and its status is reported under it. The API server refuses a Gateway in which two listeners share one.',
    remedy: 'Give each listener a name of its own.',
    references: [
      '[Gateway API: Gateway](https://gateway-api.sigs.k8s.io/api-types/gateway/)',
      '`apis/v1/gateway_types.go` (GatewaySpec.Listeners) in kubernetes-sigs/gateway-api',
    ],
    messages: { twice: 'Name `{name}` is used twice; the API server refuses the Gateway.' },
    fixable: false,
  },
  kinds: ['Gateway'],
  *check(gateway) {
    const byName = new Map<string, GatewayListener>();
    for (const listener of gateway.spec.listeners) {
      const name = known(listener.name);
      if (name === undefined) continue;
      const first = byName.get(name);
      if (!first) {
        byName.set(name, listener);
        continue;
      }
      yield {
        at: { resource: gateway, path: [...listener.path, 'name'] },
        message: 'twice',
        data: { name },
        related: [{ mark: { resource: gateway, path: [...first.path, 'name'] }, message: 'It is used here first.' }],
      };
    }
  },
});
