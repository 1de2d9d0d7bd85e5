/** Every field that holds a port, resource by resource: where it stands and what it may hold. */
import { valueAt, workloadKinds, type Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { podTemplateOf } from './ports';

export interface PortField {
  readonly path: Path;
  /** What is written there; undefined for nothing. */
  readonly value: unknown;
  /** `name` may also be the name of a port. */
  readonly holds: 'number' | 'number or name';
  /** 0 means the same as leaving it out. */
  readonly zeroIsUnset: boolean;
}

export const portFieldKinds = ['Pod', ...workloadKinds, 'Other', 'Service', 'NetworkPolicy', 'Ingress'] as const;

/** The fields that are written. Values are as in the manifest, of any type. */
export function portFields(resource: Resource): PortField[] {
  const fields: PortField[] = [];
  const add = (path: Path, holds: PortField['holds'], zeroIsUnset: boolean): void => {
    const value = valueAt(resource, path);
    if (value !== undefined && value !== null) fields.push({ path, value, holds, zeroIsUnset });
  };
  const template = podTemplateOf(resource);
  for (const container of template?.containers ?? []) {
    for (const port of container.ports) {
      add([...port.path, 'containerPort'], 'number', false);
      add([...port.path, 'hostPort'], 'number', true);
    }
    for (const probe of container.probes) {
      if (probe.handler !== 'exec') add(probe.portPath, probe.handler === 'grpc' ? 'number' : 'number or name', false);
    }
  }
  switch (resource.type) {
    case 'Service':
      for (const port of resource.spec.ports) {
        add([...port.path, 'port'], 'number', false);
        add([...port.path, 'targetPort'], 'number or name', true);
        add([...port.path, 'nodePort'], 'number', true);
      }
      add(['spec', 'healthCheckNodePort'], 'number', true);
      break;
    case 'NetworkPolicy':
      for (const rule of [...resource.spec.ingress, ...resource.spec.egress]) {
        for (const port of rule.ports ?? []) {
          add([...port.path, 'port'], 'number or name', false);
          add([...port.path, 'endPort'], 'number', false);
        }
      }
      break;
    case 'Ingress':
      for (const backend of [resource.spec.defaultBackend, ...resource.spec.rules.flatMap((rule) => rule.paths.map((path) => path.backend))]) {
        if (backend) add([...backend.path, 'service', 'port', 'number'], 'number', true);
      }
      break;
    default:
  }
  return fields;
}
