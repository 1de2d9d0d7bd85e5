/** A set of resources that are applied to one cluster together. */
import type { Resource } from './resources';

export type ContextKind = 'config' | 'kustomize' | 'helm' | 'environment' | 'folder' | 'stdin';

/** Settings of the cluster that configuration or VS Code give. */
export interface ClusterSettings {
  readonly podCidr?: readonly string[];
  readonly serviceCidr?: readonly string[];
  readonly nodeCidr?: readonly string[];
  readonly nodePortRange?: string;
  readonly dnsDomain?: string;
  readonly cni?: string;
  readonly proxyMode?: string;
  /** Minor version: 36 for Kubernetes 1.36. */
  readonly kubernetesMinor?: number;
}

/** Where GitOps puts what stands at a path. */
export interface GitOpsTarget {
  /** `Argo CD Application shop`, `Flux Kustomization apps`. */
  readonly by: readonly string[];
  /** Addresses or names as written; empty for the cluster that the pointers themselves are in, or when none is named. */
  readonly clusters: readonly string[];
  /** For manifests that write none, where all pointers agree. */
  readonly namespace?: string;
}

export interface Context {
  /** Stable and readable: `kustomize:overlays/prod`, `folder:.`, `config:NAME`. */
  readonly id: string;
  readonly label: string;
  readonly kind: ContextKind;
  /** Folder, relative to the workspace; `.` for the workspace itself. */
  readonly root: string;
  /** Why these files belong together, in a sentence. */
  readonly because: string;
  readonly members: readonly Resource[];
  /** Uris of the files, in the order in which they are applied where that is known. */
  readonly files: readonly string[];
  /** Nothing else is in the cluster. */
  readonly closed: boolean;
  /** How kubectl would apply the members: documents in order and files sorted, kinds first, or not known. */
  readonly applyOrder: 'files' | 'kinds' | 'unknown';
  /** What could not be read: broken documents, remote bases, unrendered templates. */
  readonly missing: readonly string[];
  readonly cluster?: ClusterSettings;
  /** Where the manifests of this context write none. */
  readonly namespace?: string;
  readonly target?: GitOpsTarget;
  /** The program whose output the members are: `helm`, `kustomize` or `kubectl kustomize`. */
  readonly rendered?: string;
  /** Objects that a Kustomize generator makes; Kustomize may add a content hash to the name. */
  readonly generatedNames?: readonly { readonly kind: 'ConfigMap' | 'Secret'; readonly name: string; readonly keys?: readonly string[] }[];
}

/** The newest stable minor version, which is what rules assume when nothing is set. */
export const newestKubernetesMinor = 36;
