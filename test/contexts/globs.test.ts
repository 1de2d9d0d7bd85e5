/** Globs, ignore files and names with a meaning. */
import { describe, expect, test } from 'vitest';
import { globMatches } from '../../server/src/contexts/globs';
import { excludedBy, IgnoreFile, isHelmTemplate, isKustomizationName, isNeverIndexed } from '../../server/src/contexts/ignored';

describe('globs', () => {
  test.each<[string, string, boolean]>([
    ['**', 'a/b.yaml', true],
    ['.', 'a/b.yaml', true],
    ['*.yaml', 'a.yaml', true],
    ['*.yaml', 'a/b.yaml', false],
    ['**/*.yaml', 'b.yaml', true],
    ['**/*.yaml', 'a/b/c.yaml', true],
    ['a/**/d.yaml', 'a/d.yaml', true],
    ['a/**/d.yaml', 'a/b/c/d.yaml', true],
    ['a/**/d.yaml', 'b/a/d.yaml', false],
    ['a', 'a/b.yaml', true],
    ['./a/', 'a/b/c.yaml', true],
    ['a', 'ab/c.yaml', false],
    ['a/*', 'a/b/c.yaml', false],
    ['a/**', 'a/b/c.yaml', true],
    ['**/dev', 'x/dev/c.yaml', true],
    ['{a,b/c}/*.{yaml,yml}', 'b/c/x.yml', true],
    ['{a,b/c}/*.{yaml,yml}', 'c/x.yml', false],
    ['{a,{b,c}}.yaml', 'c.yaml', true],
    ['a?.yaml', 'ab.yaml', true],
    ['a?.yaml', 'a/.yaml', false],
    ['a+(b).[c]', 'a+(b).[c]', true],
    ['{a', '{a', true],
    ['', 'a.yaml', true],
  ])('%s on %s: %s', (glob, path, expected) => {
    expect(globMatches(glob, path)).toBe(expected);
  });

  test('hostile patterns are quick', () => {
    const start = performance.now();
    expect(globMatches(`${'*a'.repeat(500)}b`, 'a'.repeat(2000))).toBe(false);
    expect(globMatches(`${'**/a/'.repeat(200)}b`, 'a/'.repeat(1000))).toBe(false);
    globMatches('{a,b}'.repeat(40), 'x');
    globMatches('{'.repeat(5000), 'x');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('what is never indexed', () => {
  test.each([
    ['node_modules/a.yaml', true],
    ['x/vendor/a.yaml', true],
    ['.git/config', true],
    ['.github/a.yaml', false],
    ['vendors/a.yaml', false],
  ])('%s: %s', (path, expected) => {
    expect(isNeverIndexed(path)).toBe(expected);
  });

  test('files.exclude takes folders with all below them', () => {
    const excluded = excludedBy(['**/tmp*', 'out', '**/*.generated.yaml']);
    expect(['a/tmp1/x.yaml', 'out/x.yaml', 'b/x.generated.yaml', 'b/out/x.yaml', 'x.yaml'].map(excluded)).toEqual([true, true, true, false, false]);
  });

  test.each<[string, string, boolean]>([
    ['legacy', 'a/legacy/x.yaml', true],
    ['/legacy', 'a/legacy/x.yaml', false],
    ['a/b', 'x/a/b', false],
    ['a/b', 'a/b/c.yaml', true],
    ['x.yaml/', 'x.yaml', false],
    ['x/', 'x/y.yaml', true],
    ['*.yaml\n!keep.yaml', 'a/keep.yaml', false],
    ['*.yaml\n!keep.yaml', 'a/other.yaml', true],
    ['a/\n!a/keep.yaml', 'a/keep.yaml', true],
    ['# x.yaml\r\n\r\n  \r\ny.yaml', 'x.yaml', false],
    ['# x.yaml\r\ny.yaml', 'y.yaml', true],
    ['doc/**/x.yaml', 'doc/a/b/x.yaml', true],
    ['!', 'x.yaml', false],
  ])('.packetpathignore %j on %s: %s', (text, path, expected) => {
    expect(new IgnoreFile(text).ignores(path)).toBe(expected);
  });

  test('an ignore file in a folder speaks of that folder', () => {
    const file = new IgnoreFile('/x.yaml', 'sub');
    expect([file.ignores('sub/x.yaml'), file.ignores('x.yaml'), file.ignores('sub/a/x.yaml')]).toEqual([true, false, false]);
  });
});

describe('names with a meaning', () => {
  test('templates of charts', () => {
    const charts = new Set(['charts/shop', 'charts/shop/charts/db']);
    const paths = [
      'charts/shop/templates/a.yaml',
      'charts/shop/templates/x/a.yaml',
      'charts/shop/charts/db/templates/a.yaml',
      'charts/shop/crds/a.yaml',
      'templates/a.yaml',
      'charts/other/templates/a.yaml',
    ];
    expect(paths.map((path) => isHelmTemplate(path, charts))).toEqual([true, true, true, false, false, false]);
    expect(isHelmTemplate('templates/a.yaml', new Set(['.']))).toBe(true);
  });

  test('kustomizations', () => {
    expect(['kustomization.yaml', 'a/kustomization.yml', 'a/Kustomization', 'a/Kustomization.yaml', 'kustomization'].map(isKustomizationName)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
