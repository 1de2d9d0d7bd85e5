/** Contexts of plain manifests: merged upwards, cut where two define the same object. */
import { describe, expect, test } from 'vitest';
import { asText, contextsOf, filesOf, lines } from './tree';
import { formContexts } from '../../server/src/contexts/formContexts';

const table: readonly [string, string, string][] = [
  [
    'nothing collides: everything up to the workspace',
    'api/a.yaml: Deployment/api\nweb/b.yaml: Deployment/web Service/web\nns.yaml: Namespace/shop',
    'folder:.: api/a.yaml, ns.yaml, web/b.yaml',
  ],
  ['one deep folder is the workspace as well', 'deploy/k8s/a.yaml: Deployment/api', 'folder:.: deploy/k8s/a.yaml'],
  [
    'sibling folders exclude each other; what collides with neither joins both',
    'common/policy.yaml: NetworkPolicy/deny\nenvs/dev/web.yaml: Deployment/web\nenvs/dev/extra.yaml: Service/debug\nenvs/prod/web.yaml: Deployment/web\nns.yaml: Namespace/shop',
    `environment:envs/dev: common/policy.yaml, envs/dev/extra.yaml, envs/dev/web.yaml, ns.yaml
     environment:envs/prod: common/policy.yaml, envs/prod/web.yaml, ns.yaml`,
  ],
  ['one namespace apart is no collision', 'dev/web.yaml: Deployment/web@dev\nprod/web.yaml: Deployment/web@prod', 'folder:.: dev/web.yaml, prod/web.yaml'],
  ['a written namespace is not the unspecified one', 'a/web.yaml: Service/web@shop\nb/web.yaml: Service/web', 'folder:.: a/web.yaml, b/web.yaml'],
  [
    'a whole in one file beside a folder of parts',
    'deploy/complete-demo.yaml: Deployment/a Deployment/b Deployment/c\ndeploy/manifests/a.yaml: Deployment/a\ndeploy/manifests/b.yaml: Deployment/b\ndeploy/manifests/c.yaml: Deployment/c',
    `environment:deploy/complete-demo.yaml: deploy/complete-demo.yaml
     environment:deploy/manifests: deploy/manifests/a.yaml, deploy/manifests/b.yaml, deploy/manifests/c.yaml`,
  ],
  [
    'a whole in one file beside its parts in the same folder: two, not four',
    'a.yaml: Deployment/a\nb.yaml: Deployment/b\nc.yaml: Deployment/c\nfull.yaml: Deployment/a Deployment/b Deployment/c\nns.yaml: Namespace/shop',
    `environment:.: a.yaml, b.yaml, c.yaml, ns.yaml
     environment:full.yaml: full.yaml, ns.yaml`,
  ],
  [
    'five variants in one folder are five contexts',
    ['aws', 'azure', 'gcp', 'kind', 'scw'].map((name) => `${name}.yaml: Deployment/controller Service/controller`).join('\n') +
      '\nshared/rbac.yaml: ServiceAccount/controller',
    ['aws', 'azure', 'gcp', 'kind', 'scw'].map((name) => `environment:${name}.yaml: ${name}.yaml, shared/rbac.yaml`).join('\n'),
  ],
  [
    'variants inside variants',
    'provider/aws/deploy.yaml: Deployment/c\nprovider/aws/nlb/deploy.yaml: Deployment/c\nprovider/gcp/deploy.yaml: Deployment/c',
    `environment:provider/aws/deploy.yaml: provider/aws/deploy.yaml
     environment:provider/aws/nlb: provider/aws/nlb/deploy.yaml
     environment:provider/gcp: provider/gcp/deploy.yaml`,
  ],
  [
    'a file that one of two overlays replaces stays with the other',
    'base.yaml: Deployment/web\ndev/debug.yaml: Service/debug\ndev/ns.yaml: ConfigMap/env\nprod/web.yaml: Deployment/web ConfigMap/env',
    `environment:.: base.yaml, dev/debug.yaml, dev/ns.yaml
     environment:prod: prod/web.yaml`,
  ],
  [
    'two services with environments each: the same name goes together',
    'cart/dev/a.yaml: Deployment/cart\ncart/prod/a.yaml: Deployment/cart\nweb/dev/a.yaml: Deployment/web\nweb/prod/a.yaml: Deployment/web\nns.yaml: Namespace/shop',
    `environment:cart/dev: cart/dev/a.yaml, ns.yaml, web/dev/a.yaml
     environment:cart/prod: cart/prod/a.yaml, ns.yaml, web/prod/a.yaml`,
  ],
  [
    'files of one folder with the environment in their names',
    'cart-dev.yaml: Deployment/cart\ncart-prod.yaml: Deployment/cart\nweb-dev.yaml: Deployment/web\nweb-prod.yaml: Deployment/web',
    `environment:cart-dev.yaml: cart-dev.yaml, web-dev.yaml
     environment:cart-prod.yaml: cart-prod.yaml, web-prod.yaml`,
  ],
  [
    'alternatives of two places without a common name: none goes with none',
    'cart/red/a.yaml: Deployment/cart\ncart/white/a.yaml: Deployment/cart\nweb/dev/a.yaml: Deployment/web\nweb/prod/a.yaml: Deployment/web',
    `environment:cart/red: cart/red/a.yaml
     environment:cart/white: cart/white/a.yaml
     environment:web/dev: web/dev/a.yaml
     environment:web/prod: web/prod/a.yaml`,
  ],
  [
    'a folder that collides with one example keeps clear of all of them',
    'app/web.yaml: Deployment/web\ndocs/a.yaml: Deployment/web\ndocs/b.yaml: Deployment/other',
    `environment:app: app/web.yaml
     environment:docs: docs/a.yaml, docs/b.yaml`,
  ],
  [
    'examples, fixtures and testdata start contexts of their own',
    'app/web.yaml: Deployment/web\nexamples/one.yaml: Deployment/web\nexamples/two.yaml: Service/two\npkg/testdata/x.yaml: Deployment/web\npkg/x.yaml: Service/x\ntest/fixtures/a/f.yaml: Deployment/web\ntest/fixtures/b/f.yaml: Deployment/web',
    `environment:test/fixtures/a: test/fixtures/a/f.yaml
     environment:test/fixtures/b: test/fixtures/b/f.yaml
     folder:.: app/web.yaml, pkg/x.yaml
     folder:examples: examples/one.yaml, examples/two.yaml
     folder:pkg/testdata: pkg/testdata/x.yaml`,
  ],
  [
    'environments on both sides of a third that excludes them',
    'a/dev/x.yaml: Deployment/a\na/prod/x.yaml: Deployment/a\na/n.yaml: Namespace/s\nb/dev/x.yaml: Deployment/b\nb/prod/x.yaml: Deployment/b\nb/m.yaml: Namespace/t\nold/all.yaml: Namespace/s Namespace/t',
    `environment:a/dev: a/dev/x.yaml, a/n.yaml, b/dev/x.yaml, b/m.yaml
     environment:a/prod: a/n.yaml, a/prod/x.yaml, b/m.yaml, b/prod/x.yaml
     environment:old: old/all.yaml`,
  ],
  ['twice in one file is no alternative', 'a.yaml: Service/web Service/web\nb.yaml: Deployment/web', 'folder:.: a.yaml, b.yaml'],
  [
    'names that cannot be known collide with nothing',
    'a/a.yaml: Service/{{x}} Deployment/web@{{ns}}\nb/b.yaml: Service/{{x}} Deployment/web@{{ns}}',
    'folder:.: a/a.yaml, b/b.yaml',
  ],
  ['a part of an object collides with nothing', 'patches/web.yaml: Deployment/web?\nweb.yaml: Deployment/web', 'folder:.: patches/web.yaml, web.yaml'],
  [
    'an object in the group it had before',
    'new.yaml: Deployment/web\nold.yaml: extensions/v1beta1:Deployment/web',
    'environment:new.yaml: new.yaml\nenvironment:old.yaml: old.yaml',
  ],
  [
    'a namespace is one object wherever it is written',
    'a/x.yaml: Namespace/shop\nb/x.yaml: Namespace/shop@other',
    'environment:a: a/x.yaml\nenvironment:b: b/x.yaml',
  ],
  [
    'two clusters are two',
    'ci/kind.yaml: Cluster/\nlocal/kind.yaml: Cluster/\nweb.yaml: Deployment/web',
    'environment:ci: ci/kind.yaml, web.yaml\nenvironment:local: local/kind.yaml, web.yaml',
  ],
  ['files without manifests are in none', 'values.yaml:\nweb.yaml: Deployment/web', 'folder:.: web.yaml'],
  ['nothing at all', 'values.yaml:\nbroken.yaml: !', ''],
  [
    'a chart: what is outside of its templates, apart from the rest',
    'charts/shop/Chart.yaml:\ncharts/shop/crds/x.yaml: CustomResourceDefinition/x\nweb.yaml: Deployment/web',
    'folder:.: web.yaml\nhelm:charts/shop: charts/shop/crds/x.yaml',
  ],
  ['a chart without plain manifests gives no context', 'charts/shop/Chart.yaml:\ncharts/shop/values.yaml:\nweb.yaml: Deployment/web', 'folder:.: web.yaml'],
];

