/** Findings of a file as diagnostics. */
import type { Diagnostic } from 'vscode-languageserver-types';
import type { Snapshot } from '../workspace/snapshot';
import type { WorkspaceFinding } from '../workspace/workspaceFinding';
import { toDiagnostic } from './toLsp';

/** Problems of YAML itself, which Red Hat's extension underlines too. */
export const yamlRules: ReadonlySet<string> = new Set([
  'schema/yaml-parse',
  'schema/tab-indent',
  'schema/duplicate-key',
  'schema/unknown-field',
  'schema/wrong-type',
  'schema/required-missing',
  'schema/enum',
]);

export interface DiagnosticsOptions {
  /** False while another extension reports YAML problems. */
  readonly yamlProblems: boolean;
  /** Uri of the page of a rule; undefined where there is none. */
  readonly documentation?: (ruleId: string) => string | undefined;
}

export function publishedFindings(snapshot: Snapshot, uri: string, options: DiagnosticsOptions): readonly WorkspaceFinding[] {
  const findings = snapshot.findings(uri);
  return options.yamlProblems ? findings : findings.filter((finding) => !yamlRules.has(finding.ruleId));
}

export function diagnosticsOf(snapshot: Snapshot, uri: string, options: DiagnosticsOptions): Diagnostic[] {
  const file = snapshot.file(uri);
  return file ? publishedFindings(snapshot, uri, options).map((finding) => toDiagnostic(snapshot, file, finding, options.documentation?.(finding.ruleId))) : [];
}
