/** Contexts of real repositories; skipped where they are not at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formContexts } from '../../server/src/contexts/formContexts';
import { identityOf } from '../../server/src/contexts/identity';
import { isHelmTemplate, isNeverIndexed } from '../../server/src/contexts/ignored';
import type { Context } from '../../server/src/model/context';
import { readFile } from '../../server/src/workspace/fileState';

const corpus = process.env['PACKETPATH_CORPUS'] ?? resolve(import.meta.dirname, '../../../shared/corpus');
const boutique = 'GoogleCloudPlatform__microservices-demo';
const isHere = existsSync(join(corpus, boutique));
if (!isHere) console.log('skipped: the corpus of real manifests is not here (PACKETPATH_CORPUS)');

/** `change` may edit a file's text. */
function contextsOf(repository: string, change: (path: string, text: string) => string = (_, text) => text): readonly Context[] {
  const root = join(corpus, repository);
  const paths = (readdirSync(root, { recursive: true }) as string[])
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(ya?ml|json)$|(^|\/)Kustomization$/.test(path) && !isNeverIndexed(path));
  const charts = new Set(
    paths.filter((path) => /(^|\/)Chart\.yaml$/.test(path)).map((path) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.')),
  );
  const files = paths
    .filter((path) => !isHelmTemplate(path, charts))
    .map((path) => readFile(`file:///${path}`, path, change(path, readFileSync(join(root, path), 'utf8')), { podTemplatePaths: new Map() }));
  return formContexts({ files, closed: false, settings: {} });
}

function filesIn(context: Context | undefined): readonly string[] {
  return (context?.files ?? []).map((uri) => uri.replace('file:///', ''));
}

describe.skipIf(!isHere)('the corpus', () => {
  test('Online Boutique: one application in several forms, each on its own', () => {
    const contexts = contextsOf(boutique);
    const byId = new Map(contexts.map((context) => [context.id, context]));
    const root = byId.get('kustomize:kustomize');
    expect(filesIn(root).filter((path) => path.startsWith('kustomize/base/')).length).toBe(12);
    expect(root?.because).toBe('kustomize/kustomization.yaml, which no other kustomization refers to');
    expect(root?.missing).toEqual([]);
    expect(byId.has('kustomize:kustomize/base')).toBe(false);
    expect(byId.has('kustomize:kubernetes-manifests')).toBe(true);
    for (const context of contexts) {
      const places = new Set(
        filesIn(context)
          .filter((path) => /^(release|kubernetes-manifests|kustomize)\//.test(path))
          .map((path) => path.split('/')[0]),
      );
      expect([context.id, [...places].length <= 1]).toEqual([context.id, true]);
    }
  });

  test('Online Boutique with its policies on', () => {
    const contexts = contextsOf(boutique, (path, text) =>
      path === 'kustomize/kustomization.yaml' ? text.replace(/^# ?(- components\/network-policies)\b/m, '$1') : text,
    );
    const root = contexts.find(({ id }) => id === 'kustomize:kustomize');
    expect(root?.members.filter(({ type }) => type === 'NetworkPolicy').length).toBe(13);
    expect(root?.missing).toEqual([]);
  });

  test.each(
    isHere
      ? readdirSync(corpus, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => name)
      : [],
  )('%s: contexts that folders made hold no object twice', (repository) => {
    const contexts = contextsOf(repository);
    if (process.env['PACKETPATH_SHOW_CONTEXTS'])
      for (const context of contexts)
        console.log(
          `${context.id} (${context.members.length}) [${context.label}] ${context.because} | ${context.missing.join('; ')} | ${filesIn(context).slice(0, 6).join(', ')}`,
        );
    for (const context of contexts) {
      if (context.kind !== 'folder' && context.kind !== 'environment') continue;
      const seen = new Map<string, string>();
      for (const member of context.members) {
        const identity = identityOf(member);
        if (identity === undefined) continue;
        expect(seen.get(identity) ?? member.source.uri).toBe(member.source.uri);
        seen.set(identity, member.source.uri);
      }
    }
    expect(contexts.length).toBe(new Set(contexts.map(({ id }) => id)).size);
  });
});
