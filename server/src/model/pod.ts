/** Pods as far as the network is concerned: containers, ports, environment, probes. */
import type { Path } from '../protocol/source';
import type { Value } from '../base/opaque';
import type { Labels } from './labels';

/** Every `path` here starts at the root of the resource. Lists keep the positions of the file: a malformed item is an empty one. */
export interface ContainerPort {
  readonly path: Path;
  readonly name?: Value<string>;
  readonly containerPort?: Value<number>;
  /** As written; TCP when missing. */
  readonly protocol?: Value<string>;
  readonly hostPort?: Value<number>;
  readonly hostIP?: Value<string>;
}

export interface KeyReference {
  readonly path: Path;
  readonly name?: Value<string>;
  readonly key?: Value<string>;
  readonly optional: boolean;
}

export interface EnvVar {
  readonly path: Path;
  readonly name?: Value<string>;
  /** Undefined when there is no `value`, or it is not text (a finding of its own). */
  readonly value?: Value<string>;
  readonly hasValueFrom: boolean;
  readonly configMapKeyRef?: KeyReference;
  readonly secretKeyRef?: KeyReference;
}

export interface EnvFromSource {
  readonly path: Path;
  readonly prefix?: Value<string>;
  readonly configMapRef?: KeyReference;
  readonly secretRef?: KeyReference;
}

export type ProbeKind = 'livenessProbe' | 'readinessProbe' | 'startupProbe' | 'postStart' | 'preStop';

export interface Probe {
  readonly kind: ProbeKind;
  readonly handler: 'httpGet' | 'tcpSocket' | 'grpc' | 'exec';
  readonly path: Path;
  readonly port?: Value<number | string>;
  readonly portPath: Path;
  readonly host?: Value<string>;
}

/**
 * `sidecar` is an init container with `restartPolicy: Always`: it starts in list order and keeps running (KEP-753).
 * `init` containers run one after another and end before the app containers start.
 */
export type ContainerRole = 'container' | 'init' | 'sidecar' | 'ephemeral';

export interface VolumeMount {
  readonly path: Path;
  readonly name?: Value<string>;
  readonly mountPath?: Value<string>;
  readonly readOnly?: boolean;
  /** The part of the volume that is mounted, where it is not all of it. */
  readonly subPath?: Value<string>;
}

export interface Container {
  readonly path: Path;
  readonly role: ContainerRole;
  /** The name, or a stand-in such as `containers[1]` where there is none. */
  readonly name: string;
  readonly image?: Value<string>;
  readonly command: readonly Value<string>[];
  readonly args: readonly Value<string>[];
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly EnvFromSource[];
  readonly ports: readonly ContainerPort[];
  readonly probes: readonly Probe[];
  readonly volumeMounts: readonly VolumeMount[];
}

export interface Volume {
  readonly path: Path;
  readonly name?: Value<string>;
  /** `emptyDir`, `configMap`, … : the first key beside `name`. */
  readonly kind?: string;
  /** The volume itself is read only, as `persistentVolumeClaim.readOnly` says, whatever a mount says. */
  readonly readOnly?: boolean;
  readonly configMap?: Value<string>;
}

/** What a Pod, or the template of a workload, says. */
export interface PodTemplate {
  /** Path to the object that holds `metadata` and `spec`: `[]` for a Pod, `spec.template` for a Deployment. */
  readonly path: Path;
  readonly labels: Labels;
  readonly annotations: ReadonlyMap<string, Value<string>>;
  readonly containers: readonly Container[];
  readonly hostNetwork: boolean;
  /** Undefined means true, the default. */
  readonly enableServiceLinks?: boolean;
  readonly nodeName?: Value<string>;
  readonly nodeSelector: Labels;
  readonly hasAffinity: boolean;
  readonly dnsPolicy?: Value<string>;
  readonly hostname?: Value<string>;
  readonly subdomain?: Value<string>;
  readonly hostAliases: readonly { readonly ip?: Value<string>; readonly hostnames: readonly Value<string>[]; readonly path: Path }[];
  readonly volumes: readonly Volume[];
  readonly shareProcessNamespace: boolean;
  /** The containers see the processes of the whole node, and so each other’s. */
  readonly hostPID?: boolean;
}

/** Containers that run at the same time: app containers, then sidecars in list order. */
export function concurrentContainers(template: PodTemplate): readonly Container[] {
  return [
    ...template.containers.filter((container) => container.role === 'container'),
    ...template.containers.filter((container) => container.role === 'sidecar'),
  ];
}
