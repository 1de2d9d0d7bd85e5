/** The policies of a pod are looked up by label; the answer is that of asking each policy. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches } from '../../server/src/model/labels';
import { indexOf } from '../support/workspaceOf';

const key = fc.constantFrom('app', 'tier', 'job-name', 'x');
const value = fc.constantFrom('a', 'b', '{{ c }}');
const labels = fc.dictionary(key, value, { maxKeys: 3 });
const selector = fc.oneof(
  labels.map((matchLabels) => ({ matchLabels })),
  fc.record({ matchLabels: labels, matchExpressions: fc.constant([{ key: 'app', operator: 'Exists' }]) }),
  fc.constant({}),
);
const namespace = fc.constantFrom('n', undefined);

test('looking up by label finds exactly the policies that may select the pod, by name', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ labels, namespace }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.record({ selector, namespace }), { minLength: 8, maxLength: 14 }),
      (pods, policies) => {
        const manifests = [
          ...pods.map((pod, index) => ({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: `pod-${index}`, namespace: pod.namespace, labels: pod.labels },
            spec: { containers: [{ name: 'c' }] },
          })),
          ...policies.map((policy, index) => ({
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: `policy-${index % 5}`, namespace: policy.namespace },
            spec: { podSelector: policy.selector, policyTypes: ['Ingress'] },
          })),
        ];
        const index = indexOf(manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n'), { stdin: true });
        for (const podSet of index.podSets(undefined)) {
          const expected = index
            .inNamespace('NetworkPolicy', podSet.namespace)
            .filter((policy) => matches(policy.spec.podSelector, podSet.labels) !== 'no')
            .map((policy) => policy.source.document)
            .sort((a, b) => a - b);
          const found = index.policiesOn(podSet, 'Ingress').map(({ policy }) => policy);
          expect(found.map((policy) => policy.source.document).sort((a, b) => a - b)).toEqual(expected);
          expect(found.map((policy) => policy.metadata.name)).toEqual(found.map((policy) => policy.metadata.name).sort());
        }
      },
    ),
    { numRuns: 300 },
  );
});
