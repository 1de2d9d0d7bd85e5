/** Where a Service's address is translated: in the node, or with eBPF in the client's own socket. */
import { nodeNamed } from './placement';
import { atNode, atPod, podStation } from './words';
import type { Step, Walk } from './walk';
import type { World } from './world';

export function translationPlace(world: World, walk: Walk, atSocket = true): Pick<Step, 'kind' | 'station' | 'at' | 'device'> {
  if (world.proxyMode === 'ebpf' && walk.sender.kind === 'pod' && atSocket && walk.external !== 'node-port') {
    return { kind: 'service-translation', station: podStation(walk.sender.pod, 'connect'), at: atPod(walk.sender.pod), device: 'eBPF' };
  }
  const node = walk.node ?? nodeNamed(world, 'node-1');
  return {
    kind: 'service-translation',
    station: `${node.name}/kube-proxy`,
    at: atNode(node),
    device: world.proxyMode === 'ebpf' ? 'eBPF' : `kube-proxy, ${world.proxyMode}`,
  };
}
