/** Who listens on a port of a pod, as far as manifests tell; only positive evidence says that nobody does. */
import { known, textOf } from '../base/opaque';
import type { PodSet } from '../cluster/clusterIndex';
import { type Container, concurrentContainers } from '../model/pod';
import type { Evidence, TransportProtocol } from '../protocol/trace';
import { protocolOf } from './ports';
import { evidence } from './world';

export interface Listener {
  readonly state: 'declared' | 'undeclared' | 'refused';
  readonly container: Container | undefined;
  readonly because: readonly Evidence[];
  /** For `refused`: why, as half a sentence. */
  readonly reason: string;
  /** For `refused`: what would help. */
  readonly remedy?: string;
  /** For `refused`: the protocol for which the port is declared instead. */
  readonly instead?: TransportProtocol;
}

/** `local`: the client is in the same pod and may use 127.0.0.1. */
export function listenerOn(podSet: PodSet, port: number, protocol: TransportProtocol, local: boolean, wanted?: Container): Listener {
  const running = concurrentContainers(podSet.template);
  const pool = wanted && running.includes(wanted) ? [wanted] : running;
  const { resource } = podSet;
  for (const container of pool) {
    for (const candidate of container.ports) {
      if (known(candidate.containerPort) !== port || (textOf(candidate.protocol) ?? 'TCP') !== protocol) continue;
      const loopback = local ? undefined : loopbackArgument(container, port);
      if (loopback) {
        return {
          state: 'refused',
          container,
          because: [evidence(resource, loopback.path, 'denies', `${container.name} listens on ${loopback.text} only`)],
          reason: `${container.name} listens on ${loopback.text} only, which is inside the pod`,
          remedy: listenEverywhere(container, loopback.text),
        };
      }
      return {
        state: 'declared',
        container,
        because: [evidence(resource, candidate.path, 'declares', `${container.name} declares ${port}/${protocol}`)],
        reason: '',
      };
    }
  }
  if (wanted?.role === 'init') {
    return {
      state: 'refused',
      container: wanted,
      because: [evidence(resource, wanted.path, 'denies', 'an init container has ended before the others start')],
      reason: `${wanted.name} is an init container and has ended before the others start`,
      remedy: asSidecar(wanted),
    };
  }
  return (
    otherProtocol(podSet, port, protocol, running) ??
    onlyInit(podSet, port, protocol) ??
    (local ? undefined : onlyLoopback(podSet, port, running)) ?? {
      state: 'undeclared',
      container: wanted ?? (running.length === 1 ? running[0] : undefined),
      because: [],
      reason: '',
    }
  );
}

function otherProtocol(podSet: PodSet, port: number, protocol: TransportProtocol, running: readonly Container[]): Listener | undefined {
  for (const container of running) {
    const other = container.ports.find(
      (candidate) => known(candidate.containerPort) === port && typeof candidate.protocol !== 'object' && (candidate.protocol ?? 'TCP') !== protocol,
    );
    if (!other) continue;
    const declared = textOf(other.protocol) ?? 'TCP';
    return {
      state: 'refused',
      container,
      because: [evidence(podSet.resource, other.path, 'denies', `${port} is declared for ${declared}`)],
      reason: `${container.name} declares ${port} for ${declared}, not ${protocol}`,
      remedy: `Ask on ${declared}, for which ${container.name} declares ${port}; or if it listens on ${protocol} as well, declare that, too.`,
      ...optionalProtocol(protocolOf(declared)),
    };
  }
  return undefined;
}

/** https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
function asSidecar({ name }: Container): string {
  return `Make ${name} a sidecar (\`restartPolicy: Always\` in initContainers): then it runs for as long as the pod does.`;
}

function optionalProtocol(instead: TransportProtocol | undefined): Pick<Listener, 'instead'> {
  return instead === undefined ? {} : { instead };
}

function onlyInit(podSet: PodSet, port: number, protocol: TransportProtocol): Listener | undefined {
  for (const container of podSet.template.containers) {
    if (container.role !== 'init') continue;
    const own = container.ports.find((candidate) => known(candidate.containerPort) === port && (textOf(candidate.protocol) ?? 'TCP') === protocol);
    if (!own) continue;
    return {
      state: 'refused',
      container,
      because: [evidence(podSet.resource, own.path, 'denies', `only the init container ${container.name} declares ${port}`)],
      reason: `only the init container ${container.name} declares ${port}, and it has ended before the pod serves`,
      remedy: asSidecar(container),
    };
  }
  return undefined;
}

function onlyLoopback(podSet: PodSet, port: number, running: readonly Container[]): Listener | undefined {
  for (const container of running) {
    const loopback = loopbackArgument(container, port);
    if (loopback)
      return {
        state: 'refused',
        container,
        because: [evidence(podSet.resource, loopback.path, 'denies', `${container.name} listens on ${loopback.text} only`)],
        reason: `${container.name} listens on ${loopback.text} only, which is inside the pod`,
        remedy: listenEverywhere(container, loopback.text),
      };
  }
  return undefined;
}

function listenEverywhere({ name }: Container, written: string): string {
  return `Let ${name} listen on every address of the pod (\`${written.includes('::1') ? '[::]' : '0.0.0.0'}\`), not on \`${written}\` alone.`;
}

/** `--listen-address=127.0.0.1:8080` and the like; what a program connects to (`--upstream`) says nothing of where it listens. */
function loopbackArgument(container: Container, port: number): { readonly text: string; readonly path: readonly (string | number)[] } | undefined {
  const lists = [
    ['command', container.command],
    ['args', container.args],
  ] as const;
  for (const [name, list] of lists) {
    for (const [position, value] of list.slice(0, 200).entries()) {
      const text = known(value);
      if (text === undefined || text.length > 400) continue;
      const match = /^--?[\w.-]*(?:listen|bind)[\w.-]*[= ](?:https?:\/\/)?((?:127\.0\.0\.1|localhost|\[::1\]):(\d{1,5}))\/?$/.exec(text);
      if (match && Number(match[2]) === port) return { text: match[1] ?? '', path: [...container.path, name, position] };
    }
  }
  return undefined;
}