describe('plain manifests', () => {
  test.each(table)('%s', (_, tree, expected) => {
    expect(asText(contextsOf(tree))).toBe(lines(expected));
  });

  test.each(table)('%s, whatever the order of the files', (_, tree, expected) => {
    expect(asText(formContexts({ files: filesOf(tree).toReversed(), closed: false, settings: {} }))).toBe(lines(expected));
  });

  test('says why', () => {
    const contexts = contextsOf('envs/dev/web.yaml: Deployment/web\nenvs/prod/web.yaml: Deployment/web\nns.yaml: Namespace/shop');
    expect(contexts.map(({ because, label, root }) => `${label} ${root}: ${because}`)).toEqual([
      'dev envs/dev: envs/dev and envs/prod both define Deployment web, so they exclude each other; 1 file that collides with neither joins it',
      'prod envs/prod: envs/prod and envs/dev both define Deployment web, so they exclude each other; 1 file that collides with neither joins it',
    ]);
    expect(contextsOf('a/x.yaml: Service/x\nb/y.yaml: Service/y\nz.yaml: Service/z')[0]?.because).toBe(
      'merged upwards to the workspace: nothing in these 3 folders collides',
    );
  });

  test('names the alternatives that nobody could choose between', () => {
    const contexts = contextsOf(
      'cart/red/a.yaml: Deployment/cart\ncart/white/a.yaml: Deployment/cart\nweb/dev/a.yaml: Deployment/web\nweb/prod/a.yaml: Deployment/web',
    );
    expect(contexts[0]?.missing).toEqual(['alternatives elsewhere, of which nothing says which goes along: web/dev or web/prod']);
    expect(contexts[2]?.missing).toEqual(['alternatives elsewhere, of which nothing says which goes along: cart/red or cart/white']);
  });

  test('a document that cannot be read is missing from the context of its file', () => {
    const [context] = contextsOf('a.yaml: Service/x ! !\nb.yaml: !');
    expect(context?.missing).toEqual(['2 documents of a.yaml that cannot be read', 'a document of b.yaml that cannot be read']);
  });

  test('order of applying: known for one folder, unknown for several', () => {
    expect(contextsOf('a/x.yaml: Service/x\na/y.yaml: Service/y')[0]?.applyOrder).toBe('files');
    expect(contextsOf('a/x.yaml: Service/x\nb/y.yaml: Service/y')[0]?.applyOrder).toBe('unknown');
  });

  test('members come in the order of the files', () => {
    const [context] = contextsOf('b.yaml: Service/b1 Service/b2\na.yaml: Service/a');
    expect(context?.members.map(({ metadata }) => metadata.name)).toEqual(['a', 'b1', 'b2']);
  });

  test('two ids are never the same', () => {
    const ids = contextsOf(
      'a.yaml: Service/x Service/p\nb.yaml: Service/y Service/q\nc.yaml: Service/x Service/q\nd.yaml: Service/y Service/p\ne/a.yaml: Service/e',
    ).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(2);
  });
});
