/** Helm charts: one context each, templates read without rendering, nothing said that rendering could make false. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseTemplate } from '../../server/src/syntax/parseTemplate';
import type { Snapshot } from '../../server/src/workspace/snapshot';
import { folderOf, packetpath } from '../cli/commandLine';
import { snapshotOf, uriOf, workspaceOf } from '../support/workspaceOf';
import { asText, contextsOf, lines } from './tree';

type Files = Readonly<Record<string, string>>;

const chartFile = 'apiVersion: v2\nname: shop\nversion: 0.1.0\n';

/** A chart in `shop/` with these templates. */
function chart(templates: Files): Files {
  return { 'shop/Chart.yaml': chartFile, ...Object.fromEntries(Object.entries(templates).map(([name, text]) => [`shop/templates/${name}`, text])) };
}

function findings(snapshot: Snapshot): readonly string[] {
  return [...snapshot.files.keys()].flatMap((uri) => snapshot.findings(uri).map(({ ruleId, severity, message }) => `${ruleId} ${severity}: ${message}`));
}

/** Rules that speak of the files, each once. */
function rulesIn(files: Files): readonly string[] {
  const snapshot = snapshotOf(files);
  return [...new Set([...snapshot.files.keys()].flatMap((uri) => snapshot.findings(uri).map(({ ruleId }) => ruleId)))].sort();
}

const text = (...written: readonly string[]): string => `${written.join('\n')}\n`;

/** What `helm create` writes, in our own words. */
const created: Files = {
  'deployment.yaml': text(
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    '  name: {{ include "shop.fullname" . }}',
    '  labels:',
    '    {{- include "shop.labels" . | nindent 4 }}',
    'spec:',
    '  {{- if not .Values.autoscaling.enabled }}',
    '  replicas: {{ .Values.replicaCount }}',
    '  {{- end }}',
    '  selector:',
    '    matchLabels:',
    '      {{- include "shop.selectorLabels" . | nindent 6 }}',
    '  template:',
    '    metadata:',
    '      {{- with .Values.podAnnotations }}',
    '      annotations:',
    '        {{- toYaml . | nindent 8 }}',
    '      {{- end }}',
    '      labels:',
    '        {{- include "shop.labels" . | nindent 8 }}',
    '    spec:',
    '      containers:',
    '        - name: {{ .Chart.Name }}',
    '          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"',
    '          ports:',
    '            - name: http',
    '              containerPort: {{ .Values.service.port }}',
    '          livenessProbe:',
    '            {{- toYaml .Values.livenessProbe | nindent 12 }}',
    '          readinessProbe:',
    '            httpGet:',
    '              path: /',
    '              port: http',
    '          resources:',
    '            {{- toYaml .Values.resources | nindent 12 }}',
    '      {{- with .Values.nodeSelector }}',
    '      nodeSelector:',
    '        {{- toYaml . | nindent 8 }}',
    '      {{- end }}',
  ),
  'service.yaml': text(
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    '  name: {{ include "shop.fullname" . }}',
    'spec:',
    '  type: {{ .Values.service.type }}',
    '  ports:',
    '    - port: {{ .Values.service.port }}',
    '      targetPort: http',
    '      name: http',
    '  selector:',
    '    {{- include "shop.selectorLabels" . | nindent 4 }}',
  ),
  'ingress.yaml': text(
    '{{- if .Values.ingress.enabled -}}',
    'apiVersion: networking.k8s.io/v1',
    'kind: Ingress',
    'metadata:',
    '  name: {{ include "shop.fullname" . }}',
    'spec:',
    '  rules:',
    '    {{- range .Values.ingress.hosts }}',
    '    - host: {{ .host | quote }}',
    '      http:',
    '        paths:',
    '          {{- range .paths }}',
    '          - path: {{ .path }}',
    '            backend:',
    '              service:',
    '                name: {{ include "shop.fullname" $ }}',
    '                port:',
    '                  number: {{ $.Values.service.port }}',
    '          {{- end }}',
    '    {{- end }}',
    '{{- end }}',
  ),
  '_helpers.yaml': text(
    '{{- define "shop.service" }}',
    'apiVersion: v1',
    'kind: Service',
    'metadata: {name: no}',
    'spec: {ports: [{port: 99999}]}',
    '{{- end }}',
  ),
  'tests/connection.yaml': text(
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    '  name: "{{ include "shop.fullname" . }}-test"',
    'spec:',
    '  containers:',
    '    - name: wget',
    '      args: ["{{ include "shop.fullname" . }}:{{ .Values.service.port }}"]',
  ),
};

