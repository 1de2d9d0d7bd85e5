/** Manifests that are written as objects and are never applied to a cluster. */
import { known } from '../../base/opaque';
import type { Resource } from '../../model/resources';

/**
 * The configuration of a function of Kustomize or kpt
 * (https://kubectl.docs.kubernetes.io/guides/extending_kustomize/containerized_krm_functions/), or a file for such tools alone.
 */
export function isLocalConfig({ metadata: { annotations } }: Resource): boolean {
  return (
    annotations.has('config.kubernetes.io/function') ||
    annotations.has('config.k8s.io/function') ||
    known(annotations.get('config.kubernetes.io/local-config')) === 'true'
  );
}
