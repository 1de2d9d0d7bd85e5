/** What `packetpath rules` answers. */
import type { Rule } from '../rules/rule';

export interface RulesReport {
  readonly schemaVersion: 1;
  readonly rules: readonly {
    readonly id: string;
    readonly severity: string;
    readonly default: string;
    readonly tier: string;
    readonly summary: string;
    readonly fixable: boolean;
    /** The page of the rule, from the package's root. */
    readonly documentation: string;
  }[];
}

export function rulesReport(rules: readonly Rule[]): RulesReport {
  return {
    schemaVersion: 1,
    rules: rules.map(({ meta }) => ({
      id: meta.id,
      severity: meta.severity,
      default: meta.default === 'off' ? 'off' : 'on',
      tier: meta.tier,
      summary: meta.summary,
      fixable: meta.fixable,
      documentation: `docs/rules/${meta.id}.md`,
    })),
  };
}

export function rulesText(report: RulesReport): string {
  const width = Math.max(0, ...report.rules.map((rule) => rule.id.length));
  const lines = report.rules.map(
    ({ id, severity, default: on, fixable, summary }) => `${id.padEnd(width)}  ${severity.padEnd(11)}  ${on.padEnd(3)}  ${fixable ? 'fix' : '   '}  ${summary}`,
  );
  return `${lines.join('\n')}\n`;
}
