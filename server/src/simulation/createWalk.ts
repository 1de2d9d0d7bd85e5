/** The packet at the moment when its client opens the connection. */
import { loopbackAddress } from './loopbackAddress';
import { proxyAddress } from './proxyAddress';
import { loopbackMtu, nodeMtu, podMtu } from './cniProfile';
import type { Destination, Sender, Walk } from './walk';
import type { World } from './world';

export function createWalk(world: World, sender: Sender, destination: Destination): Walk {
  const name =
    destination.kind === 'name' ? destination.host : destination.kind === 'ingress' || destination.kind === 'gateway' ? destination.request.host : undefined;
  const address = addressOf(world, destination);
  const local = destination.kind === 'pod' && destination.self;
  const loopback = local && destination.pod.container ? loopbackAddress(world) : undefined;
  const from = loopback ?? senderAddress(sender);
  const packet = {
    source: { address: from, port: world.plan.ephemeralPort(`${from} ${address} ${world.port} ${world.protocol}`) },
    destination: { address: loopback ?? address, port: world.port },
    protocol: world.protocol,
    ...(name !== undefined && name !== '' && { hostname: name }),
    mtu: local ? loopbackMtu : sender.kind === 'pod' && !sender.pod.podSet.template.hostNetwork ? podMtu(world.cni, world.plan.family) : nodeMtu,
  };
  const node = sender.kind === 'pod' ? sender.pod.node : sender.kind === 'outside' ? undefined : sender.node;
  return { sender, destination, node, packet, opened: packet, hops: [], notReached: [], uncertain: false, label: '', share: 1, alternatives: [] };
}

function senderAddress(sender: Sender): string {
  switch (sender.kind) {
    case 'pod':
      return sender.pod.address.text;
    case 'node':
      return sender.node.address;
    case 'outside':
    case 'controller':
      return sender.address.text;
  }
}

function addressOf(world: World, destination: Destination): string {
  switch (destination.kind) {
    case 'name':
      return destination.host;
    case 'service':
      return destination.target.address?.text ?? destination.target.name;
    case 'ingress':
    case 'gateway':
      return proxyAddress(world, destination).text;
    case 'pod':
      return destination.pod.address.text;
    case 'node':
      return destination.node.address;
    case 'outside':
      return destination.address.text;
    case 'nowhere':
      return '';
  }
}