describe('which files a chart takes', () => {
  test.each([
    [
      'templates, crds and charts inside of it; what Helm does not install stands apart',
      `shop/Chart.yaml:
      shop/values.yaml: ConfigMap/values
      shop/templates/web.yaml: Service/web
      shop/templates/deep/x.yaml: Service/x
      shop/crds/c.yaml: CustomResourceDefinition/c
      shop/charts/db/Chart.yaml:
      shop/charts/db/templates/db.yaml: Service/db
      shop/charts/db/charts/cache/Chart.yaml:
      shop/charts/db/charts/cache/templates/c.yaml: Service/cache`,
      `folder:.: shop/values.yaml
      helm:shop: shop/charts/db/charts/cache/templates/c.yaml, shop/charts/db/templates/db.yaml, shop/crds/c.yaml, shop/templates/deep/x.yaml, shop/templates/web.yaml`,
    ],
    [
      'charts side by side are two, and one of the workspace folder is one',
      `Chart.yaml:
      templates/a.yaml: Service/a
      apps/b/Chart.yaml:
      apps/b/templates/b.yaml: Service/a`,
      `helm:.: templates/a.yaml
      helm:apps/b: apps/b/templates/b.yaml`,
    ],
    ['templates without a chart are plain files', 'role/templates/a.yaml: Service/a\nb.yaml: Service/b', 'folder:.: b.yaml, role/templates/a.yaml'],
    [
      'a folder of examples joins no chart around it',
      `shop/Chart.yaml:
      shop/templates/web.yaml: Service/web
      shop/templates/examples/x.yaml: Service/x`,
      `folder:shop/templates/examples: shop/templates/examples/x.yaml
      helm:shop: shop/templates/web.yaml`,
    ],
  ])('%s', (_, tree, expected) => {
    expect(asText(contextsOf(tree))).toBe(lines(expected));
  });

  test('says why, what is unknown, and what could not be read', () => {
    const [context] = snapshotOf({
      ...chart(created),
      'shop/templates/broken.yaml': 'apiVersion: v1\nkind: Service\n{{ if .x }}a: [ {{ else }}b: ] {{ end }}\n',
    }).contexts;
    expect(context).toMatchObject({
      id: 'helm:shop',
      because: 'the chart of shop/Chart.yaml',
      closed: false,
      missing: [
        'what the 6 templates of shop would write: values, conditions and includes are not rendered',
        'a document of shop/templates/broken.yaml that cannot be read',
      ],
    });
    expect(context?.members.map(({ kind }) => kind)).toEqual(['Service', 'Deployment', 'Ingress', 'Service', 'Pod']);
  });

  test('stays open whatever is asked', () => {
    expect(snapshotOf(chart(created), { closed: true }).contexts.map(({ closed }) => closed)).toEqual([false]);
  });

  test('comes and goes with its Chart.yaml', () => {
    const workspace = workspaceOf({ 'shop/templates/web.yaml': created['service.yaml'] ?? '' });
    const ids = (): readonly string[] => workspace.snapshot().contexts.map(({ id }) => id);
    expect(ids()).toEqual(['folder:.']);
    workspace.setFile(uriOf('shop/Chart.yaml'), 'shop/Chart.yaml', chartFile);
    expect(ids()).toEqual(['helm:shop']);
    workspace.removeFile(uriOf('shop/Chart.yaml'));
    expect(ids()).toEqual(['folder:.']);
  });
});

