/** What Kustomize makes of resources, as text: a tree of files in, the members with the file of every value out. */
import { describe, expect, test } from 'vitest';
import { buildRoot } from '../../server/src/contexts/kustomizeBuild';
import { readKustomizations } from '../../server/src/contexts/kustomizeRoots';
import { sourceOf } from '../../server/src/model/origins';
import type { Resource } from '../../server/src/model/resources';
import type { Path } from '../../server/src/protocol/source';
import { readFile } from '../../server/src/workspace/fileState';

/** Files begin with `=== path`. */
function filesOf(tree: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const part of tree.split(/^=== /m).slice(1)) {
    const newline = part.indexOf('\n');
    files[part.slice(0, newline).trim()] = part.slice(newline + 1);
  }
  return files;
}

function build(tree: string | Readonly<Record<string, string>>, root = '.'): ReturnType<typeof buildRoot> {
  const states = Object.entries(typeof tree === 'string' ? filesOf(tree) : tree)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => readFile(path, path, text, { podTemplatePaths: new Map() }));
  const graph = readKustomizations(states);
  const kustomization = graph.byFolder.get(root);
  if (!kustomization) throw new Error(`no kustomization in ${root}`);
  return buildRoot(graph, kustomization, { podTemplatePaths: () => new Map() });
}

