/** The addresses of a connection that does not leave its pod. */
import type { Packet, PacketEnd } from '../protocol/trace';
import type { World } from './world';

/** The address that the question means by the pod's own loopback: as it is written, else that of the family. */
export function loopbackAddress(world: World): string {
  if (/\[?::1\]?/.test(world.flow.to)) return '::1';
  return world.plan.family === 6 && !world.flow.to.includes('127.0.0.1') ? '::1' : '127.0.0.1';
}

/**
 * The kernel takes the source from the route to the destination. That of 127.0.0.0/8 in the table `local` says `src 127.0.0.1`, and ::1 has only itself;
 * that of the pod's own address says this address (https://man7.org/linux/man-pages/man8/ip-route.8.html, `src`; RFC 1122, 3.2.1.3 g).
 */
export function towardsLoopback(packet: Packet, address: string): Packet {
  const source: PacketEnd = { address: address.includes(':') ? '::1' : '127.0.0.1', port: packet.source.port };
  return { ...packet, source, destination: { ...packet.destination, address } };
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