describe('what a template says', () => {
  test('of `helm create` nothing is found', () => {
    expect(findings(snapshotOf(chart(created)))).toEqual([]);
  });

  test('the namespace of the release is that of what writes none; any other placeholder may be any', () => {
    const service = (name: string, namespace: string): string =>
      text('apiVersion: v1', 'kind: Service', 'metadata:', `  name: ${name}`, `  namespace: ${namespace}`, 'spec: {}');
    const { contexts } = snapshotOf(
      chart({
        'a.yaml': service('a', '{{ .Release.Namespace }}'),
        'b.yaml': service('b', '{{ .Values.ns }}'),
        'c.yaml': service('c', '{{$.Release.Namespace | quote}}'),
      }),
    );
    expect(contexts[0]?.members.map(({ metadata: { namespace, namespaceOpaque } }) => [namespace, namespaceOpaque])).toEqual([
      [undefined, false],
      [undefined, true],
      [undefined, false],
    ]);
  });

  test('the kind holds where the version is a placeholder', () => {
    const { contexts } = snapshotOf(
      chart({ 'a.yaml': text('apiVersion: {{ include "v" . }}', 'kind: Deployment', 'metadata: {name: a}', 'spec: {template: {{ .Values.t }}}') }),
    );
    expect(contexts[0]?.members.map(({ type, partial }) => [type, partial])).toEqual([['Deployment', false]]);
  });

  test('what is plainly wrong is found at its place', () => {
    const template = text(
      '{{- if .Values.on }}',
      'apiVersion: v1',
      'kind: Service',
      'metadata:',
      '  name: {{ .Values.name }}',
      'spec:',
      '  ports:',
      '    - port: 99999',
      '{{- end }}',
    );
    const snapshot = snapshotOf(chart({ 'web.yaml': template }));
    const found = snapshot.findings(uriOf('shop/templates/web.yaml'));
    expect(found.map(({ ruleId, range }) => [ruleId, template.slice(range.start, range.end)])).toEqual([['port/out-of-range', '99999']]);
  });

  test('a Service of a chart that selects nothing here may select what its templates write', () => {
    const service = text(
      'apiVersion: v1',
      'kind: Service',
      'metadata: {name: web}',
      'spec:',
      '  selector: {app: web}',
      '  ports:',
      '    - port: 80',
      '      targetPort: http',
    );
    const pods = (ports: readonly string[]): string =>
      text(
        'apiVersion: apps/v1',
        'kind: Deployment',
        'metadata: {name: web}',
        'spec:',
        '  selector: {matchLabels: {app: web}}',
        '  template:',
        '    metadata: {labels: {app: web}}',
        '    spec:',
        '      containers:',
        '        - name: web',
        '          ports:',
        ...ports,
      );
    const declared = ['            - containerPort: 80', '              name: web'];
    expect(rulesIn(chart({ 's.yaml': service, 'd.yaml': pods(declared) }))).toEqual(['port/target-port-name-missing']);
    expect(rulesIn(chart({ 's.yaml': service, 'd.yaml': pods([...declared, '            {{- toYaml .Values.ports | nindent 12 }}']) }))).toEqual([]);
    expect(
      rulesIn(
        chart({ 's.yaml': service, 'd.yaml': pods([...declared, '          {{- if .x }}', '            - {name: "{{ .y }}"}', '          {{- end }}']) }),
      ),
    ).toEqual([]);
    expect(rulesIn(chart({ 's.yaml': service.replace('{app: web}', '{app: "{{ .x }}"}'), 'd.yaml': pods(declared) }))).toEqual([]);
  });
});