/** `path = value @ file path`, where it does not stand at the same path in the resource's own file. */
function textOf(resource: Resource): string {
  const lines: string[] = [`${resource.kind} ${resource.metadata.namespace ?? '-'}/${resource.metadata.name}`];
  const visit = (value: unknown, path: Path): void => {
    if (Array.isArray(value)) value.forEach((item: unknown, index) => visit(item, [...path, index]));
    else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    else if (!['apiVersion', 'kind'].includes(path.join('.')) && !(path.join('.') === 'metadata.name' && resource.origins === undefined)) {
      const at = sourceOf(resource, path);
      const span = at.span ? `[${at.span.start}-${at.span.end}]` : '';
      const place = at.uri === resource.source.uri && at.path.join('.') === path.join('.') ? '' : ` @ ${at.uri} ${at.path.join('.')}${span}`;
      lines.push(`  ${path.join('.')} = ${String(value)}${place}`);
    }
  };
  visit(resource.raw, []);
  return lines.join('\n');
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: main
          ports: [{containerPort: 80, name: http}, {containerPort: 443}]
          envFrom: [{configMapRef: {name: settings}}]
`;
const service = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
`;

const table: readonly [string, string, string][] = [
  [
    'nothing to change: the resources of the files themselves',
    `=== kustomization.yaml\nresources: [a.yaml]\nimages: [{name: a, newTag: b}]\n=== a.yaml\n${service}`,
    `Service -/web
       spec.selector.app = web
       spec.ports.0.port = 80
       spec.ports.0.targetPort = http`,
  ],
  [
    'namespace, name and references to the name',
    `=== kustomization.yaml
namespace: shop
namePrefix: dev-
nameSuffix: -x
resources: [a.yaml, b.yaml]
=== a.yaml
${service}
=== b.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: old}
spec:
  rules: [{http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}, {path: /b, backend: {service: {name: other, port: {number: 80}}}}]}}]
`,
    `Service shop/dev-web-x
       metadata.name = dev-web-x
       metadata.namespace = shop @ kustomization.yaml namespace
       spec.selector.app = web
       spec.ports.0.port = 80
       spec.ports.0.targetPort = http
     Ingress shop/dev-front-x
       metadata.name = dev-front-x
       metadata.namespace = shop @ kustomization.yaml namespace
       spec.rules.0.http.paths.0.path = /
       spec.rules.0.http.paths.0.backend.service.name = dev-web-x
       spec.rules.0.http.paths.0.backend.service.port.number = 80
       spec.rules.0.http.paths.1.path = /b
       spec.rules.0.http.paths.1.backend.service.name = other
       spec.rules.0.http.paths.1.backend.service.port.number = 80`,
  ],
  [
    'labels with and without selectors',
    `=== kustomization.yaml
resources: [a.yaml]
labels:
  - {pairs: {team: a}}
  - {pairs: {tier: b}, includeSelectors: true}
=== a.yaml
${service}`,
    `Service -/web
       metadata.name = web
       metadata.labels.team = a @ kustomization.yaml labels.0.pairs.team
       metadata.labels.tier = b @ kustomization.yaml labels.1.pairs.tier
       spec.selector.app = web
       spec.selector.tier = b @ kustomization.yaml labels.1.pairs.tier
       spec.ports.0.port = 80
       spec.ports.0.targetPort = http`,
  ],
  [
    'commonLabels of a workload; the Service that a selector is made for',
    `=== kustomization.yaml
resources: [a.yaml]
commonLabels: {app: all}
=== a.yaml
apiVersion: v1
kind: Service
metadata: {name: out}
spec: {type: ExternalName, externalName: a.b}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p}
spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: b}}}]}]}
`,
    `Service -/out
       metadata.name = out
       metadata.labels.app = all @ kustomization.yaml commonLabels.app
       spec.type = ExternalName
       spec.externalName = a.b
       spec.selector.app = all @ kustomization.yaml commonLabels.app
     NetworkPolicy -/p
       metadata.name = p
       metadata.labels.app = all @ kustomization.yaml commonLabels.app
       spec.ingress.0.from.0.podSelector.matchLabels.a = b
       spec.ingress.0.from.0.podSelector.matchLabels.app = all @ kustomization.yaml commonLabels.app`,
  ],
  [
    'a patch in a file: lists by their keys, new items first, null deletes',
    `=== kustomization.yaml
resources: [a.yaml]
patches: [{path: p.yaml}]
=== a.yaml
${deployment}
=== p.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: main
          envFrom: null
          ports: [{containerPort: 443, name: tls}, {containerPort: 9090}]
`,
    `Deployment -/web
       metadata.name = web
       spec.selector.matchLabels.app = web
       spec.template.metadata.labels.app = web
       spec.template.spec.containers.0.name = main
       spec.template.spec.containers.0.ports.0.containerPort = 443 @ a.yaml spec.template.spec.containers.0.ports.1.containerPort
       spec.template.spec.containers.0.ports.0.name = tls @ p.yaml spec.template.spec.containers.0.ports.0.name
       spec.template.spec.containers.0.ports.1.containerPort = 9090 @ p.yaml spec.template.spec.containers.0.ports.1.containerPort
       spec.template.spec.containers.0.ports.2.containerPort = 80 @ a.yaml spec.template.spec.containers.0.ports.0.containerPort
       spec.template.spec.containers.0.ports.2.name = http @ a.yaml spec.template.spec.containers.0.ports.0.name`,
  ],
  [
    'inline patches of both kinds, with their places in the text of the scalar',
    `=== kustomization.yaml
resources: [a.yaml]
patches:
  - patch: |-
      - {op: replace, path: /spec/ports/0/port, value: 81}
    target: {kind: Service}
  - patch: |-
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {type: NodePort}
=== a.yaml
${service}`,
    `Service -/web
       metadata.name = web
       spec.selector.app = web
       spec.ports.0.port = 81 @ kustomization.yaml patches.0.patch[49-51]
       spec.ports.0.targetPort = http
       spec.type = NodePort @ kustomization.yaml patches.1.patch[64-72]`,
  ],
  [
    'a patch that deletes, and one that renames',
    `=== kustomization.yaml
resources: [a.yaml, b.yaml]
patches:
  - patch: '{apiVersion: v1, kind: Service, metadata: {name: web}, $patch: delete}'
  - patch: '[{op: replace, path: /metadata/name, value: renamed}]'
    target: {kind: Deployment, name: w.b}
=== a.yaml
${service}
=== b.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {}
`,
    `Deployment -/renamed
       metadata.name = renamed @ kustomization.yaml patches.1.patch[44-51]`,
  ],
  [
    'a base with its own changes below an overlay, and a component above both',
    `=== kustomization.yaml
namePrefix: prod-
resources: [base]
components: [part]
=== base/kustomization.yaml
namePrefix: b-
commonLabels: {layer: base}
resources: [a.yaml]
=== base/a.yaml
${service}
=== part/kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - patch: '[{op: add, path: /spec/type, value: NodePort}]'
    target: {kind: Service, name: b-web}
`,
    `Service -/prod-b-web
       metadata.name = prod-b-web
       metadata.labels.layer = base @ base/kustomization.yaml commonLabels.layer
       spec.selector.app = web
       spec.selector.layer = base @ base/kustomization.yaml commonLabels.layer
       spec.ports.0.port = 80
       spec.ports.0.targetPort = http
       spec.type = NodePort @ part/kustomization.yaml patches.0.patch[36-44]`,
  ],
  [
    'one base in two variants; each keeps to its own',
    `=== kustomization.yaml
resources: [blue, green]
=== blue/kustomization.yaml
nameSuffix: -blue
resources: [../base]
=== green/kustomization.yaml
nameSuffix: -green
resources: [../base]
=== base/kustomization.yaml
resources: [a.yaml]
=== base/a.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: main, envFrom: [{configMapRef: {name: settings}}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
`,
    `Pod -/web-blue
       metadata.name = web-blue
       spec.containers.0.name = main
       spec.containers.0.envFrom.0.configMapRef.name = settings-blue
     ConfigMap -/settings-blue
       metadata.name = settings-blue
     Pod -/web-green
       metadata.name = web-green
       spec.containers.0.name = main
       spec.containers.0.envFrom.0.configMapRef.name = settings-green
     ConfigMap -/settings-green
       metadata.name = settings-green`,
  ],
  [
    'the same base twice without a difference is there once',
    `=== kustomization.yaml
resources: [one, two]
=== one/kustomization.yaml
resources: [../base]
=== two/kustomization.yaml
resources: [../base]
=== base/kustomization.yaml
resources: [a.yaml]
=== base/a.yaml
apiVersion: v1
kind: Namespace
metadata: {name: shop}
`,
    `Namespace -/shop`,
  ],
  [
    'generators: keys, a merge over a base, names that references follow',
    `=== kustomization.yaml
namePrefix: p-
resources: [base, a.yaml]
configMapGenerator: [{name: settings, behavior: merge, literals: [B=two]}]
=== base/kustomization.yaml
configMapGenerator: [{name: settings, literals: [A=1, 'B="one"']}]
=== a.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: main, envFrom: [{configMapRef: {name: settings}}]}]}
`,
    `ConfigMap -/p-settings
       metadata.name = p-settings @ base/kustomization.yaml configMapGenerator.0.name
       data.A = 1 @ base/kustomization.yaml configMapGenerator.0.literals.0
       data.B = two @ kustomization.yaml configMapGenerator.0.literals.0
     Pod -/p-web
       metadata.name = p-web
       spec.containers.0.name = main
       spec.containers.0.envFrom.0.configMapRef.name = p-settings`,
  ],
  [
    'items of a List, replicas, local configuration',
    `=== kustomization.yaml
resources: [a.yaml]
replicas: [{name: web, count: 5}]
=== a.yaml
apiVersion: v1
kind: List
items:
  - {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 1}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: local, annotations: {config.kubernetes.io/local-config: 'true'}}}
`,
    `Deployment -/web
       metadata.name = web @ a.yaml items.0.metadata.name
       spec.replicas = 5 @ kustomization.yaml replicas.0.count`,
  ],
];

function lines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

describe('kustomize build', () => {
  test.each(table)('%s', (_, tree, expected) => {
    const built = build(tree);
    expect(lines(built.members.map(textOf).join('\n'))).toBe(lines(expected));
    expect(built.missing).toEqual([]);
  });

  test('a name with a placeholder stays one', () => {
    const [member] = build(
      `=== kustomization.yaml\nnamePrefix: p-\nnamespace: \${NS}\nresources: [a.yaml]\n=== a.yaml\n${service.replace('name: web', 'name: "{{ x }}"')}`,
    ).members;
    expect([member?.metadata.name, member?.metadata.nameKnown, member?.metadata.namespaceOpaque]).toEqual(['p-{{ x }}', false, true]);
  });

  test('the same objects again while nothing changes, and after an edit elsewhere', () => {
    const files: Record<string, string> = {
      'kustomization.yaml': 'namePrefix: p-\nresources: [a.yaml, b.yaml]\npatches: [{path: p.yaml}]\n',
      'a.yaml': service,
      'b.yaml': deployment,
      'p.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n',
    };
    const read = (path: string, text: string) => readFile(path, path, text, { podTemplatePaths: new Map() });
    let states = Object.entries(files).map(([path, text]) => read(path, text));
    const graph = readKustomizations(states);
    const kustomization = graph.byFolder.get('.');
    if (!kustomization) throw new Error('no kustomization');
    const options = new Map();
    const again = (): readonly Resource[] =>
      buildRoot(graph, kustomization, { podTemplatePaths: () => options }, (file) => states.find(({ uri }) => uri === file.uri)).members;
    const first = buildRoot(graph, kustomization, { podTemplatePaths: () => options }).members;
    const second = buildRoot(graph, kustomization, { podTemplatePaths: () => options }).members;
    expect(second.map((member, index) => member === first[index])).toEqual([true, true]);
    const patched = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: LoadBalancer}\n';
    states = states.map((state) => (state.path === 'p.yaml' ? read('p.yaml', patched) : state));
    expect(again()[0]?.raw).toMatchObject({ spec: { type: 'LoadBalancer' } });
    const third = buildRoot(graph, kustomization, { podTemplatePaths: () => options }, (file) => states.find(({ uri }) => uri === file.uri)).members;
    expect([third[0] === first[0], third[1] === first[1]]).toEqual([false, true]);
  });
});

