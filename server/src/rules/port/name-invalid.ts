/** A port name that the API server refuses. */
import { known, type Value } from '../../base/opaque';
import type { Edit, Finding, Fix } from '../../model/finding';
import type { Container } from '../../model/pod';
import type { Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { documentRule } from '../rule';
import { portFieldKinds } from '../shared/portFields';
import { dnsLabelProblem, podTemplateOf, portNameProblem, slugOf } from '../shared/ports';

export const nameInvalid = documentRule({
  meta: {
    id: 'port/name-invalid',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A port name has a form that the API server refuses.',
    why: 'Port names are service names as RFC 6335 defines them: at most 15 characters, lower-case letters, digits and single hyphens, with at least one letter. The API server refuses the whole object otherwise, and the limit of 15 is easily passed by a descriptive name. Whatever refers to the port by name (`targetPort`, a probe, a NetworkPolicy, the backend of an Ingress) has to follow the same form. The names of the ports of a Service are DNS labels and may have up to 63 characters, but an Ingress can name only those that are valid in both ways.',
    remedy: 'Choose a shorter or simpler name, such as `http`, `metrics` or `grpc-web`, and change it wherever it is referred to.',
    references: [
      '`staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go` (IsValidPortName)',
      '`pkg/apis/core/validation/validation.go` (validateContainerPorts, validateServicePort)',
      '`pkg/apis/networking/validation/validation.go` (ValidateNetworkPolicyPort, validateIngressBackend)',
      '[RFC 6335, section 5.1](https://www.rfc-editor.org/rfc/rfc6335#section-5.1)',
    ],
    messages: {
      invalid: '`{name}` is not a port name: {reason}.',
      empty: 'A port needs a number or a name here; this is an empty text.',
    },
    fixable: true,
  },
  kinds: portFieldKinds,
  *check(resource) {
    for (const container of podTemplateOf(resource)?.containers ?? []) yield* checkContainer(resource, container);
    switch (resource.type) {
      case 'Service':
        for (const port of resource.spec.ports) {
          yield* checkName(resource, [...port.path, 'targetPort'], port.targetPort, portNameProblem);
          yield* checkName(resource, [...port.path, 'name'], port.name, dnsLabelProblem);
        }
        break;
      case 'NetworkPolicy':
        for (const rule of [...resource.spec.ingress, ...resource.spec.egress]) {
          for (const port of rule.ports ?? []) yield* checkName(resource, [...port.path, 'port'], port.port, portNameProblem, true);
        }
        break;
      case 'Ingress':
        for (const backend of [resource.spec.defaultBackend, ...resource.spec.rules.flatMap((rule) => rule.paths.map((path) => path.backend))]) {
          if (backend?.portPath[backend.portPath.length - 1] === 'name') yield* checkBackend(resource, backend.portPath, backend.portName);
        }
        break;
      default:
    }
  },
});

type Message = 'invalid' | 'empty';

/** The name of a port and the probes that use it are changed together, and told once, at the port. */
function* checkContainer(resource: Resource, container: Container): Iterable<Finding<Message>> {
  const told = new Set<string>();
  for (const port of container.ports) {
    const name = known(port.name);
    if (!name || portNameProblem(name) === undefined) continue;
    told.add(name);
    const uses = container.probes.filter((probe) => known(probe.port) === name && !isDigits(name)).map((probe) => probe.portPath);
    yield invalid(resource, [...port.path, 'name'], name, portNameProblem, uses);
  }
  for (const probe of container.probes) {
    if (probe.handler !== 'httpGet' && probe.handler !== 'tcpSocket') continue;
    const name = known(probe.port);
    if (typeof name !== 'string' || told.has(name)) continue;
    yield* checkName(resource, probe.portPath, name, portNameProblem, true);
  }
}

/** `required`: the API server takes an empty text for a bad name, elsewhere for none at all. Digits alone are port/quoted-number. */
function* checkName(
  resource: Resource,
  path: Path,
  value: Value<number | string> | undefined,
  problem: (name: string) => string | undefined,
  required = false,
): Iterable<Finding<Message>> {
  const name = known(value);
  if (typeof name !== 'string' || (isDigits(name) && path[path.length - 1] !== 'name')) return;
  if (name === '') {
    if (required) yield { at: { resource, path }, message: 'empty' };
    return;
  }
  if (problem(name) !== undefined) yield invalid(resource, path, name, problem, []);
}

/** A backend has a field of its own for numbers. */
function* checkBackend(resource: Resource, path: Path, value: Value<string> | undefined): Iterable<Finding<Message>> {
  const name = known(value);
  const number = name !== undefined && isDigits(name) ? Number(name) : 0;
  for (const finding of checkName(resource, path, value, portNameProblem)) {
    const edits: Edit[] = [
      { kind: 'renameKey', resource, path, key: 'number' },
      { kind: 'replace', resource, path, value: number },
    ];
    const fixes: Fix[] = [{ title: `Use port number ${number}`, preferred: true, edits }];
    yield number > 0 && number <= 65535 ? { ...finding, fixes } : finding;
  }
}

function invalid(resource: Resource, path: Path, name: string, problem: (name: string) => string | undefined, uses: readonly Path[]): Finding<Message> {
  const slug = slugOf(name, problem === dnsLabelProblem ? 63 : 15);
  const edits: Edit[] = slug === undefined ? [] : [path, ...uses].map((place) => ({ kind: 'replace', resource, path: place, value: slug }));
  return {
    at: { resource, path },
    message: 'invalid',
    data: { name, reason: problem(name) ?? '' },
    fixes: slug === undefined ? [] : [{ title: `Rename to ${slug}`, preferred: true, edits }],
  };
}

function isDigits(name: string): boolean {
  return /^\d+$/.test(name);
}
