/** Programs that stand in for `helm` and `kustomize` on the PATH of a test. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { folderOf } from './commandLine';
import { vi, onTestFinished } from 'vitest';

/** A folder with programs: each notes its arguments, one call a line, and then does what its JavaScript says. The PATH becomes it, and `behind` it. */
export function programs(bodies: Readonly<Record<string, string>>, behind: readonly string[] = []): { readonly folder: string; readonly calls: string } {
  const folder = folderOf({});
  const calls = join(folder, 'calls.txt');
  writeFileSync(calls, '');
  mkdirSync(join(folder, 'bin'));
  for (const [name, body] of Object.entries(bodies)) writeProgram(join(folder, 'bin', name), calls, name, body);
  vi.stubEnv('PATH', [join(folder, 'bin'), ...behind].join(delimiter));
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return { folder: join(folder, 'bin'), calls };
}

export function writeProgram(file: string, calls: string, name: string, body: string): void {
  const note = `require('node:fs').appendFileSync(${JSON.stringify(calls)}, JSON.stringify([${JSON.stringify(name)}, ...process.argv.slice(2)]) + '\\n');`;
  writeFileSync(file, `#!${process.execPath}\n${note}\n${body}\n`);
  chmodSync(file, 0o755);
}

/** JavaScript that writes a text. */
export function writes(text: string): string {
  return `process.stdout.write(${JSON.stringify(text)});`;
}

export const chart = {
  'charts/shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'charts/shop/values.yaml': 'port: http\n',
  'charts/shop/templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: main
          image: web:1
          ports:
            - name: http
              containerPort: 8080
`,
  'charts/shop/templates/service.yaml': `{{- if .Values.on }}
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
  namespace: {{ .Release.Namespace }}
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: {{ .Values.port }}
{{- end }}
`,
};

/** What Helm would write of it, with a port name that no container has. */
export const renderedChart = `---
# Source: shop/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: shop-web
  namespace: default
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: htpp
---
# Source: shop/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: main
          image: web:1
          ports:
            - name: http
              containerPort: 8080
`;
