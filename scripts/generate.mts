/** `npm run generate`: writes what comes from metadata, and removes rule pages whose rule is gone. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { currentText, generatedFiles } from './generatedFiles';

const root = resolve(import.meta.dirname, '..');
const files = generatedFiles(root);
let changed = 0;

for (const [path, text] of files) {
  if (currentText(root, path) === text) continue;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`written  ${path}`);
  changed += 1;
}

for (const entry of readdirSync(join(root, 'docs/rules'), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
  if (files.has(path)) continue;
  rmSync(join(root, path));
  console.log(`removed  ${path}`);
  changed += 1;
}

console.log(`${String(files.size)} generated files, ${String(changed)} changed.`);
