/** A variable of a Service that is created after the workload that uses it. */
import { textOf } from '../../base/opaque';
import type { PathSegment } from '../../protocol/source';
import { contextRule } from '../rule';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Fix } from '../../model/finding';
import type { PodHolder, Resource } from '../../model/resources';
import { commandLine, podHolderKinds } from '../shared/env';
import { dnsNameFix, markOfUse, otherUses, serviceUses } from '../shared/serviceUses';
import { weakServiceUses } from '../shared/weakUses';
import { kindAndName } from '../shared/words';

export const serviceAfterConsumer = contextRule({
  meta: {
    id: 'env/service-after-consumer',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A container uses a variable of a Service that is created after it.',
    why: 'The kubelet computes the variables of Services when a container starts and never changes them afterwards. If the workload is applied before the Service, its first containers may start without `{SERVICE}_SERVICE_HOST`: `$(…)` then stays as it is written, and only a restart cures it. It is a race, which the time that it takes to pull an image often hides, so it tends to appear on a new cluster or after a move. `kubectl apply -f` creates the documents of a file from top to bottom and the files of a folder in the order of their names; Kustomize and Helm sort by kind and put Services first, so nothing is reported there.',
    remedy:
      'Put the document of the Service above the workload, or give its file a name that sorts before (`00-redis.yaml`). Better still, use the DNS name of the Service: it is looked up when it is needed, so the order of creation does not matter.',
    references: [
      '[Service: discovering services by environment variables](https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)',
      '`pkg/kubelet/kubelet_pods.go` (getServiceEnvVarMap) in kubernetes/kubernetes',
    ],
    messages: {
      sameFile:
        '`{variable}` exists only if Service `{service}` was created before this container starts. In this file {workload} comes first, so it may be missing. Put the Service before it, or use the DNS name `{service}`.',
      laterFile:
        '`{variable}` exists only if Service `{service}` was created before this container starts. kubectl applies the files of a folder by name and {workload} comes first, so it may be missing. Put the Service in a file that sorts before, or use the DNS name `{service}`.',
      hook: '`{variable}` exists only if Service `{service}` was created before this container starts. Helm runs this pre-install hook before it creates the Service, so it is missing. Use the DNS name `{service}` in something that runs later.',
      weak: 'The shell may find `{variable}` empty: it exists only if Service `{service}` was created before this container starts, and {workload} comes first. Put the Service before it, or use the DNS name `{service}`.',
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource, index) {
    if (resource.type === 'CronJob') return;
    const strong = new Set<string>();
    for (const group of serviceUses(resource, index, 'visible')) {
      const { service, container } = group;
      const order = firstToBeCreated(resource, service, index);
      if (order === undefined) continue;
      strong.add(`${container.path.join('/')} ${service.metadata.name}`);
      const move = moveFix(resource, service);
      const dnsName = order === 'hook' ? undefined : dnsNameFix(resource, group, index, move === undefined);
      const [first] = group.uses;
      yield {
        at: markOfUse(resource, first),
        message: order,
        ...(waitsFor(resource, service) ? { severity: 'hint' as const } : {}),
        data: { variable: first.variable.name, service: service.metadata.name, workload: kindAndName(resource) },
        related: [...orderRelated(resource, service), ...otherUses(resource, group)],
        fixes: [move, dnsName].filter((fix) => fix !== undefined),
      };
    }
    for (const { container, service, variable, at } of weakServiceUses(resource, index)) {
      if (strong.has(`${container.path.join('/')} ${service.metadata.name}`)) continue;
      if (firstToBeCreated(resource, service, index) === undefined || waitsFor(resource, service)) continue;
      const move = moveFix(resource, service);
      yield {
        at,
        message: 'weak',
        severity: 'hint',
        data: { variable, service: service.metadata.name, workload: kindAndName(resource) },
        related: orderRelated(resource, service),
        fixes: move ? [move] : [],
      };
    }
  },
});

/** How it is known that the workload is created first; undefined when it is not, or when nothing tells. */
function firstToBeCreated(workload: PodHolder, service: Resource<'Service'>, index: ClusterIndex): 'sameFile' | 'laterFile' | 'hook' | undefined {
  if (inSyncWave(workload) || inSyncWave(service)) return undefined;
  const { applyOrder, kind, files } = index.context;
  if (applyOrder === 'kinds') return kind === 'helm' && hooks(workload).includes('pre-install') && hooks(service).length === 0 ? 'hook' : undefined;
  if (applyOrder !== 'files') return undefined;
  const from = workload.source;
  const to = service.source;
  if (from.uri === to.uri)
    return from.document < to.document || (from.document === to.document && comparePaths(from.path, to.path) < 0) ? 'sameFile' : undefined;
  if (folder(from.uri) !== folder(to.uri)) return undefined;
  const first = files.indexOf(from.uri);
  return first >= 0 && first < files.indexOf(to.uri) ? 'laterFile' : undefined;
}

function folder(uri: string): string {
  return uri.slice(0, uri.lastIndexOf('/'));
}

/** Items of a `List` are applied in list order. */
function comparePaths(a: readonly PathSegment[], b: readonly PathSegment[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const left = a[at];
    const right = b[at];
    if (typeof left === 'number' && typeof right === 'number' && left !== right) return left - right;
  }
  return 0;
}

/** Argo CD applies by waves, which other resources of the application may depend on too. */
function inSyncWave(resource: Resource): boolean {
  return resource.metadata.annotations.has('argocd.argoproj.io/sync-wave') || resource.metadata.annotations.has('argocd.argoproj.io/hook');
}

function hooks(resource: Resource): readonly string[] {
  const text = textOf(resource.metadata.annotations.get('helm.sh/hook'));
  return text === undefined ? [] : text.split(',').map((hook) => hook.trim());
}

/** An init container that polls the Service's name usually ends after the Service was created. */
function waitsFor(workload: PodHolder, service: Resource<'Service'>): boolean {
  return workload.spec.template.containers.some((container) => {
    if (container.role !== 'init') return false;
    const text = commandLine(container);
    return /\b(?:nslookup|until|wait-for|getent|nc\s+-z)/.test(text) && text.includes(service.metadata.name);
  });
}

function orderRelated(workload: PodHolder, service: Resource<'Service'>): { mark: { resource: Resource; path: string[] }; message: string }[] {
  return [
    { mark: { resource: service, path: ['metadata', 'name'] }, message: `Service \`${service.metadata.name}\` is created here.` },
    { mark: { resource: workload, path: ['metadata', 'name'] }, message: `${kindAndName(workload)} is created before it.` },
  ];
}

function moveFix(workload: PodHolder, service: Resource<'Service'>): Fix | undefined {
  if (workload.source.uri !== service.source.uri || workload.source.path.length > 0 || service.source.path.length > 0) return undefined;
  return {
    title: `Move Service ${service.metadata.name} above ${kindAndName(workload)}`,
    preferred: true,
    edits: [{ kind: 'moveDocument', resource: service, before: workload }],
  };
}
