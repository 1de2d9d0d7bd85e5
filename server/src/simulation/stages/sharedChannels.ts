/** What two containers of a pod share beside the network: memory, volumes and, where it is asked for, processes. */
import { textOf } from '../../base/opaque';
import type { Container } from '../../model/pod';
import { listenerOn } from '../listeners';
import { atPod, podStation } from '../words';
import { type PodPlace, type Stage, step, type Walk } from '../walk';
import { evidence } from '../world';
import { isLocal } from './clientSocket';

export const sharedChannels: Stage = (_world, walk) => {
  const { sender, destination } = walk;
  if (sender.kind !== 'pod' || destination.kind !== 'pod' || !isLocal(destination) || walk.virtual || walk.outcome !== undefined) return [walk];
  const a = sender.pod.container;
  const b = destination.pod.container ?? listenerOn(destination.pod.podSet, walk.packet.destination.port ?? 0, walk.packet.protocol, true).container;
  if (!a || !b || a === b) return [walk];
  return [memory(sharedVolumes(walk, sender.pod, a, b), sender.pod, a, b)];
};

function sharedVolumes(walk: Walk, pod: PodPlace, a: Container, b: Container): Walk {
  let next = walk;
  for (const mount of a.volumeMounts.slice(0, 32)) {
    const name = textOf(mount.name);
    const other = name === undefined ? undefined : b.volumeMounts.find((candidate) => textOf(candidate.name) === name);
    if (!other || name === undefined) continue;
    const volume = pod.podSet.template.volumes.find((candidate) => textOf(candidate.name) === name);
    const life = lifeOf(volume?.kind);
    const [here, there] = [textOf(mount.mountPath) ?? '?', textOf(other.mountPath) ?? '?'];
    next = step(next, {
      kind: 'shared-volume',
      station: podStation(pod, `volume/${name}`),
      at: atPod(pod),
      device: name,
      verdict: 'forwarded',
      because: [
        evidence(pod.podSet.resource, mount.path, 'declares', `${a.name} mounts ${name} at ${here}`),
        evidence(pod.podSet.resource, other.path, 'declares', `${b.name} mounts ${name} at ${there}`),
      ],
      plain: `Beside the network: both containers see the same files, ${a.name} at ${here} and ${b.name} at ${there}. ${life.plain}`,
      expert: `Volume ${name}${volume?.kind === undefined ? '' : ` (${volume.kind})`}: ${a.name} ${here}, ${b.name} ${there}. ${life.expert}`,
    });
  }
  return next;
}

/** How long what one container writes is there for the other: https://kubernetes.io/docs/concepts/storage/volumes/ */
function lifeOf(kind: string | undefined): { readonly plain: string; readonly expert: string } {
  switch (kind) {
    case 'emptyDir':
      return {
        plain: 'They live as long as the pod, also when a container is restarted.',
        expert: 'emptyDir: empty at the start of the pod, kept over restarts of containers, deleted with the pod.',
      };
    case 'persistentVolumeClaim':
    case 'ephemeral':
      return kind === 'ephemeral'
        ? { plain: 'They live as long as the pod.', expert: 'A generic ephemeral volume: its claim is deleted with the pod.' }
        : { plain: 'They are still there when the pod is gone.', expert: 'A claim outlives the pod; its reclaim policy decides later.' };
    case 'hostPath':
      return {
        plain: 'They belong to the node: they stay there when the pod is gone, and a pod on another node sees other files.',
        expert: 'hostPath: a directory of the node.',
      };
    case 'configMap':
    case 'secret':
    case 'downwardAPI':
    case 'projected':
      return { plain: 'Both may only read them, so they are no way from one to the other.', expert: 'Read-only; filled by the kubelet.' };
    default:
      return { plain: 'How long they are there depends on the volume.', expert: 'The lifetime depends on the kind of volume.' };
  }
}

function memory(walk: Walk, pod: PodPlace, a: Container, b: Container): Walk {
  const { shareProcessNamespace } = pod.podSet.template;
  return step(walk, {
    kind: 'ipc',
    station: podStation(pod, 'ipc'),
    at: atPod(pod),
    device: 'IPC',
    verdict: 'forwarded',
    plain: `Beside the network: ${a.name} and ${b.name} can share memory. ${shareProcessNamespace ? 'They also see each other’s processes.' : 'They do not see each other’s processes.'}`,
    expert: `One IPC namespace (System V and POSIX shared memory, semaphores, message queues); shareProcessNamespace is ${String(shareProcessNamespace)}.`,
  });
}
