/** Contexts from configuration, standard input, settings; and the configuration's mistakes. */
import { describe, expect, test } from 'vitest';
import { Opaque } from '../../server/src/base/opaque';
import { type Configuration, readConfiguration, unmatchedGlobs } from '../../server/src/contexts/configuration';
import { configurationSchema, configurationSchemaFor } from '../../server/src/contexts/configurationSchema';
import { asText, contextsOf, lines } from './tree';

const known = ['cidr/invalid', 'port/name-invalid'];

function read(plain: unknown): Configuration {
  const { configuration, problems } = readConfiguration(plain, known);
  expect(problems).toEqual([]);
  return configuration;
}

function mistakes(plain: unknown): readonly string[] {
  return readConfiguration(plain, known).problems.map(
    ({ at, data }) => `${'path' in at ? `${at.part ?? ''} ` : ''}${data?.['path'] ?? ''}: ${data?.['reason'] ?? ''}`,
  );
}

const tree = `base/kustomization.yaml: {"resources":["web.yaml"]}
  base/web.yaml: Deployment/web
  overlays/prod/kustomization.yaml: {"resources":["../../base"],"patches":[{"path":"patch.yaml"}]}
  overlays/prod/patch.yaml: Deployment/web
  overlays/dev/kustomization.yaml: {"resources":["../../base"]}
  extra/a.yaml: Service/a
  extra/b.yaml: Service/b
  rest.yaml: Service/rest`;

describe('configured contexts', () => {
  test('claim what they include, and bring what their kustomizations refer to', () => {
    const configuration = read({
      contexts: [{ name: 'prod', include: ['overlays/prod', 'extra/**'], exclude: ['**/b.yaml'], namespace: 'shop', closed: true }],
    });
    const contexts = contextsOf(tree, { configuration });
    expect(asText(contexts)).toBe(
      lines(`config:prod: base/web.yaml, extra/a.yaml, overlays/prod/kustomization.yaml, base/kustomization.yaml, overlays/prod/patch.yaml
      folder:.: extra/b.yaml, rest.yaml
      kustomize:overlays/dev: base/web.yaml, overlays/dev/kustomization.yaml, base/kustomization.yaml`),
    );
    expect(contexts[0]).toMatchObject({
      label: 'prod',
      closed: true,
      namespace: 'shop',
      because: '.packetpath.yaml makes it of overlays/prod, extra/**',
      missing: [],
    });
    expect(contexts[1]?.closed).toBe(false);
  });

  test('a file may be in several', () => {
    const configuration = read({
      contexts: [
        { name: 'a', include: ['*.yaml'] },
        { name: 'b', include: ['{rest,other}.yaml'] },
      ],
    });
    expect(asText(contextsOf('rest.yaml: Service/rest', { configuration }))).toBe('config:a: rest.yaml\nconfig:b: rest.yaml');
  });

  test('globs start at the folder of the configuration', () => {
    const configuration = read({ contexts: [{ name: 'a', include: ['**'] }] });
    expect(asText(contextsOf('sub/x.yaml: Service/x\ny.yaml: Service/y', { configuration, configurationFolder: 'sub' }))).toBe(
      'config:a: sub/x.yaml\nfolder:.: y.yaml',
    );
  });

  test('two of one name are both there', () => {
    const { configuration } = readConfiguration(
      {
        contexts: [
          { name: 'a', include: ['x.yaml'] },
          { name: 'a', include: ['y.yaml'] },
        ],
      },
      known,
    );
    expect(asText(contextsOf('x.yaml: Service/x\ny.yaml: Service/y', { configuration }))).toBe('config:a: x.yaml\nconfig:a#2: y.yaml');
  });

  test('--closed closes all, --namespace is the last resort, settings come after the configuration', () => {
    const configuration = read({
      contexts: [{ name: 'a', include: ['x.yaml'], closed: false, namespace: 'own', cluster: { cni: 'calico' } }],
      cluster: { cni: 'cilium', podCidr: ['10.0.0.0/8'], kubernetesVersion: '1.33' },
    });
    const contexts = contextsOf('x.yaml: Service/x\ny.yaml: Service/y', {
      configuration,
      closed: true,
      namespace: 'given',
      settings: { cni: 'flannel', dnsDomain: 'x.local', kubernetesMinor: 36 },
    });
    expect(contexts.map(({ closed, namespace, cluster }) => ({ closed, namespace, ...cluster }))).toEqual([
      { closed: true, namespace: 'own', cni: 'calico', podCidr: ['10.0.0.0/8'], dnsDomain: 'x.local', kubernetesMinor: 33 },
      { closed: true, namespace: 'given', cni: 'cilium', podCidr: ['10.0.0.0/8'], dnsDomain: 'x.local', kubernetesMinor: 33 },
    ]);
  });
});

describe('standard input', () => {
  test('is one context in the order of the input, whatever collides', () => {
    const [context, ...others] = contextsOf('b.yaml: Service/x\na.yaml: Service/x !', { stdin: true });
    expect(others).toEqual([]);
    expect(context).toMatchObject({ id: 'stdin', kind: 'stdin', applyOrder: 'files', files: ['file:///w/b.yaml', 'file:///w/a.yaml'] });
    expect(context?.missing).toEqual(['a document of a.yaml that cannot be read']);
  });
});

