/** How a program calls the Service that a person chose in the editor: by its name, as manifests write it. */
import type { Flow } from '../protocol/trace';

/**
 * The same question with `service/NS/NAME` as a host name, so that the look-up is part of the answer: the search list of a pod begins with
 * its own namespace (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/). Questions from outside the pods stay as they are.
 */
export function calledByName(flow: Flow): Flow {
  const [kind, namespace, name, ...more] = flow.to.split('/');
  if (kind !== 'service' || !namespace || !name || more.length > 0) return flow;
  const [sender, own, caller] = flow.from.split('/');
  if (!own || !caller || sender === 'ingress' || sender === 'ip:') return flow;
  return { ...flow, to: own === namespace ? name : `${name}.${namespace}` };
}