/** Each pair is the same twice: without control flow a rule speaks, in branches it does not. `@` is what stands between. */
const branches: readonly (readonly [string, Files])[] = [
  [
    'schema/duplicate-key',
    { 'a.yaml': text('apiVersion: v1', 'kind: ConfigMap', 'metadata:', '  name: a', 'data:', '  {{if}}', '  k: x', '  {{else}}', '  k: y', '  {{end}}') },
  ],
  [
    'schema/yaml-parse',
    { 'a.yaml': text('apiVersion: v1', 'kind: ConfigMap', 'metadata:', '  name: a', 'data:', '  {{if}}', '  k: "x', '  {{else}}', '  k: x"y', '  {{end}}') },
  ],
  [
    'env/duplicate-name',
    {
      'a.yaml': text(
        'apiVersion: v1',
        'kind: Pod',
        'metadata: {name: a}',
        'spec:',
        '  containers:',
        '    - name: c',
        '      env:',
        '        {{if}}',
        '        - {name: A, value: b}',
        '        {{else}}',
        '        - {name: A, value: c}',
        '        {{end}}',
      ),
    },
  ],
  [
    'env/forward-reference',
    {
      'a.yaml': text(
        'apiVersion: v1',
        'kind: Pod',
        'metadata: {name: a}',
        'spec:',
        '  containers:',
        '    - name: c',
        '      env:',
        '        {{if}}',
        '        - {name: A, value: $(B)}',
        '        {{else}}',
        '        - {name: B, value: c}',
        '        {{end}}',
      ),
    },
  ],
  [
    'port/service-name-required',
    {
      'a.yaml': text(
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: a}',
        'spec:',
        '  ports:',
        '    {{if}}',
        '    - port: 80',
        '    {{else}}',
        '    - port: 81',
        '    {{end}}',
      ),
    },
  ],
  [
    'port/duplicate-in-container',
    {
      'a.yaml': text(
        'apiVersion: v1',
        'kind: Pod',
        'metadata: {name: a}',
        'spec:',
        '  containers:',
        '    - name: c',
        '      ports:',
        '        {{if}}',
        '        - {containerPort: 80}',
        '        {{else}}',
        '        - {containerPort: 80}',
        '        {{end}}',
      ),
    },
  ],
  [
    'port/name-duplicate-container',
    {
      'a.yaml': text(
        'apiVersion: v1',
        'kind: Pod',
        'metadata: {name: a}',
        'spec:',
        '  containers:',
        '    - name: c',
        '      ports:',
        '        {{if}}',
        '        - {containerPort: 80, name: web}',
        '        {{else}}',
        '        - {containerPort: 81, name: web}',
        '        {{end}}',
      ),
    },
  ],
  [
    'port/container-port-collision',
    {
      'a.yaml': text(
        'apiVersion: v1',
        'kind: Pod',
        'metadata: {name: a}',
        'spec:',
        '  containers:',
        '    {{if}}',
        '    - {name: c, ports: [{containerPort: 80}]}',
        '    {{else}}',
        '    - {name: d, ports: [{containerPort: 80}]}',
        '    {{end}}',
      ),
    },
  ],
  [
    'port/host-port-collision-in-pod',
    {
      'a.yaml': text(
        'apiVersion: v1',
        'kind: Pod',
        'metadata: {name: a}',
        'spec:',
        '  containers:',
        '    {{if}}',
        '    - {name: c, ports: [{containerPort: 80, hostPort: 8000}]}',
        '    {{else}}',
        '    - {name: d, ports: [{containerPort: 81, hostPort: 8000}]}',
        '    {{end}}',
      ),
    },
  ],
  [
    'port/node-port-collision',
    {
      'a.yaml': text(
        '{{if}}',
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: a}',
        'spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}',
        '---',
        '{{else}}',
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: b}',
        'spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}',
        '{{end}}',
      ),
    },
  ],
  [
    'cidr/duplicate-cluster-ip',
    {
      'a.yaml': text(
        '{{if}}',
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: a}',
        'spec: {clusterIP: 10.96.0.77, ports: [{port: 80}]}',
        '---',
        '{{else}}',
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: b}',
        'spec: {clusterIP: 10.96.0.77, ports: [{port: 80}]}',
        '{{end}}',
      ),
    },
  ],
  [
    'selector/workload-template-mismatch',
    {
      'a.yaml': text(
        'apiVersion: apps/v1',
        'kind: Deployment',
        'metadata: {name: a}',
        'spec:',
        '  selector: {matchLabels: {app: a}}',
        '  template:',
        '    metadata:',
        '      labels:',
        '        {{if}}',
        '        app: b',
        '        {{end}}',
        '    spec: {containers: [{name: c}]}',
      ),
    },
  ],
  [
    'cidr/except-equals-cidr',
    {
      'a.yaml': text(
        'apiVersion: networking.k8s.io/v1',
        'kind: NetworkPolicy',
        'metadata: {name: a}',
        'spec:',
        '  podSelector: {}',
        '  ingress:',
        '    - from:',
        '        - ipBlock:',
        '            cidr: 10.0.0.0/8',
        '            except:',
        '              {{if}}',
        '              - 10.0.0.0/8',
        '              {{end}}',
      ),
    },
  ],
];

