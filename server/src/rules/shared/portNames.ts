/** Names of container ports that are used twice. */
import { known } from '../../base/opaque';
import type { Edit, Fix } from '../../model/finding';
import type { Container, ContainerPort, PodTemplate } from '../../model/pod';
import type { Resource } from '../../model/resources';

/** Renames a port to the first of `NAME-2`, `NAME-3`, … that the pod does not have, and the probes of its container with it when `withProbes`. */
export function renamePortFix(resource: Resource, template: PodTemplate, container: Container, port: ContainerPort, name: string, withProbes: boolean): Fix {
  const taken = new Set(template.containers.flatMap((other) => other.ports.flatMap((candidate) => known(candidate.name) ?? [])));
  let fresh = name;
  for (let number = 2; taken.has(fresh); number++) {
    const ending = `-${number}`;
    fresh = name.slice(0, 15 - ending.length).replace(/-+$/, '') + ending;
  }
  const edits: Edit[] = [{ kind: 'replace', resource, path: [...port.path, 'name'], value: fresh }];
  for (const probe of withProbes ? container.probes : []) {
    if (known(probe.port) === name) edits.push({ kind: 'replace', resource, path: probe.portPath, value: fresh });
  }
  return { title: `Rename to ${fresh}`, edits };
}
