/** Builds the parts of package.json that come from the tables of commands, settings and rules. */
import { commandRows, type CommandRow } from '../server/src/protocol/commands';
import { defaultSettings, settingRows, trustedSettings } from '../server/src/protocol/settings';
import { severities } from '../server/src/protocol/source';
import type { RuleMeta } from '../server/src/rules/rule';

const viewContainer = 'packetpath';

/** The value of `contributes`. The order of keys and rows is that of the tables, so that a change of one row changes one place. */
export function contributes(rules: readonly RuleMeta[]): Readonly<Record<string, unknown>> {
  const rows: readonly CommandRow[] = commandRows;
  return {
    commands: rows.map(({ id, title, icon }) => ({ command: id, title, category: 'Packetpath', ...(icon === undefined ? {} : { icon }) })),
    menus: menus(rows),
    configuration: {
      title: 'Packetpath',
      properties: Object.fromEntries(
        settingRows.map(({ key, description, schema, scope }, order) => [
          `packetpath.${key}`,
          {
            ...(key === 'rules' ? rulesSchema(schema, rules) : schema),
            default: defaultSettings[key],
            markdownDescription: description,
            scope,
            order,
          },
        ]),
      ),
    },
    viewsContainers: { activitybar: [{ id: viewContainer, title: 'Packetpath', icon: 'images/panel.svg' }] },
    views: { [viewContainer]: [{ id: 'packetpath.panel', name: 'Topology', type: 'webview', icon: 'images/panel.svg' }] },
    yamlValidation: [{ fileMatch: '.packetpath.yaml', url: './docs/packetpath.schema.json' }],
  };
}

/** The value of `capabilities.untrustedWorkspaces`. */
export const untrustedWorkspaces = {
  supported: 'limited',
  description: 'In a workspace that is not trusted no program is started: charts and kustomizations are read, and not rendered.',
  restrictedConfigurations: trustedSettings,
};

/** By menu, the rows in their order. A command without `when` is always in the palette. */
function menus(rows: readonly CommandRow[]): Readonly<Record<string, unknown>> {
  const byMenu: Record<string, unknown[]> = { commandPalette: [] };
  for (const row of rows) {
    if (row.when !== undefined) byMenu['commandPalette']?.push({ command: row.id, when: row.when });
    for (const [menu, { when, group }] of Object.entries(row.menus ?? {})) {
      (byMenu[menu] ??= []).push({ command: row.id, when, ...(group === undefined ? {} : { group }) });
    }
  }
  return byMenu;
}

function rulesSchema(schema: Readonly<Record<string, unknown>>, rules: readonly RuleMeta[]): Readonly<Record<string, unknown>> {
  const levels = ['off', ...severities];
  const properties = Object.fromEntries(
    rules.map(({ id, summary, default: level }) => [id, { type: 'string', enum: levels, default: level, markdownDescription: summary }]),
  );
  return { ...schema, additionalProperties: false, properties };
}
