/** A variable of a Service in a pod that has switched such variables off. */
import { contextRule } from '../rule';
import type { Fix } from '../../model/finding';
import { podHolderKinds } from '../shared/env';
import { dnsNameFix, markOfUse, otherUses, serviceUses } from '../shared/serviceUses';

export const serviceLinksDisabled = contextRule({
  meta: {
    id: 'env/service-links-disabled',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A container uses a variable of a Service although `enableServiceLinks` is false.',
    why: 'With `enableServiceLinks: false` the kubelet gives the containers of a pod no variables of Services, those of the API server excepted. The reference is then not replaced: the program gets the text `$(…)` instead of an address or a port, and usually fails when it tries to connect.',
    remedy:
      'Use the DNS name of the Service and its port, which do not depend on service links; that is the better choice in namespaces with many Services. Or remove the field, so that the default (`true`) holds again and the variables of all Services of the namespace come back.',
    references: [
      '[Accessing the Service: environment variables](https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables)',
      '[PodSpec: enableServiceLinks](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec)',
      '`pkg/kubelet/kubelet_pods.go` (getServiceEnvVarMap) in kubernetes/kubernetes',
    ],
    messages: {
      disabled:
        '`enableServiceLinks: false` switches the variables of Service `{service}` off, so `{variable}` is not set and the text `$({variable})` is passed as it is.',
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource, index) {
    const field = [...resource.spec.template.path, 'spec', 'enableServiceLinks'];
    for (const group of serviceUses(resource, index, 'links-disabled')) {
      const remove: Fix = { title: 'Remove enableServiceLinks: false', preferred: true, edits: [{ kind: 'remove', resource, path: field }] };
      const dnsName = dnsNameFix(resource, group, index, false);
      const [first] = group.uses;
      yield {
        at: markOfUse(resource, first),
        message: 'disabled',
        data: { service: group.service.metadata.name, variable: first.variable.name },
        related: [{ mark: { resource, path: field }, message: 'Service links are switched off here.' }, ...otherUses(resource, group)],
        fixes: dnsName ? [remove, dnsName] : [remove],
      };
    }
  },
});