describe('reading the configuration', () => {
  test('everything that it may say', () => {
    const configuration = read({
      contexts: [{ name: 'a', include: ['x'] }],
      rules: { 'cidr/invalid': 'hint', 'port/name-invalid': false },
      overrides: [{ files: ['legacy/**'], rules: { 'cidr/invalid': 'off' } }],
      cluster: { podCidr: ['10.244.0.0/16', 'fd00::/48'], nodePortRange: '30000-32767', proxyMode: 'nftables' },
      podTemplatePaths: { 'argoproj.io/Rollout': 'spec.template' },
      baseline: 'packetpath-baseline.json',
    });
    expect(configuration.contexts[0]).toMatchObject({ name: 'a', include: ['x'], exclude: [] });
    expect({ ...configuration.rules }).toEqual({ 'cidr/invalid': 'hint', 'port/name-invalid': 'off' });
    expect(configuration.podTemplatePaths['argoproj.io/Rollout']).toBe('spec.template');
    expect(configuration.baseline).toBe('packetpath-baseline.json');
  });

  test('an empty file and empty entries say nothing', () => {
    for (const plain of [undefined, null, {}, { rules: null, contexts: null, cluster: null }]) expect(read(plain).contexts).toEqual([]);
  });

  test.each<[unknown, readonly string[]]>([
    [{ context: [] }, ['key context: this key is not known; did you mean contexts?']],
    [{ contexts: [{ name: 'a', include: ['x'], clsed: true }] }, ['key contexts[0].clsed: this key is not known; did you mean closed?']],
    [{ contexts: [{ name: 'a' }] }, ['value contexts[0]: include is missing']],
    [{ contexts: [{ name: 'a', include: [] }] }, ['value contexts[0].include: must not be empty']],
    [{ contexts: [{ name: 'a', include: 'x' }] }, ['value contexts[0].include: must be a list']],
    [
      {
        contexts: [
          { name: 'a', include: ['x'] },
          { name: 'a', include: ['y'] },
        ],
      },
      ['value contexts[1].name: contexts[0] has the name "a" already'],
    ],
    [{ contexts: [{ name: 'a', include: ['x'], closed: 'yes' }] }, ['value contexts[0].closed: must be true or false']],
    [
      { contexts: [{ name: 'a', include: ['x'], namespace: 'No_Good' }] },
      ['value contexts[0].namespace: a namespace has at most 63 lower-case letters, digits and hyphens'],
    ],
    [{ rules: { 'cidr/invald': 'off' } }, ['key rules.cidr/invald: no rule has this id; did you mean cidr/invalid?']],
    [{ rules: { 'cidr/invalid': 'warn' } }, ['value rules.cidr/invalid: must be one of error, warning, information, hint, off']],
    [{ rules: { 'cidr/invalid': 'Error' } }, ['value rules.cidr/invalid: must be one of error, warning, information, hint, off']],
    [{ rules: { 'cidr/invalid': null } }, ['value rules.cidr/invalid: has no value']],
    [{ cluster: { kubernetesVersion: 1.33 } }, ['value cluster.kubernetesVersion: must be text, in quotes']],
    [{ cluster: { podCidr: [new Opaque('{{ x }}')] } }, ['value cluster.podCidr[0]: is a placeholder, and a configuration is read as it stands']],
    [['x'], ['value the configuration: must be a mapping']],
    ['x', ['value the configuration: must be a mapping']],
    [JSON.parse('{"__proto__":1,"constructor":{}}'), ['key __proto__: this key is not known', 'key constructor: this key is not known']],
  ])('finds the mistake in %j', (plain, expected) => {
    expect(mistakes(plain)).toEqual(expected);
  });

  test('gives the nearest key and value for a fix', () => {
    expect(readConfiguration({ rules: { 'cidr/invalid': 'Error' } }, known).problems[0]?.data?.['nearest']).toBe('error');
    expect(readConfiguration({ ruls: {} }, known).problems[0]?.data?.['nearest']).toBe('rules');
  });

  test('what is right beside a mistake still holds', () => {
    const { configuration } = readConfiguration(
      { contexts: [{ name: 'bad' }, { name: 'good', include: ['x', 3] }], rules: { nope: 'off', 'cidr/invalid': 'off' } },
      known,
    );
    expect(configuration.contexts.map(({ name, include }) => [name, include])).toEqual([['good', ['x']]]);
    expect({ ...configuration.rules }).toEqual({ 'cidr/invalid': 'off' });
  });

  test('hostile keys are keys like any other', () => {
    const { configuration } = readConfiguration(JSON.parse('{"podTemplatePaths":{"__proto__":"spec.template","toString":"a.b"}}'), known);
    expect(Object.entries(configuration.podTemplatePaths)).toEqual([
      ['__proto__', 'spec.template'],
      ['toString', 'a.b'],
    ]);
  });

  test('globs that match no file', () => {
    const plain = { contexts: [{ name: 'a', include: ['x/**', 'gone'], exclude: ['*.json'] }], overrides: [{ files: ['x/y.yaml'], rules: {} }] };
    expect(unmatchedGlobs(plain, 'sub', ['sub/x/y.yaml', 'gone/x.yaml']).map(({ at, message }) => [message, 'path' in at ? at.path.join('.') : ''])).toEqual([
      ['unmatched', 'contexts.0.include.1'],
      ['unmatched', 'contexts.0.exclude.0'],
    ]);
  });

  test('the schema is plain JSON and knows the rules when they are given', () => {
    expect(JSON.parse(JSON.stringify(configurationSchema))).toEqual(configurationSchema);
    expect(Object.keys(configurationSchemaFor(known).properties?.['rules']?.properties ?? {})).toEqual(known);
  });
});
