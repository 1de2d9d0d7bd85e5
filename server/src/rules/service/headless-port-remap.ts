/** A headless Service whose port and target port differ. */
import { isOpaque, known } from '../../base/opaque';
import type { ClusterIndex, PodSet } from '../../cluster/clusterIndex';
import type { Finding, Fix, Related } from '../../model/finding';
import { concurrentContainers } from '../../model/pod';
import type { Resource, ServicePort } from '../../model/resources';
import { contextRule } from '../rule';
import { callsTo } from '../shared/calls';
import { declaredPorts } from '../shared/ports';
import { kindAndName } from '../shared/words';

type Message = 'used' | 'unused' | 'named' | 'namedUsed' | 'selectorless';

export const headlessPortRemap = contextRule<'Service', Message>({
  meta: {
    id: 'service/headless-port-remap',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A headless Service has a `targetPort` that is not its `port`.',
    why: 'Nothing stands between a headless Service and its pods: its name leads to the addresses of the pods, and the client opens a connection to one of them, on the port that it names itself. `port: 80` with `targetPort: 8080` therefore sends a client of `NAME:80` to port 80 of the pod, where nothing listens. Only SRV records carry the target port. Reported as a warning when something in the context connects to this port, else as information.',
    remedy: 'Write the port on which the pods listen as `port` and let the clients use it, or give the Service a cluster IP, which does translate ports.',
    references: [
      '[Headless Services](https://kubernetes.io/docs/concepts/services-networking/service/#headless-services)',
      '`staging/src/k8s.io/api/core/v1/types.go` (ServicePort.TargetPort: ignored for clusterIP None, should be equal to port)',
    ],
    messages: {
      used: 'Headless: clients talk to the pods directly, so {port} is not translated to {target}. {caller} connects to port {port}.',
      unused: 'Headless: clients talk to the pods directly, so {port} is not translated to {target}.',
      namedUsed: 'Headless: clients talk to the pods directly, so {port} is not translated to {name} ({target}). {caller} connects to port {port}.',
      named: 'Headless: clients talk to the pods directly, so {port} is not translated to {name} ({target}).',
      selectorless: 'A headless Service without a selector translates nothing: `targetPort` {target} has no effect and should equal `port` {port}.',
    },
    fixable: true,
  },
  kinds: ['Service'],
  *check(service, index) {
    const { clusterIP, type, selector, selectorOpen } = service.spec;
    if (service.partial || known(clusterIP) !== 'None' || isOpaque(type) || (type ?? 'ClusterIP') !== 'ClusterIP') return;
    const remapped = service.spec.ports.filter(({ port, targetPort }) => known(port) !== undefined && known(targetPort) !== undefined && port !== targetPort);
    if (remapped.length === 0) return;
    const hasSelector = selector !== undefined && (selector.size > 0 || selectorOpen);
    const pods = hasSelector ? index.backends(service).yes : [];
    for (const port of remapped) {
      const finding = hasSelector ? checkPort(service, port, pods, index) : withoutSelector(service, port);
      if (finding) yield finding;
    }
  },
});

function checkPort(service: Resource<'Service'>, port: ServicePort, pods: readonly PodSet[], index: ClusterIndex): Finding<Message> | undefined {
  const number = known(port.port) ?? 0;
  const protocol = port.protocol === undefined ? 'TCP' : known(port.protocol);
  const name = typeof port.targetPort === 'string' ? port.targetPort : undefined;
  // 0 stands for "not written".
  const target = name === undefined ? known(port.targetPort) : numberOf(name, protocol, pods);
  if (typeof target !== 'number' || target === 0 || target === number || protocol === undefined) return undefined;
  const call = serves(number, protocol, pods) ? undefined : callsTo(service, index).find((candidate) => candidate.call.port === number);
  const related: Related[] = [{ mark: { resource: service, path: ['spec', 'clusterIP'] }, message: 'The Service is headless.' }];
  const declaration = pods.flatMap(({ resource, template }) => declarationOf(resource, template, target));
  related.push(...declaration.slice(0, 3));
  if (call)
    related.unshift({
      mark: call.call.from,
      message: `\`${call.call.host}\` is used here.`,
    });
  return {
    at: { resource: service, path: [...port.path, 'port'] },
    message: name === undefined ? (call ? 'used' : 'unused') : call ? 'namedUsed' : 'named',
    data: { port: number, target, ...(name === undefined ? {} : { name }), ...(call ? { caller: kindAndName(call.caller.resource) } : {}) },
    severity: call ? 'warning' : 'information',
    related,
    fixes: fixes(service, port, target),
  };
}

/** The number behind a name, when all pods that are surely selected agree on it. */
function numberOf(name: string, protocol: string | undefined, pods: readonly PodSet[]): number | undefined {
  const numbers = new Set<number>();
  for (const { template } of pods) {
    const declared = concurrentContainers(template)
      .flatMap(declaredPorts)
      .find(({ port, protocol: own }) => known(port.name) === name && own === protocol);
    if (!declared) return undefined;
    numbers.add(declared.number);
  }
  return numbers.size === 1 ? [...numbers][0] : undefined;
}

/** True when every pod declares the port itself: then clients that name it are served after all. */
function serves(number: number, protocol: string, pods: readonly PodSet[]): boolean {
  return (
    pods.length > 0 &&
    pods.every(({ template }) =>
      concurrentContainers(template)
        .flatMap(declaredPorts)
        .some((declared) => declared.number === number && declared.protocol === protocol),
    )
  );
}

function declarationOf(resource: Resource, template: PodSet['template'], target: number): readonly Related[] {
  const declared = concurrentContainers(template)
    .flatMap(declaredPorts)
    .find(({ number }) => number === target);
  return declared ? [{ mark: { resource, path: [...declared.port.path, 'containerPort'] }, message: `${kindAndName(resource)} listens here.` }] : [];
}

function withoutSelector(service: Resource<'Service'>, port: ServicePort): Finding<Message> | undefined {
  const target = known(port.targetPort) ?? 0;
  if (target === 0) return undefined;
  return {
    at: { resource: service, path: [...port.path, 'targetPort'] },
    message: 'selectorless',
    data: { port: known(port.port) ?? 0, target },
    severity: 'information',
    fixes: [{ title: 'Remove targetPort', preferred: true, edits: [{ kind: 'remove', resource: service, path: [...port.path, 'targetPort'] }] }],
  };
}

/** Not where another port has the number already. */
function fixes(service: Resource<'Service'>, port: ServicePort, target: number): readonly Fix[] {
  const isTaken = service.spec.ports.some((other) => other !== port && known(other.port) === target);
  if (isTaken) return [];
  return [{ title: `Set port to ${target}`, preferred: true, edits: [{ kind: 'replace', resource: service, path: [...port.path, 'port'], value: target }] }];
}
