/** The one table of settings; `package.json` is generated from it. */
import type { RuleLevel } from './source';
import { cniWords, type ProxyMode, proxyModes, type CniMode } from './trace';

/** What the server is told. Undefined: not set. */
export interface Settings {
  readonly rules: Readonly<Record<string, RuleLevel>>;
  readonly unresolvedReferences: RuleLevel;
  /** `1.36`; empty for the newest stable. */
  readonly kubernetesVersion: string;
  readonly cluster: ClusterSetting;
  /** Megabytes; larger files are left out and named in the status. */
  readonly maxFileSize: number;
  /** Which files get squiggles: open ones, those of their contexts, or all. */
  readonly diagnosticsScope: 'open' | 'context' | 'workspace';
  /** YAML syntax and shape problems: `auto` leaves them to Red Hat's YAML extension where that is active. */
  readonly yamlProblems: 'auto' | 'on' | 'off';
  /** Whether `helm` may be run, to read what it renders in place of the templates. */
  readonly 'render.helm': boolean;
  readonly 'render.kustomize': boolean;
}

export interface ClusterSetting {
  readonly podCidr?: readonly string[];
  readonly serviceCidr?: readonly string[];
  readonly nodeCidr?: readonly string[];
  readonly nodePortRange?: string;
  readonly dnsDomain?: string;
  readonly cni?: CniMode;
  readonly proxyMode?: ProxyMode;
}

export const defaultSettings: Settings = {
  rules: {},
  unresolvedReferences: 'off',
  kubernetesVersion: '',
  cluster: {},
  maxFileSize: 10,
  diagnosticsScope: 'context',
  yamlProblems: 'auto',
  'render.helm': false,
  'render.kustomize': false,
};

/** One row: how the setting stands in `package.json`. `schema` is JSON schema without description and default. */
export interface SettingRow {
  readonly key: keyof Settings;
  /** Markdown. */
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly scope: 'resource' | 'window' | 'machine-overridable';
}

const cidrList = { type: 'array', items: { type: 'string' }, maxItems: 2 };

export const settingRows: readonly SettingRow[] = [
  {
    key: 'rules',
    description: 'Severity of single rules by id, for example `{"port/container-port-collision": "error"}`. `off` switches a rule off.',
    schema: { type: 'object' },
    scope: 'resource',
  },
  {
    key: 'unresolvedReferences',
    description: 'How to report references to things that are in no file of the context. They may exist in the cluster, so they are not reported by default.',
    schema: { type: 'string', enum: ['off', 'hint', 'information', 'warning'] },
    scope: 'resource',
  },
  {
    key: 'kubernetesVersion',
    description: 'Kubernetes version of the cluster, for example `1.33`. Empty: the newest stable one.',
    schema: { type: 'string', pattern: '^(1\\.\\d+)?$' },
    scope: 'resource',
  },
  {
    key: 'cluster',
    description: 'What the manifests do not say of the cluster: address ranges, node port range, DNS domain, network plugin and kube-proxy mode.',
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        podCidr: cidrList,
        serviceCidr: cidrList,
        nodeCidr: cidrList,
        nodePortRange: { type: 'string', pattern: '^\\d+-\\d+$' },
        dnsDomain: { type: 'string' },
        cni: { type: 'string', enum: [...cniWords] },
        proxyMode: { type: 'string', enum: [...proxyModes] },
      },
    },
    scope: 'resource',
  },
  {
    key: 'maxFileSize',
    description: 'Files larger than this many megabytes are left out; the language status names them.',
    schema: { type: 'number', minimum: 0.1, maximum: 100 },
    scope: 'window',
  },
  {
    key: 'diagnosticsScope',
    description: 'Which files show problems: `open` files, all files of their contexts, or the whole `workspace`.',
    schema: { type: 'string', enum: ['open', 'context', 'workspace'] },
    scope: 'window',
  },
  {
    key: 'yamlProblems',
    description: 'Problems of YAML syntax and shape. `auto` leaves them to the YAML extension of Red Hat where that is active, which underlines them already.',
    schema: { type: 'string', enum: ['auto', 'on', 'off'] },
    scope: 'window',
  },
  {
    key: 'render.helm',
    description:
      'Run `helm template` on the charts of the workspace, and read what it writes in place of the templates. Needs `helm` on the PATH and a trusted workspace.',
    schema: { type: 'boolean' },
    scope: 'machine-overridable',
  },
  {
    key: 'render.kustomize',
    description:
      'Run `kustomize build`, or `kubectl kustomize`, on the kustomizations of the workspace, and read what it writes. Needs one of them on the PATH and a trusted workspace.',
    schema: { type: 'boolean' },
    scope: 'machine-overridable',
  },
];

/** What may start a program: VS Code takes these from an untrusted workspace no more than we do. */
export const trustedSettings: readonly string[] = settingRows.filter(({ scope }) => scope === 'machine-overridable').map(({ key }) => `packetpath.${key}`);
