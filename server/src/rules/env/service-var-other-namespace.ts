/** A variable of a Service that is in another namespace: the kubelet does not make it here. */
import { contextRule } from '../rule';
import { podHolderKinds } from '../shared/env';
import { dnsNameFix, markOfUse, otherUses, serviceUses } from '../shared/serviceUses';

export const serviceVarOtherNamespace = contextRule({
  meta: {
    id: 'env/service-var-other-namespace',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A container uses a variable of a Service that is in another namespace only.',
    why: 'A pod gets variables for the Services of its own namespace and for the API server, and for no others. A Service of another namespace can be reached, but it makes no variable here, so `$(…)` stays in the value as it is written. It is an error where the context is closed; in an open one, in which the cluster may hold a Service of that name here too, it is a warning.',
    remedy:
      'Use the full DNS name, `{service}.{namespace}.svc.cluster.local`, which works from every namespace, and write the port as a number. Or create the Service in the namespace of the pod, if that is where it was meant to be.',
    references: [
      '[Service: discovering services by environment variables](https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)',
      '[Namespaces of Services in DNS](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services)',
      '`pkg/kubelet/kubelet_pods.go` (getServiceEnvVarMap) in kubernetes/kubernetes',
    ],
    messages: {
      otherNamespace:
        'Service `{service}` is in namespace `{other}`. A pod of `{namespace}` gets variables of the Services of `{namespace}` only, so `{variable}` is not set.',
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource, index) {
    for (const group of serviceUses(resource, index, 'other-namespace')) {
      const fix = dnsNameFix(resource, group, index, true);
      const [first] = group.uses;
      const { service } = group;
      yield {
        at: markOfUse(resource, first),
        message: 'otherNamespace',
        severity: index.context.closed ? 'error' : 'warning',
        data: {
          service: service.metadata.name,
          variable: first.variable.name,
          other: index.namespaceOf(service) ?? '',
          namespace: index.namespaceOf(resource) ?? '',
        },
        related: [
          { mark: { resource: service, path: ['metadata', 'name'] }, message: `The only Service \`${service.metadata.name}\` of these files.` },
          ...otherUses(resource, group),
        ],
        fixes: fix ? [fix] : [],
      };
    }
  },
});
