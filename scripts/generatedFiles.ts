/** What is written once and generated after: package.json's `contributes`, rule pages, the schema of the configuration file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationSchemaFor } from '../server/src/contexts/configurationSchema';
import { rules } from '../server/src/rules/rules';
import { contributes, untrustedWorkspaces } from './manifestOfExtension';
import { rulePages } from './rulePages';

/** Paths below `root` (with `/`) to the text that they should hold. Reads `package.json` and the fixtures; writes nothing. */
export function generatedFiles(root: string): ReadonlyMap<string, string> {
  const metas = rules.map((rule) => rule.meta);
  const files = new Map<string, string>();
  files.set('package.json', withContributes(readFileSync(join(root, 'package.json'), 'utf8'), contributes(metas)));
  files.set('docs/packetpath.schema.json', `${JSON.stringify(configurationSchemaFor(metas.map(({ id }) => id)), null, 2)}\n`);
  for (const [name, text] of rulePages(metas, join(root, 'test/rules'))) files.set(`docs/rules/${name}`, text);
  return files;
}

/** The text with line ends as the generator writes them; undefined when the file is not there. */
export function currentText(root: string, path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8').replace(/\r\n/g, '\n') : undefined;
}

function withContributes(text: string, value: Readonly<Record<string, unknown>>): string {
  const manifest = JSON.parse(text) as Record<string, unknown>;
  // Assigning to a key that is there keeps its place.
  manifest['contributes'] = value;
  manifest['capabilities'] = { ...(manifest['capabilities'] as Readonly<Record<string, unknown>>), untrustedWorkspaces };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
