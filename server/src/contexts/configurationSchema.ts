/** The JSON schema of `.packetpath.yaml`: the editor completes from it, and `readConfiguration` checks by it. */
import { severities } from '../protocol/source';
import { cniWords } from '../protocol/trace';

/** The part of JSON schema that is used here. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'boolean';
  readonly enum?: readonly string[];
  readonly pattern?: string;
  /** In words, where a pattern would not be understood. */
  readonly patternErrorMessage?: string;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

const globs = (description: string): Schema => ({ type: 'array', minItems: 1, items: { type: 'string', minLength: 1 }, description });

const level: Schema = { type: 'string', enum: [...severities, 'off'] };
const ranges = (description: string): Schema => ({ type: 'array', minItems: 1, maxItems: 16, items: { type: 'string', minLength: 1 }, description });
const namespace: Schema = {
  type: 'string',
  pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
  patternErrorMessage: 'a namespace has at most 63 lower-case letters, digits and hyphens',
  description: 'Namespace of manifests that write none.',
};

const cluster: Schema = {
  type: 'object',
  description: 'What the manifests do not say of the cluster.',
  additionalProperties: false,
  properties: {
    podCidr: ranges('Address ranges of pods.'),
    serviceCidr: ranges('Address ranges of Services.'),
    nodeCidr: ranges('Address ranges of nodes.'),
    nodePortRange: {
      type: 'string',
      pattern: '^\\d{1,5}-\\d{1,5}$',
      patternErrorMessage: 'written as 30000-32767',
      description: 'Node ports, as `30000-32767`.',
    },
    dnsDomain: { type: 'string', minLength: 1, description: 'Domain of the cluster DNS; `cluster.local` when not set.' },
    cni: { type: 'string', enum: [...cniWords], description: 'Network plugin and mode, as `calico:vxlan`.' },
    proxyMode: { type: 'string', enum: ['iptables', 'ipvs', 'nftables', 'ebpf'], description: 'How Services are translated.' },
    kubernetesVersion: {
      type: 'string',
      pattern: '^v?1\\.\\d{1,3}(\\.\\d+)?$',
      patternErrorMessage: 'written as 1.33, in quotes',
      description: 'Version of the cluster, as `"1.33"`.',
    },
  },
};

/** Severities of rules; ids are checked against the list of rules. */
function rulesSchema(ruleIds: readonly string[] | undefined): Schema {
  const description = 'Severity of single rules by id; `off` switches a rule off.';
  if (!ruleIds) return { type: 'object', description, additionalProperties: level };
  return { type: 'object', description, properties: Object.fromEntries(ruleIds.map((id) => [id, level])), additionalProperties: false };
}

/** With `ruleIds` the schema knows the rules, so that an editor completes them and marks others. */
export function configurationSchemaFor(ruleIds?: readonly string[]): Schema {
  const rules = rulesSchema(ruleIds);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Packetpath configuration',
    description: 'Which manifests share a cluster, and how rules speak. Globs start at the folder of this file.',
    type: 'object',
    additionalProperties: false,
    properties: {
      contexts: {
        type: 'array',
        description: 'Sets of manifests that are applied to one cluster together.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['name', 'include'],
          properties: {
            name: { type: 'string', minLength: 1, description: 'Label of the context; its id is `config:` and this name.' },
            include: globs('Files and folders that belong to the context. What their kustomizations refer to comes along.'),
            exclude: globs('Files and folders that do not.'),
            closed: { type: 'boolean', description: 'Nothing else is in the cluster: a reference to something that is not here is an error.' },
            namespace,
            cluster,
          },
        },
      },
      rules,
      overrides: {
        type: 'array',
        description: 'Severities for some files only; the last one that matches wins.',
        items: { type: 'object', additionalProperties: false, required: ['files', 'rules'], properties: { files: globs('Files and folders.'), rules } },
      },
      cluster,
      podTemplatePaths: {
        type: 'object',
        description: 'Where other kinds hold a pod template: `"argoproj.io/Rollout": "spec.template"`.',
        additionalProperties: {
          type: 'string',
          pattern: '^[A-Za-z_][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*$',
          patternErrorMessage: 'written as spec.template',
        },
      },
      baseline: { type: 'string', minLength: 1, description: 'File with findings that are not reported, made by `packetpath check --write-baseline`.' },
    },
  };
}

/** Without the list of rules. */
export const configurationSchema: Schema = configurationSchemaFor();
