/** Where containers rely on variables that the kubelet makes of Services, grouped by container and Service. */
import { known, textOf, type Value } from '../../base/opaque';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Fix, Mark, Related } from '../../model/finding';
import type { Container, PodTemplate } from '../../model/pod';
import type { PodHolder, Resource } from '../../model/resources';
import type { ServiceVariable } from '../../model/serviceVariables';
import { commandTexts, envTexts, replaceReferences, scanReferences, type ContainerText, type Reference } from './env';
import { environmentOf, hasJudgedEnvironment, serviceVariableState, type ServiceVariableState } from './environment';

export type ServiceUseState = Exclude<ServiceVariableState['state'], 'none' | 'possible'>;

/** One `$(V)` in an env value, command or args. */
export interface ServiceUse {
  readonly variable: ServiceVariable;
  readonly text: ContainerText;
  readonly reference: Reference;
}

/** All uses that one container makes of one Service: one cause, so one finding. */
export interface ServiceUseGroup {
  readonly container: Container;
  readonly service: Resource<'Service'>;
  readonly uses: readonly [ServiceUse, ...ServiceUse[]];
}

/**
 * The uses whose variable is in the given state. A variable that the container defines itself, or that an `envFrom` source
 * may bring, is none: both go before what the kubelet adds.
 */
export function serviceUses(resource: PodHolder, index: ClusterIndex, state: ServiceUseState): readonly ServiceUseGroup[] {
  if (!hasJudgedEnvironment(resource)) return [];
  return resource.spec.template.containers.flatMap((container) => usesOfContainer(container, resource, index, state));
}

function usesOfContainer(container: Container, resource: PodHolder, index: ClusterIndex, state: ServiceUseState): ServiceUseGroup[] {
  if (!mentionsServiceVariables(container)) return [];
  const groups = new Map<Resource<'Service'>, [ServiceUse, ...ServiceUse[]]>();
  let environment: ReturnType<typeof environmentOf> | undefined;
  for (const text of [...envTexts(container), ...commandTexts(container)]) {
    for (const reference of scanReferences(text.text).references) {
      if (!serviceVariable.test(reference.name)) continue;
      environment ??= environmentOf(container, resource, index);
      if (!environment.complete || environment.entries.has(reference.name) || environment.envFrom.has(reference.name)) continue;
      const answer = serviceVariableState(reference.name, resource, index);
      if (answer.state !== state || !('service' in answer)) continue;
      const use: ServiceUse = { variable: answer.variable, text, reference };
      const group = groups.get(answer.service);
      if (group) group.push(use);
      else groups.set(answer.service, [use]);
    }
  }
  return [...groups].map(([service, uses]) => ({ container, service, uses }));
}

const serviceVariable = /_SERVICE_|_PORT/;

/** A quick look, so that the texts of most containers are never scanned. */
function mentionsServiceVariables(container: Container): boolean {
  const mentions = (value: Value<string> | undefined): boolean => value !== undefined && serviceVariable.test(textOf(value) ?? '');
  return container.env.some(({ value }) => mentions(value)) || container.command.some(mentions) || container.args.some(mentions);
}

export function markOfUse(resource: PodHolder, use: ServiceUse): Mark {
  return { resource, path: use.text.path, span: use.reference.span };
}

/** The group's other uses as related information. */
export function otherUses(resource: PodHolder, group: ServiceUseGroup): readonly Related[] {
  return group.uses.slice(1).map((use) => ({ mark: markOfUse(resource, use), message: `\`${use.variable.name}\` is used here too.` }));
}

/**
 * Replaces every use of the group by the Service's DNS name and its port numbers, neither of which depends on the order of creation.
 * Undefined when a number cannot be known (a headless Service whose target port is a name) or the pod does not ask the cluster's DNS.
 */
export function dnsNameFix(resource: PodHolder, group: ServiceUseGroup, index: ClusterIndex, preferred: boolean): Fix | undefined {
  if (!asksClusterDns(resource.spec.template)) return undefined;
  const host = dnsName(group.service, resource, index);
  if (host === undefined) return undefined;
  const replacements: { text: ContainerText; reference: Reference; value: string }[] = [];
  for (const { variable, text, reference } of group.uses) {
    const value = standIn(variable, host, group.service);
    if (value === undefined) return undefined;
    replacements.push({ text, reference, value });
  }
  const edits = replaceReferences(resource, replacements);
  const title = group.uses.every((use) => use.variable.holds === 'address' || use.variable.holds === 'url')
    ? `Use the DNS name ${host}`
    : `Use the DNS name ${host} and its port`;
  return preferred ? { title, preferred, edits } : { title, edits };
}

/** The name under which a pod reaches the Service: bare in its own namespace, in full from another. Undefined when the namespace cannot be told. */
function dnsName(service: Resource<'Service'>, resource: PodHolder, index: ClusterIndex): string | undefined {
  const namespace = index.namespaceOf(service);
  if (index.sameNamespace(namespace, index.namespaceOf(resource)) === 'yes') return service.metadata.name;
  return namespace === undefined ? undefined : `${service.metadata.name}.${namespace}.svc.${index.clusterDomain}`;
}

/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
function asksClusterDns(template: PodTemplate): boolean {
  const policy = template.dnsPolicy === undefined ? 'ClusterFirst' : known(template.dnsPolicy);
  return policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !template.hostNetwork);
}

function standIn(variable: ServiceVariable, host: string, service: Resource<'Service'>): string | undefined {
  if (variable.holds === 'address') return host;
  if (variable.holds === 'protocol') return variable.protocol?.toLowerCase();
  const port = reachedPort(variable, service);
  if (port === undefined) return undefined;
  return variable.holds === 'port' ? String(port) : `${(variable.protocol ?? 'TCP').toLowerCase()}://${host}:${port}`;
}

/** Nothing translates ports of a headless Service: its clients name the port that the pods listen on. */
function reachedPort(variable: ServiceVariable, service: Resource<'Service'>): number | undefined {
  if (known(service.spec.clusterIP) !== 'None') return variable.port;
  const port = service.spec.ports.find((candidate) => known(candidate.port) === variable.port);
  const target = port?.targetPort === undefined ? port?.port : known(port.targetPort);
  return typeof target === 'number' ? target : undefined;
}
