/** What whoever runs the workspace decides: settings, command line, the registry of rules. */
import { type ClusterSettings, newestKubernetesMinor } from '../model/context';
import type { RuleLevel } from '../protocol/source';
import type { ClusterSetting } from '../protocol/settings';
import type { Rule } from '../rules/rule';
import type { ReportRuleFailure } from './ruleRunner';

export interface WorkspaceOptions {
  readonly rules: readonly Rule[];
  /** Of the editor: lowest precedence. */
  readonly settingsRules: Readonly<Record<string, RuleLevel>>;
  /** Of the command line: highest precedence. */
  readonly commandLineRules: Readonly<Record<string, RuleLevel>>;
  readonly cluster: ClusterSetting;
  readonly unresolvedReferences: RuleLevel;
  /** Of the editor, `1.36`; empty for the newest stable one. The configuration goes before it. */
  readonly kubernetesVersion: string;
  /** Of the command line, which goes before the configuration. */
  readonly commandLineKubernetesVersion?: string;
  /** Reads the baseline that the configuration names, a path relative to the workspace; undefined when it cannot be read. */
  readonly readBaseline?: (path: string) => ReadonlySet<string> | undefined;
  readonly closed: boolean;
  readonly namespace?: string;
  /** All files came from standard input: one context. */
  readonly stdin: boolean;
  readonly ruleFailed: ReportRuleFailure;
}

/** The minor version of `1.N`, `v1.N` or `1.N.P`; the newest stable one for anything else. */
export function minorOf(version: string): number {
  const match = /^v?1\.(\d{1,3})(\.\d+)?$/.exec(version.trim());
  return match ? Number(match[1]) : newestKubernetesMinor;
}

export function clusterSettings(setting: ClusterSetting, kubernetesVersion: string): ClusterSettings {
  return { ...setting, kubernetesMinor: minorOf(kubernetesVersion) };
}
