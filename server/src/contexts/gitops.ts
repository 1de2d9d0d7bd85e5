/** GitOps pointers: an Argo CD Application or a Flux Kustomization says where what stands at a path of the repository goes. */
import { isOpaque, known, textOf, type Value } from '../base/opaque';
import type { GitOpsTarget } from '../model/context';
import { type Resource, valueAt } from '../model/resources';
import type { ContextFile } from './formContexts';
import { listed } from './kustomization';
import { compareText, resolvePath } from './paths';

export interface GitOpsPointer {
  /** `Argo CD Application shop`. */
  readonly by: string;
  /** Folder, relative to the workspace, which is taken for the root of the repository. */
  readonly path: string;
  /** Undefined when the pointer names none that can be known. */
  readonly namespace: string | undefined;
  /** It is a placeholder. */
  readonly namespaceUnknown: boolean;
  /** Address or name of the cluster, as written. */
  readonly cluster: string | undefined;
}

/** By path. An ApplicationSet makes its paths out of a template and is left alone, and so is a path with a placeholder. */
export function gitOpsPointers(files: readonly Pick<ContextFile, 'resources'>[]): ReadonlyMap<string, readonly GitOpsPointer[]> {
  const pointers = new Map<string, GitOpsPointer[]>();
  for (const { resources } of files) {
    for (const pointer of resources.flatMap(pointersOf)) {
      const list = pointers.get(pointer.path);
      if (list) list.push(pointer);
      else pointers.set(pointer.path, [pointer]);
    }
  }
  for (const list of pointers.values()) list.sort((a, b) => compareText(a.by, b.by) || compareText(a.namespace ?? '', b.namespace ?? ''));
  return pointers;
}

/** Changes when the pointers of a file do; empty when it holds none. */
export function pointerKey(resources: readonly Resource[]): string {
  const pointers = resources.flatMap(pointersOf);
  return pointers.length === 0 ? '' : JSON.stringify(pointers);
}

/** What a sentence about the context says of its pointers, and what they agree about. */
export function targetOf(pointers: readonly GitOpsPointer[]): { readonly target: GitOpsTarget; readonly because: string; readonly missing: readonly string[] } {
  const by = [...new Set(pointers.map((pointer) => pointer.by))];
  const clusters = [...new Set(pointers.flatMap(({ cluster }) => cluster ?? []))];
  const namespaces = [...new Set(pointers.map(({ namespace }) => namespace))];
  const [namespace] = namespaces;
  const isAgreed = namespaces.length === 1 && !pointers.some(({ namespaceUnknown }) => namespaceUnknown);
  const where = [
    ...(isAgreed && namespace !== undefined ? [`into namespace ${namespace}`] : []),
    ...(clusters.length > 0 ? [`to ${clusters.length === 1 ? 'cluster' : 'clusters'} ${listed(clusters)}`] : []),
  ];
  const named = namespaces.filter((one) => one !== undefined);
  return {
    target: { by, clusters, ...(isAgreed && namespace !== undefined ? { namespace } : {}) },
    because: `${listed(by)} ${by.length === 1 ? 'deploys' : 'deploy'} it${where.length > 0 ? ` ${where.join(' ')}` : ''}`,
    missing:
      isAgreed || named.length === 0 ? [] : [`the namespace: ${listed(by)} ${by.length === 1 ? 'names' : 'name'} ${listed(named)}, and more than one fits`],
  };
}

function pointersOf(resource: Resource): readonly GitOpsPointer[] {
  const group = resource.apiVersion.slice(0, Math.max(0, resource.apiVersion.indexOf('/')));
  if (resource.kind === 'Application' && group === 'argoproj.io') return argoPointers(resource);
  if (resource.kind === 'Kustomization' && group === 'kustomize.toolkit.fluxcd.io') return fluxPointers(resource);
  return [];
}

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml: `sources` goes before `source`. */
function argoPointers(resource: Resource): readonly GitOpsPointer[] {
  const several = valueAt(resource, ['spec', 'sources']);
  const sources = Array.isArray(several) ? several.slice(0, 100).map((_, index) => ['spec', 'sources', index]) : [['spec', 'source']];
  const destination = ['spec', 'destination'];
  return sources.flatMap((source) => {
    const path = pathOf(valueAt(resource, [...source, 'path']));
    if (path === undefined) return [];
    const server = text(valueAt(resource, [...destination, 'server'])) ?? text(valueAt(resource, [...destination, 'name']));
    // Kustomize's own namespace, set by Argo CD, goes before the destination's.
    const namespace = text(valueAt(resource, [...source, 'kustomize', 'namespace'])) ?? text(valueAt(resource, [...destination, 'namespace']));
    return [pointer(`Argo CD Application ${resource.metadata.name}`, path, namespace, server)];
  });
}

/** https://fluxcd.io/flux/components/kustomize/kustomizations/: no path is the root of the source. */
function fluxPointers(resource: Resource): readonly GitOpsPointer[] {
  const written = valueAt(resource, ['spec', 'path']);
  const path = written === undefined || written === null ? '.' : pathOf(written);
  if (path === undefined || resource.partial || valueAt(resource, ['spec', 'sourceRef']) === undefined) return [];
  const secret = text(valueAt(resource, ['spec', 'kubeConfig', 'secretRef', 'name']));
  const cluster = secret === undefined ? undefined : `of kubeconfig ${textOf(secret) ?? ''}`;
  return [pointer(`Flux Kustomization ${resource.metadata.name}`, path, text(valueAt(resource, ['spec', 'targetNamespace'])), cluster)];
}

function pointer(by: string, path: string, namespace: Value<string> | undefined, cluster: Value<string> | undefined): GitOpsPointer {
  const name = known(namespace);
  return { by, path, namespace: name, namespaceUnknown: namespace !== undefined && name === undefined, cluster: textOf(cluster) };
}

function text(value: unknown): Value<string> | undefined {
  return isOpaque(value) || (typeof value === 'string' && value !== '') ? value : undefined;
}

function pathOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length < 1024 ? resolvePath('.', value.replace(/^\/+/, '') || '.') : undefined;
}