describe('hostile kustomizations', () => {
  test('a chain of 3,000 overlays that all rename', { timeout: 60_000 }, () => {
    const files: Record<string, string> = { 'k3000/kustomization.yaml': 'resources: [a.yaml]\n', 'k3000/a.yaml': service };
    for (let index = 0; index < 3000; index++)
      files[`k${index}/kustomization.yaml`] = `namePrefix: p\ncommonLabels: {l${index}: x}\nresources: [../k${index + 1}]\n`;
    const [member] = build(files, 'k0').members;
    expect(member?.metadata.name).toBe(`${'p'.repeat(3000)}web`);
    expect(member?.metadata.labels.entries.size).toBe(3000);
  });

  test('variants that double with every level are cut, and that is said', { timeout: 60_000 }, () => {
    const files: Record<string, string> = { 'k30/kustomization.yaml': 'resources: [a.yaml]\n', 'k30/a.yaml': service };
    for (let index = 0; index < 30; index++) {
      files[`k${index}/kustomization.yaml`] = `resources: [a, b]\n`;
      files[`k${index}/a/kustomization.yaml`] = `namePrefix: a\nresources: [../../k${index + 1}]\n`;
      files[`k${index}/b/kustomization.yaml`] = `namePrefix: b\nresources: [../../k${index + 1}]\n`;
    }
    const built = build(files, 'k0');
    expect(built.members.length).toBeLessThanOrEqual(50_000);
    expect(built.missing).toEqual(['more than 50000 resources of k0/kustomization.yaml']);
  });

  test.each([
    'resources: [a.yaml]\npatches: 7\nlabels: x\ncommonLabels: [1]\nnamePrefix: {}\nreplicas: [{name: 1, count: x}]\nconfigMapGenerator: {a: 1}\n',
    'resources: [a.yaml]\npatches: [null, 1, {patch: 7}, {patch: "{", target: 3}, {path: []}, {patch: "- 1"}, {patch: "[[[["}, {patch: "- {op: x, path: y}", target: {}}]\n',
    'resources: [a.yaml]\npatches: [{patch: "[{op: replace, path: \'\', value: 3}]", target: {}}]\n',
    'resources: [a.yaml]\npatches: [{patch: "[{op: replace, path: /metadata, value: [1]}]", target: {}}]\nnamePrefix: p\nnamespace: n\ncommonLabels: {a: b}\n',
    'resources: [a.yaml]\npatches: [{patch: "[{op: replace, path: /kind, value: {a: b}}, {op: copy, from: \'\', path: /spec/all}]", target: {}}]\nnamePrefix: p\n',
    'resources: [a.yaml]\npatches: [{patch: "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: [1], __proto__: {x: 1}, constructor: {y: 2}}"}]\n',
    'resources: [a.yaml]\npatches: [{patch: "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [1, null, {}, {port: 80}, {port: 80}, {port: null, $patch: delete}], __proto__: null}}"}]\n',
    'resources: [a.yaml]\nlabels: [{pairs: {__proto__: x, constructor: y, toString: z}, includeSelectors: true, fields: [{path: "a/__proto__/b", create: true}, {path: "///"}, {path: "spec/ports[]/x", create: true}]}]\n',
    'resources: [a.yaml]\npatches: [{patch: "[{op: add, path: /__proto__/x, value: 1}, {op: add, path: /spec/ports/99999999999, value: 1}]", target: {name: ".*.*.*.*.*.*x"}}]\n',
    'resources: [., a.yaml]\ncomponents: [., .]\nnamePrefix: p\n',
  ])('any shape: %#', (kustomization) => {
    const built = build({ 'kustomization.yaml': kustomization, 'a.yaml': service });
    expect(built.members.length).toBeLessThanOrEqual(1);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('a long list merged by keys that stand twice takes its time once', () => {
    const ports = Array.from({ length: 3000 }, (_, index) => `{containerPort: ${index % 1500}, protocol: TCP}`).join(', ');
    const text = deployment.replace(/ports: .*/, `ports: [${ports}]`);
    const start = performance.now();
    build({ 'kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: p.yaml}]\n', 'a.yaml': text, 'p.yaml': text });
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
