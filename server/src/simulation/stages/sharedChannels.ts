/** What two containers of a pod share beside the network: memory, volumes and, where it is asked for, processes. */
import { known, textOf } from '../../base/opaque';
import type { Container, Volume, VolumeMount } from '../../model/pod';
import type { SharedMount } from '../../protocol/trace';
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
    const other = name === undefined ? undefined : b.volumeMounts.find((candidate) => textOf(candidate.name) === name && sameFiles(mount, candidate));
    if (!other || name === undefined) continue;
    const volume = pod.podSet.template.volumes.find((candidate) => textOf(candidate.name) === name);
    const life = lifeOf(volume?.kind);
    const mounts = [
      { container: a.name, path: textOf(mount.mountPath) ?? '?', readOnly: readsOnly(mount, volume) },
      { container: b.name, path: textOf(other.mountPath) ?? '?', readOnly: readsOnly(other, volume) },
    ] as const;
    const [here, there] = mounts;
    const neither = here.readOnly && there.readOnly && !readOnlyKinds.has(volume?.kind ?? '') ? ' Neither may write them.' : '';
    next = step(next, {
      kind: 'shared-volume',
      station: podStation(pod, `volume/${name}`),
      at: atPod(pod),
      device: name,
      verdict: 'forwarded',
      because: [
        evidence(pod.podSet.resource, mount.path, 'declares', mountNote(name, here)),
        evidence(pod.podSet.resource, other.path, 'declares', mountNote(name, there)),
      ],
      plain: `Beside the network: both containers see the same files, ${seenAt(here, there)} and ${seenAt(there, here)}.${neither} ${life.plain}`,
      expert: `Volume ${name}${volume?.kind === undefined ? '' : ` (${volume.kind})`}: ${mountWords(here)}, ${mountWords(there)}. ${life.expert}`,
      shares: { kind: 'volume', name, ...(volume?.kind !== undefined && { type: volume.kind }), mounts },
    });
  }
  return next;
}

/** Two parts of a volume of which neither lies in the other have no file in common: https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath */
function sameFiles(a: VolumeMount, b: VolumeMount): boolean {
  const [here, there] = [known(a.subPath), known(b.subPath)];
  if (here === undefined || there === undefined || here.includes('$(') || there.includes('$(')) return true;
  const [short = '', long = ''] = [`${here.replace(/\/+$/, '')}/`, `${there.replace(/\/+$/, '')}/`].sort((one, other) => one.length - other.length);
  return long.startsWith(short);
}

/** The kubelet mounts these read only, whatever a mount says: https://kubernetes.io/docs/concepts/storage/volumes/ */
const readOnlyKinds: ReadonlySet<string> = new Set(['configMap', 'secret', 'downwardAPI', 'projected', 'image']);

function readsOnly(mount: VolumeMount, volume: Volume | undefined): boolean {
  return mount.readOnly === true || volume?.readOnly === true || (volume?.kind !== undefined && readOnlyKinds.has(volume.kind));
}

function mountNote(name: string, { container, path, readOnly }: SharedMount): string {
  return `${container} mounts ${name} at ${path}${readOnly ? ', read only' : ''}`;
}

/** "backup reads them at /backup" where only one of the two may write. */
function seenAt({ container, path, readOnly }: SharedMount, other: SharedMount): string {
  if (readOnly === other.readOnly) return `${container} at ${path}`;
  return `${container} ${readOnly ? 'only reads them' : 'may write them'} at ${path}`;
}

function mountWords({ container, path, readOnly }: SharedMount): string {
  return `${container} ${path}${readOnly ? ' (ro)' : ''}`;
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
    case 'image':
      return { plain: 'Both may only read them, so they are no way from one to the other.', expert: 'Read-only; filled by the kubelet.' };
    default:
      return { plain: 'How long they are there depends on the volume.', expert: 'The lifetime depends on the kind of volume.' };
  }
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/ */
function memory(walk: Walk, pod: PodPlace, a: Container, b: Container): Walk {
  const { shareProcessNamespace, hostPID = false } = pod.podSet.template;
  const processes = shareProcessNamespace || hostPID;
  return step(walk, {
    kind: 'ipc',
    station: podStation(pod, 'ipc'),
    at: atPod(pod),
    device: 'IPC',
    verdict: 'forwarded',
    plain: `Beside the network: ${a.name} and ${b.name} can share memory. ${processes ? 'They also see each other’s processes.' : 'They do not see each other’s processes.'}`,
    expert: `One IPC namespace (System V and POSIX shared memory, semaphores, message queues); ${hostPID ? 'hostPID is true' : `shareProcessNamespace is ${String(shareProcessNamespace)}`}.`,
    shares: { kind: 'ipc', processes },
  });
}
