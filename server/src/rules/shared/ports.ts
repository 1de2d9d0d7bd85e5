/** Ports of pods as their containers declare them, for the rules of the `port` family. */
import { isOpaque, known } from '../../base/opaque';
import type { Edit, Fix, Mark } from '../../model/finding';
import type { Container, ContainerPort, PodTemplate } from '../../model/pod';
import { isPodHolder, valueAt, workloadKinds, type Resource } from '../../model/resources';

/** Whoever has a pod template: `Other` is a kind that we do not know and that makes pods all the same. */
export const podKinds = ['Pod', ...workloadKinds, 'Other'] as const;

export function podTemplateOf(resource: Resource): PodTemplate | undefined {
  return isPodHolder(resource) || resource.type === 'Other' ? resource.spec.template : undefined;
}

/** A declaration whose number and protocol are known. */
export interface DeclaredPort {
  readonly container: Container;
  readonly port: ContainerPort;
  readonly number: number;
  readonly protocol: string;
  /** 0 when there is none, undefined when it cannot be known. */
  readonly hostPort: number | undefined;
  /** Empty when there is none, undefined when it cannot be known. */
  readonly hostIP: string | undefined;
}

export function declaredPorts(container: Container): DeclaredPort[] {
  return container.ports.flatMap((port) => {
    const number = known(port.containerPort);
    const protocol = port.protocol === undefined ? 'TCP' : known(port.protocol);
    if (number === undefined || protocol === undefined) return [];
    const hostPort = port.hostPort === undefined ? 0 : known(port.hostPort);
    const hostIP = port.hostIP === undefined ? '' : known(port.hostIP);
    return [{ container, port, number, protocol, hostPort, hostIP }];
  });
}

/** Containers that run together, in the order in which they start: sidecars in list order, then the app containers (KEP-753). */
export function containersByStart(template: PodTemplate): Container[] {
  return [...template.containers.filter(({ role }) => role === 'sidecar'), ...template.containers.filter(({ role }) => role === 'container')];
}

/**
 * The host port that a declaration takes, 0 for none: with `hostNetwork` a missing one becomes the container port
 * (defaultHostNetworkPorts in pkg/apis/core/v1/defaults.go).
 */
export function hostPortOf(declared: DeclaredPort, template: PodTemplate): number | undefined {
  return declared.hostPort === 0 && template.hostNetwork ? declared.number : declared.hostPort;
}

/** True when both ask for one port of the node with the same text of `hostIP`. */
export function sameHostPort(a: DeclaredPort, b: DeclaredPort, template: PodTemplate): boolean {
  const hostPort = hostPortOf(a, template);
  return !!hostPort && hostPort === hostPortOf(b, template) && a.protocol === b.protocol && a.hostIP !== undefined && a.hostIP === b.hostIP;
}

/** The next number that no container of the pod declares, as container port or host port. */
export function freePort(template: PodTemplate, after: number): number {
  const taken = takenPorts(template);
  let candidate = after + 1;
  for (let tries = 0; tries < 65535; tries++, candidate++) {
    if (candidate > 65535 || candidate < 1) candidate = 1024;
    if (!taken.has(candidate)) return candidate;
  }
  return after;
}

/** Kept with the template, because each of many collisions asks. */
const takenByTemplate = new WeakMap<PodTemplate, ReadonlySet<number>>();

function takenPorts(template: PodTemplate): ReadonlySet<number> {
  const before = takenByTemplate.get(template);
  if (before) return before;
  const taken = new Set<number>();
  for (const container of template.containers) {
    for (const declared of declaredPorts(container)) {
      taken.add(declared.number);
      if (declared.hostPort !== undefined) taken.add(declared.hostPort);
    }
  }
  takenByTemplate.set(template, taken);
  return taken;
}

/**
 * Moves a declaration to a free number, and with it the probes of the container that name the old one. The host port moves too under
 * `hostNetwork`, where both are one, and when it is the one that is taken (`withHostPort`).
 */
export function useFreePortFix(
  resource: Resource,
  template: PodTemplate,
  declared: DeclaredPort,
  options: { readonly withHostPort?: boolean; readonly preferred?: boolean },
): Fix {
  const movesHostPort = !!declared.hostPort && (template.hostNetwork || options.withHostPort === true);
  const free = freePort(template, Math.max(declared.number, movesHostPort ? (declared.hostPort ?? 0) : 0));
  const edits: Edit[] = [{ kind: 'replace', resource, path: [...declared.port.path, 'containerPort'], value: free }];
  if (movesHostPort) edits.push({ kind: 'replace', resource, path: [...declared.port.path, 'hostPort'], value: free });
  for (const probe of declared.container.probes) {
    if (known(probe.port) === declared.number) edits.push({ kind: 'replace', resource, path: probe.portPath, value: free });
  }
  return { title: `Use free port ${free}`, ...(options.preferred ? { preferred: true } : {}), edits };
}

/** Where a declaration says its host port: the field itself, or the container port that it is taken from. */
export function markOfHostPort(resource: Resource, declared: DeclaredPort): Mark {
  return { resource, path: [...declared.port.path, declared.hostPort ? 'hostPort' : 'containerPort'] };
}

/** True when a list of the manifest is not wholly known: a placeholder instead of it, or in place of an item. */
export function isListOpen(resource: Resource, path: Mark['path']): boolean {
  const list = valueAt(resource, path);
  if (list === undefined || list === null) return false;
  return !Array.isArray(list) || list.some((item) => typeof item !== 'object' || item === null || isOpaque(item));
}

const mostPortName = 15;

/** Why a text is no port name (IsValidPortName in k8s.io/apimachinery/pkg/util/validation), or undefined when it is one. */
export function portNameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > mostPortName) return `it is ${name.length} characters long and may be at most ${mostPortName}`;
  if (!/^[-a-z0-9]+$/.test(name)) return 'only lower-case letters, digits and `-` are allowed';
  if (!/[a-z]/.test(name)) return 'it needs at least one letter';
  if (name.includes('--')) return '`--` is not allowed';
  return name.startsWith('-') || name.endsWith('-') ? 'it must not begin or end with `-`' : undefined;
}

/** Why a text is no DNS label, which is what the port names of a Service are (RFC 1123). */
export function dnsLabelProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > 63) return `it is ${name.length} characters long and may be at most 63`;
  if (!/^[-a-z0-9]+$/.test(name)) return 'only lower-case letters, digits and `-` are allowed';
  return name.startsWith('-') || name.endsWith('-') ? 'it must not begin or end with `-`' : undefined;
}

/** The nearest valid name: lower case, `-` for blanks and underscores, at most `most` characters. Undefined when nothing is left. */
export function slugOf(name: string, most = mostPortName): string | undefined {
  const words = name
    .slice(0, 1000)
    .toLowerCase()
    .replace(/[\s_.]+/g, '-')
    .replace(/[^-a-z0-9]/g, '')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
  const lettered = /[a-z]/.test(words) ? words : words === '' ? '' : `port-${words}`;
  const slug = lettered.slice(0, most).replace(/-$/, '');
  return portNameProblem(slug) === undefined || (most > mostPortName && dnsLabelProblem(slug) === undefined) ? slug : undefined;
}
