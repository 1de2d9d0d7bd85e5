/** Whatever the files hold, nothing throws and nothing hangs; says how many inputs were tried. */
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../server/src/main/manifestFiles';
import { askEverything } from './everything';
import { anyBytes, fixtureTexts, mutated, randomOf } from './inputs';

/** The first input that throws, made known in full. */
function run(name: string, count: number, input: (random: () => number) => Record<string, string>): { findings: number; traces: number; contexts: number } {
  const sum = { findings: 0, traces: 0, contexts: 0 };
  for (let seed = 1; seed <= count; seed++) {
    const files = input(randomOf(seed));
    try {
      const asked = askEverything(files, randomOf(seed + 1_000_000));
      sum.findings += asked.findings;
      sum.traces += asked.traces;
      sum.contexts += asked.contexts;
    } catch (error) {
      throw new Error(`${name}, seed ${seed}: ${String(error)}\n${JSON.stringify(files)}`, { cause: error });
    }
  }
  console.log(`fuzz: ${count} inputs of ${name}: ${sum.contexts} contexts, ${sum.findings} findings, ${sum.traces} traces`);
  return sum;
}

describe('nothing throws on', () => {
  const texts = fixtureTexts();
  test('mutated manifests', { timeout: 240_000 }, () => {
    const { findings, traces } = run('mutated manifests', 1200, (random) => ({
      'main.yaml': mutated(texts, random),
      ...(random() < 0.4 ? { 'sub/other.yaml': mutated(texts, random) } : {}),
    }));
    expect(findings).toBeGreaterThan(1000);
    expect(traces).toBeGreaterThan(300);
  });

  test('arbitrary bytes, as manifest, kustomization and configuration', { timeout: 120_000 }, () => {
    run('arbitrary bytes', 1000, (random) => ({
      [['main.yaml', 'main.json', 'kustomization.yaml', '.packetpath.yaml'][Math.floor(random() * 4)] ?? '']: decodeText(anyBytes(random)),
    }));
  });

  test('mutated kustomizations and configurations beside manifests', { timeout: 120_000 }, () => {
    const kustomization =
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: shop\nresources:\n  - main.yaml\n  - ../sub\npatches:\n  - path: patch.yaml\nconfigMapGenerator:\n  - name: settings\n    literals: [A=b]\n';
    const configuration =
      'contexts:\n  - name: all\n    include: ["**"]\n    exclude: ["x/**"]\n    closed: true\n    namespace: shop\n    cluster: {podCidr: [10.0.0.0/8], cni: calico}\nrules:\n  port/out-of-range: error\noverrides:\n  - files: ["**/*.yaml"]\n    rules: {port/out-of-range: "off"}\npodTemplatePaths:\n  argoproj.io/Rollout: spec.template\n';
    run('mutated kustomizations and configurations', 400, (random) => ({
      'main.yaml': texts[Math.floor(random() * texts.length)] ?? '',
      'kustomization.yaml': mutated([kustomization], random),
      '.packetpath.yaml': mutated([configuration], random),
    }));
  });
});
