/** A NetworkPolicy of an API group that is gone. */
import { documentRule } from '../rule';

export const wrongApi = documentRule({
  meta: {
    id: 'policy/wrong-api',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A NetworkPolicy of `extensions/v1beta1`, which was removed in 1.16.',
    why: 'NetworkPolicy began in `extensions/v1beta1` and moved to `networking.k8s.io/v1` with Kubernetes 1.7. The old version has not been served since 1.16: the API server answers that it knows no such kind, and nothing is applied. The fields are the same.',
    remedy: 'Write `apiVersion: networking.k8s.io/v1`.',
    references: ['[Deprecated API migration guide: v1.16](https://kubernetes.io/docs/reference/using-api/deprecation-guide/#v1-16)'],
    messages: {
      removed: 'Removed in 1.16; use networking.k8s.io/v1.',
    },
    fixable: true,
  },
  kinds: ['NetworkPolicy', 'Other'],
  *check(resource, { kubernetesMinor }) {
    if (resource.kind !== 'NetworkPolicy' || resource.apiVersion !== 'extensions/v1beta1' || kubernetesMinor < 16) return;
    yield {
      at: { resource, path: ['apiVersion'] },
      message: 'removed' as const,
      fixes: [
        {
          title: 'Use networking.k8s.io/v1',
          preferred: true,
          edits: [{ kind: 'replace' as const, resource, path: ['apiVersion'], value: 'networking.k8s.io/v1' }],
        },
      ],
      tag: 'deprecated' as const,
    };
  },
});
