/** A named `targetPort` that no container of the selected pods has. */
import { nearest } from '../../base/editDistance';
import { isOpaque, known } from '../../base/opaque';
import type { PodSet } from '../../cluster/clusterIndex';
import type { Fix, Related } from '../../model/finding';
import { concurrentContainers, type Container } from '../../model/pod';
import type { Resource, ServicePort } from '../../model/resources';
import { contextRule } from '../rule';
import { declaredPorts, isListOpen, portNameProblem, type DeclaredPort } from '../shared/ports';
import { kindAndName, wordList } from '../shared/words';

export const targetPortNameMissing = contextRule({
  meta: {
    id: 'port/target-port-name-missing',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A named `targetPort` exists in no container of the selected pods.',
    why: 'A `targetPort` that is a name is looked up in the containers and sidecars of each selected pod, by name and by protocol. A pod without such a port becomes no endpoint for it: connections to the Service are refused although the pods run and are ready, and nothing in the status of either tells why. The API server cannot check it, because a Service and its pods are created apart. Ordinary init containers are never looked at.',
    remedy:
      'Use the name as the container declares it, add the name to the right `containerPort`, or write the number in `targetPort`. A name is the better choice when pods of several versions listen on different numbers.',
    references: [
      '[Defining a Service](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)',
      '`pkg/api/v1/pod/util.go` (FindPort)',
      '`staging/src/k8s.io/endpointslice/utils.go` (getEndpointPorts, findPort)',
    ],
    messages: {
      missing: 'No container of {pods} has a port named `{name}`/{protocol}. The Service gets no endpoints for this port.',
      protocol: 'No container of {pods} has a port named `{name}`/{protocol}; the name exists, but as {actual}. The Service gets no endpoints for this port.',
      init: 'No container of {pods} has a port named `{name}`/{protocol}; only an init container has it, and those are not looked at. The Service gets no endpoints for this port.',
      some: 'Only pods of {others} have a port named `{name}`/{protocol} and become endpoints of this port; {pods} without it get none of its traffic.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, index) {
    if (service.partial || known(service.spec.type) === 'ExternalName' || isOpaque(service.spec.type)) return;
    const named = service.spec.ports.filter((port) => typeof port.targetPort === 'string' && portNameProblem(port.targetPort) === undefined);
    if (named.length === 0) return;
    const { yes, maybe } = index.backends(service);
    const selected = yes.filter(becomesEndpoint);
    if (selected.length === 0) return;
    for (const port of named) {
      const [name, protocol] = [port.targetPort as string, port.protocol === undefined ? 'TCP' : known(port.protocol)];
      if (protocol === undefined) continue;
      const have = selected.filter((podSet) => hasPort(podSet, name, protocol) === 'yes');
      const lack = selected.filter((podSet) => hasPort(podSet, name, protocol) === 'no');
      // One that is not known, or perhaps selected, may be the one that has it.
      if (lack.length === 0 || have.length + lack.length < selected.length) continue;
      if (have.length === 0 && maybe.some((podSet) => hasPort(podSet, name, protocol) !== 'no')) continue;
      const elsewhere = have.length > 0 ? undefined : whereElse(lack, name, protocol);
      yield {
        at: { resource: service, path: [...port.path, 'targetPort'] },
        message: have.length > 0 ? 'some' : (elsewhere?.message ?? 'missing'),
        data: {
          name,
          protocol,
          pods: wordList(lack.map((podSet) => kindAndName(podSet.resource))),
          others: wordList(have.map((podSet) => kindAndName(podSet.resource))),
          actual: elsewhere?.actual ?? '',
        },
        severity: have.length === 0 && index.context.closed ? 'error' : 'warning',
        related: lack.slice(0, 5).flatMap(relatedPorts),
        fixes: have.length > 0 ? [] : fixes(service, port, name, protocol, lack),
      };
    }
  },
});

/** Jobs end, and whether a Service is meant for them is another question; a patch does not show all ports. */
function becomesEndpoint({ resource }: PodSet): boolean {
  if (resource.type === 'Job' || resource.type === 'CronJob') return false;
  return !(resource.type === 'Pod' && (resource.spec.phase === 'Succeeded' || resource.spec.phase === 'Failed'));
}

/** As FindPort: containers in order, then sidecars. */
function hasPort(podSet: PodSet, name: string, protocol: string): 'yes' | 'no' | 'unknown' {
  const { resource, template } = podSet;
  let unknown = resource.partial || template.containers.length === 0;
  for (const container of concurrentContainers(template)) {
    if (isListOpen(resource, [...container.path, 'ports'])) unknown = true;
    for (const port of container.ports) {
      const sameName = isOpaque(port.name) ? undefined : port.name === name;
      const sameProtocol = isOpaque(port.protocol) ? undefined : (port.protocol ?? 'TCP') === protocol;
      if (sameName && sameProtocol) return 'yes';
      if (sameName !== false && sameProtocol !== false) unknown = true;
    }
  }
  return unknown ? 'unknown' : 'no';
}

function whereElse(podSets: readonly PodSet[], name: string, protocol: string): { readonly message: 'protocol' | 'init'; readonly actual: string } | undefined {
  const ofRoles = (roles: readonly Container['role'][]): DeclaredPort[] =>
    podSets
      .flatMap(({ template }) => template.containers.filter(({ role }) => roles.includes(role)).flatMap(declaredPorts))
      .filter(({ port }) => known(port.name) === name);
  const other = ofRoles(['container', 'sidecar'])[0];
  if (other && other.protocol !== protocol) return { message: 'protocol', actual: other.protocol };
  return ofRoles(['init']).some((declared) => declared.protocol === protocol) ? { message: 'init', actual: '' } : undefined;
}

function relatedPorts({ resource, template }: PodSet): Related[] {
  const declared = concurrentContainers(template).flatMap(declaredPorts);
  const words = declared.map(({ port, number, protocol }) => `${known(port.name) ?? number}/${protocol}`);
  const first = declared[0];
  const path = first ? [...first.port.path, 'containerPort'] : (template.containers[0]?.path ?? template.path);
  return [
    {
      mark: { resource, path },
      message: words.length === 0 ? `${kindAndName(resource)} declares no ports.` : `${kindAndName(resource)} declares ${wordList(words, 6)}.`,
    },
  ];
}

/** What was meant: a name that is nearly the same, else the only port there is. */
function fixes(service: Resource<'Service'>, port: ServicePort, name: string, protocol: string, podSets: readonly PodSet[]): Fix[] {
  const path = [...port.path, 'targetPort'];
  const declared = podSets
    .flatMap(({ template }) => concurrentContainers(template).flatMap(declaredPorts))
    .filter((candidate) => candidate.protocol === protocol);
  const names = [...new Set(declared.flatMap((candidate) => known(candidate.port.name) ?? []))].filter((candidate) => portNameProblem(candidate) === undefined);
  const use = (value: string | number, preferred: boolean): Fix => ({
    title: `Set targetPort to ${value}`,
    ...(preferred ? { preferred } : {}),
    edits: [{ kind: 'replace', resource: service, path, value }],
  });
  const near = nearest(name, names);
  if (near !== undefined) return [use(near, true)];
  const numbers = [...new Set(declared.map((candidate) => candidate.number))];
  const only = declared.length === 1 || (numbers.length === 1 && names.length <= 1) ? declared[0] : undefined;
  // Nothing says which of them: all are offered, the one with the number of the Service first, none as the meant one.
  if (!only)
    return byNumber(declared, known(port.port))
      .slice(0, 3)
      .map((candidate) => use(known(candidate.port.name) ?? candidate.number, false));
  const itsName = names[0];
  if (itsName !== undefined) return [use(itsName, true), use(only.number, false)];
  const result = [use(only.number, true)];
  const owner = podSets.length === 1 ? podSets[0] : undefined;
  if (owner && !owner.template.containers.flatMap((container) => container.ports).some((other) => known(other.name) === name)) {
    result.push({
      title: `Name port ${only.number} ${name} in ${only.container.name}`,
      edits: [{ kind: 'insert', resource: owner.resource, path: only.port.path, key: 'name', value: name }],
    });
  }
  return result;
}

function byNumber(declared: readonly DeclaredPort[], number: number | undefined): DeclaredPort[] {
  const different = [...new Map([...declared].reverse().map((candidate) => [known(candidate.port.name) ?? candidate.number, candidate])).values()].reverse();
  return [...different.filter((candidate) => candidate.number === number), ...different.filter((candidate) => candidate.number !== number)];
}
