/** Workspaces as text for the tests of contexts: a line a file, and contexts as text to compare with. */
import { type ContextFile, formContexts, type FormContextsInput } from '../../server/src/contexts/formContexts';
import type { Context } from '../../server/src/model/context';
import type { Resource } from '../../server/src/model/resources';

const groups: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  DaemonSet: 'apps/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  Cluster: 'kind.x-k8s.io/v1alpha4',
};

/** `Deployment/web`, `Service/web@shop`, `extensions/v1beta1:Deployment/web`, `Service/{{x}}` (name not known), `Deployment/web?` (a part only). */
function resourceOf(text: string, uri: string, document: number): Resource {
  const match = /^(?:(\S+):)?(\w+)\/([^@?]*)(?:@([^?]+))?(\?)?$/.exec(text);
  if (!match) throw new Error(`not a resource: ${text}`);
  const [, apiVersion, kind = '', name = '', namespace, partial] = match;
  return {
    type: kind === 'Cluster' ? 'KindCluster' : 'Other',
    apiVersion: apiVersion ?? groups[kind] ?? 'v1',
    kind,
    metadata: {
      name,
      nameKnown: !name.includes('{{'),
      ...(namespace === undefined || namespace.includes('{{') ? {} : { namespace }),
      namespaceOpaque: namespace?.includes('{{') === true,
      labels: { entries: new Map(), open: false },
      annotations: new Map(),
    },
    spec: {},
    source: { uri, document, path: [] },
    raw: { apiVersion: apiVersion ?? groups[kind] ?? 'v1', kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } },
    partial: partial === '?',
    ignores: [],
  } as unknown as Resource;
}

/** Lines of `path: RESOURCE RESOURCE`, of `path: {kustomization as JSON}`; `!` in place of a resource is a document that cannot be read. */
export function filesOf(tree: string): readonly ContextFile[] {
  return tree
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      const path = line.slice(0, colon);
      const uri = `file:///w/${path}`;
      const rest = line.slice(colon + 1).trim();
      if (rest.startsWith('{')) return { uri, path, resources: [], kustomization: JSON.parse(rest) as unknown, brokenDocuments: 0 };
      const words = rest.split(' ').filter((word) => word !== '');
      const resources = words.filter((word) => word !== '!').map((word, index) => resourceOf(word, uri, index));
      return {
        uri,
        path,
        resources,
        text: resources.map(({ raw }) => JSON.stringify(raw)).join('\n---\n'),
        brokenDocuments: words.filter((word) => word === '!').length,
      };
    });
}

export function contextsOf(tree: string, options: Partial<FormContextsInput> = {}): readonly Context[] {
  return formContexts({ files: filesOf(tree), closed: false, settings: {}, ...options });
}

/** A line a context: `id: file, file` with files relative to the workspace. */
export function asText(contexts: readonly Context[]): string {
  return contexts.map(({ id, files }) => `${id}: ${files.map((uri) => uri.replace('file:///w/', '')).join(', ')}`).join('\n');
}

export function lines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
