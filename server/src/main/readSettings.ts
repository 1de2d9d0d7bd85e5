/** What a client sends as settings, of any shape, as settings that the core can rely on: a value that does not fit is as if it were not set. */
import { type ClusterSetting, defaultSettings, type Settings } from '../protocol/settings';
import { type RuleLevel, severities } from '../protocol/source';
import { cniModeOf, proxyModes } from '../protocol/trace';

const levels: readonly string[] = ['off', ...severities];

/** Never throws. */
export function readSettings(given: unknown): Settings {
  const values = record(given);
  return {
    rules: Object.fromEntries(Object.entries(record(values['rules'])).filter((entry): entry is [string, RuleLevel] => levels.includes(entry[1] as string))),
    unresolvedReferences:
      oneOf(values['unresolvedReferences'], ['off', 'hint', 'information', 'warning', 'error'] as const) ?? defaultSettings.unresolvedReferences,
    kubernetesVersion: typeof values['kubernetesVersion'] === 'string' ? values['kubernetesVersion'] : defaultSettings.kubernetesVersion,
    cluster: clusterOf(record(values['cluster'])),
    maxFileSize: positive(values['maxFileSize']) ?? defaultSettings.maxFileSize,
    diagnosticsScope: oneOf(values['diagnosticsScope'], ['open', 'context', 'workspace'] as const) ?? defaultSettings.diagnosticsScope,
    yamlProblems: oneOf(values['yamlProblems'], ['auto', 'on', 'off'] as const) ?? defaultSettings.yamlProblems,
    'render.helm': values['render.helm'] === true,
    'render.kustomize': values['render.kustomize'] === true,
  };
}

export function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}

function clusterOf(values: Readonly<Record<string, unknown>>): ClusterSetting {
  const cni = typeof values['cni'] === 'string' ? cniModeOf(values['cni']) : undefined;
  const proxyMode = oneOf(values['proxyMode'], proxyModes);
  const lists = (['podCidr', 'serviceCidr', 'nodeCidr'] as const).flatMap((key) => {
    const list = textsOf(values[key]);
    return list ? [[key, list] as const] : [];
  });
  const texts = (['nodePortRange', 'dnsDomain'] as const).flatMap((key) => {
    const text = values[key];
    return typeof text === 'string' && text !== '' ? [[key, text] as const] : [];
  });
  return { ...Object.fromEntries(lists), ...Object.fromEntries(texts), ...(cni ? { cni } : {}), ...(proxyMode ? { proxyMode } : {}) };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

function oneOf<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === value);
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}