describe('branches of control flow beside each other', () => {
  const flow = { '{{if}}': '{{- if .Values.x }}', '{{else}}': '{{- else }}', '{{end}}': '{{- end }}' };
  const written = (files: Files, words: Readonly<Record<string, string>>): Files =>
    Object.fromEntries(Object.entries(files).map(([path, template]) => [path, template.replace(/\{\{(if|else|end)\}\}/g, (word) => words[word] ?? '')]));

  test.each(branches)('%s', (rule, files) => {
    expect(rulesIn(chart(written(files, {})))).toContain(rule);
    expect(rulesIn(chart(written(files, flow)))).toEqual([]);
    expect(rulesIn(chart(written(files, { ...flow, '{{if}}': '{{- range .Values.l }}' })))).toEqual([]);
  });
});

describe('from the command line', () => {
  test('the grouping with its reason', () => {
    const { status, out } = packetpath(['contexts', folderOf(chart(created), { git: true })]);
    expect([status, out.split('\n').slice(0, 3)]).toEqual([
      0,
      [
        'helm:shop  (open, 4 resources in 4 files)',
        '  why      the chart of shop/Chart.yaml',
        '  left out what the 5 templates of shop would write: values, conditions and includes are not rendered',
      ],
    ]);
  });

  test('a trace ends where only rendering would tell', () => {
    const folder = folderOf(chart(created), { git: true });
    const name = '{{ include "shop.fullname" . }}';
    const { json } = {
      json: JSON.parse(
        packetpath(['trace', folder, '--from', `deployment/${name}`, '--to', `service/${name}`, '--port', '80', '--format', 'json']).out,
      ) as unknown,
    };
    expect(JSON.stringify(json)).toContain('"outcome":"unknown"');
  });
});

const corpus = process.env['PACKETPATH_CORPUS'] ?? resolve(import.meta.dirname, '../../../shared/corpus');
const charts = ['GoogleCloudPlatform__microservices-demo/helm-chart', 'kubernetes__ingress-nginx/charts'].map((path) => join(corpus, path)).filter(existsSync);

describe.skipIf(charts.length === 0)('charts of real repositories', () => {
  test.each(charts)('%s', (folder) => {
    const paths = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => /\.ya?ml$/.test(path));
    const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
    const unread = paths.filter((path) => path.includes('templates') && parseTemplate(files[path] ?? '').documents.some(({ ok }) => !ok));
    expect(unread).toEqual([]);
    const snapshot = snapshotOf(files);
    expect(snapshot.contexts.filter(({ kind }) => kind === 'helm').length).toBe(1);
    expect(findings(snapshot).filter((finding) => / (error|warning): /.test(finding))).toEqual([]);
  });
});
