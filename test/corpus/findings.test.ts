/** Errors and warnings on repositories whose manifests work: exactly those that are true. Skipped where the repositories are not at hand. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findManifestFiles, readManifest } from '../../server/src/main/manifestFiles';
import { Workspace } from '../../server/src/workspace/workspace';
import { testOptions } from '../support/workspaceOf';

const corpus = process.env['PACKETPATH_CORPUS'] ?? resolve(import.meta.dirname, '../../../shared/corpus');
const isHere = existsSync(corpus);
if (!isHere) console.log('skipped: the corpus of real manifests is not here (PACKETPATH_CORPUS)');

/** `path:line rule`, in order. Every one was read, and is true. */
const known: Readonly<Record<string, readonly string[]>> = {
  'kubernetes-sigs__kustomize': [
    // `prots` in a Service, which its own comment calls a typo on purpose.
    'functions/examples/validator-kubeval/local-resource/example-use.yaml:29 schema/unknown-field',
    'kyaml/kio/filters/testdata/dataset1-expected/wordpress/wordpress-service.resource.yaml:31 port/node-port-collision',
    'kyaml/kio/filters/testdata/dataset1-localupdates/wordpress/wordpress-service.resource.yaml:31 port/node-port-collision',
  ],
  kubernetes__examples: [
    '_archived/openshift-origin/etcd-controller.yaml:12 schema/duplicate-key',
    '_archived/openshift-origin/etcd-discovery-controller.yaml:12 schema/duplicate-key',
    '_archived/openshift-origin/openshift-controller.yaml:12 schema/duplicate-key',
    '_archived/persistent-volume-provisioning/quobyte/quobyte-admin-secret.yaml:9 schema/duplicate-key',
    // `protocol: tcp`: the API server compares protocols letter by letter.
    '_archived/volumes/aws_ebs/aws-ebs-web.yaml:12 port/protocol-unknown',
    '_archived/volumes/cinder/cinder-web.yaml:12 port/protocol-unknown',
    '_archived/volumes/scaleio/sc-pvc.yaml:12 schema/duplicate-key',
  ],
  'kubernetes__ingress-nginx': ['docs/examples/auth/oauth-external-auth/vouch-proxy.yaml:21 env/value-not-string'],
};

function findingsIn(repository: string): string[] {
  const root = join(corpus, repository);
  const workspace = new Workspace(testOptions);
  for (const { file, path } of findManifestFiles(root, { maxSize: 10_000_000, exclude: [] }).files) {
    const text = readManifest(file);
    if (text.ok) workspace.setFile(pathToFileURL(file).href, path, text.text);
  }
  const snapshot = workspace.snapshot();
  const found: string[] = [];
  for (const file of snapshot.files.values())
    for (const { severity, range, ruleId } of snapshot.findings(file.uri))
      if (severity === 'error' || severity === 'warning') found.push(`${file.path}:${file.lines().positionAt(range.start).line + 1} ${ruleId}`);
  return found.sort();
}

describe.skipIf(!isHere)('the corpus', () => {
  const repositories = isHere
    ? readdirSync(corpus, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
  test.each(repositories)('%s: errors and warnings are the true ones', (repository) => {
    expect(findingsIn(repository)).toEqual(known[repository] ?? []);
  });
});
