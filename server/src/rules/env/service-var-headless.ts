/** A variable of a Service that has no cluster IP: it is never set. */
import { contextRule } from '../rule';
import type { Related } from '../../model/finding';
import type { Resource } from '../../model/resources';
import { podHolderKinds } from '../shared/env';
import { dnsNameFix, markOfUse, otherUses, serviceUses } from '../shared/serviceUses';

export const serviceVarHeadless = contextRule({
  meta: {
    id: 'env/service-var-headless',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A container uses a variable of a Service that has no cluster IP.',
    why: 'The kubelet makes `{SERVICE}_SERVICE_HOST`, `{SERVICE}_SERVICE_PORT` and the other variables only of Services that have a cluster IP. A headless Service (`clusterIP: None`) and an `ExternalName` Service have none, so these variables never exist, in whatever order things are created. `$(…)` then stays in the value as it is written, and the program gets that text in place of an address.',
    remedy:
      'Use the DNS name of the Service: for a headless Service it answers with the addresses of the ready pods, for an `ExternalName` Service with the outside name. Mind the port: nothing translates ports of a headless Service, so the client has to name the port on which the pods listen. If one stable address is what you want, give the Service a cluster IP by removing `clusterIP: None`.',
    references: [
      '[Service: discovering services by environment variables](https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)',
      '[Headless Services](https://kubernetes.io/docs/concepts/services-networking/service/#headless-services)',
      '`pkg/kubelet/kubelet_pods.go` (getServiceEnvVarMap) and `pkg/kubelet/envvars/envvars.go` (FromServices) in kubernetes/kubernetes',
    ],
    messages: {
      headless: 'Service `{service}` has no cluster IP (it is headless), so `{variable}` is never set and the text `$({variable})` is passed as it is.',
      externalName:
        'Service `{service}` has no cluster IP (its type is ExternalName), so `{variable}` is never set and the text `$({variable})` is passed as it is.',
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource, index) {
    for (const state of ['headless', 'external-name'] as const) {
      for (const group of serviceUses(resource, index, state)) {
        const fix = dnsNameFix(resource, group, index, true);
        const [first] = group.uses;
        yield {
          at: markOfUse(resource, first),
          message: state === 'headless' ? 'headless' : 'externalName',
          data: { service: group.service.metadata.name, variable: first.variable.name },
          related: [reason(group.service, state), ...otherUses(resource, group)],
          fixes: fix ? [fix] : [],
        };
      }
    }
  },
});

function reason(service: Resource<'Service'>, state: 'headless' | 'external-name'): Related {
  return state === 'headless'
    ? { mark: { resource: service, path: ['spec', 'clusterIP'] }, message: `Service \`${service.metadata.name}\` is headless.` }
    : { mark: { resource: service, path: ['spec', 'type'] }, message: `Service \`${service.metadata.name}\` only stands for an outside name.` };
}
