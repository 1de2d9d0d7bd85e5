/** At which severity a rule speaks in a file: command line, then configuration, then editor settings, then the rule's own. */
import type { Configuration } from '../contexts/configuration';
import { globMatches } from '../contexts/globs';
import type { RuleLevel } from '../protocol/source';
import type { Rule } from '../rules/rule';

export interface RuleLevelSources {
  readonly commandLine: Readonly<Record<string, RuleLevel>>;
  readonly configuration: Configuration | undefined;
  /** Folder of the configuration, relative to the workspace; its globs start there. */
  readonly configurationFolder: string;
  readonly settings: Readonly<Record<string, RuleLevel>>;
}

/** `explicit`: somebody chose the level, so it replaces the severity of every finding of the rule. */
export interface ChosenLevel {
  readonly level: RuleLevel;
  readonly explicit: boolean;
}

export function levelOf(rule: Rule, path: string, sources: RuleLevelSources): ChosenLevel {
  const { id } = rule.meta;
  const chosen = own(sources.commandLine, id) ?? configured(id, path, sources) ?? own(sources.settings, id);
  return chosen === undefined ? { level: rule.meta.default, explicit: false } : { level: chosen, explicit: true };
}

function own(levels: Readonly<Record<string, RuleLevel>>, id: string): RuleLevel | undefined {
  return Object.hasOwn(levels, id) ? levels[id] : undefined;
}

/** The last override whose globs match wins over the general `rules`. */
function configured(id: string, path: string, { configuration, configurationFolder }: RuleLevelSources): RuleLevel | undefined {
  if (!configuration) return undefined;
  const relative = configurationFolder === '.' ? path : path.startsWith(`${configurationFolder}/`) ? path.slice(configurationFolder.length + 1) : undefined;
  if (relative === undefined) return undefined;
  const overrides = configuration.overrides.filter((override) => override.files.some((glob) => globMatches(glob, relative)));
  return overrides.map((override) => own(override.rules, id)).findLast((level) => level !== undefined) ?? own(configuration.rules, id);
}
