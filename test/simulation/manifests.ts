/** Small manifests for the tests of the simulator. */

/** A Pod with one container on port 80, labelled with its own name. `spec` goes before the containers and ends in a comma. */
export const pod = (name: string, namespace: string, spec = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}\nspec: {${spec}containers: [{name: main, image: i, ports: [{containerPort: 80}]}]}`;

/** A Deployment of such pods; `extra` is a line of its spec. */
export const deployment = (name: string, namespace: string, extra = ''): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec:\n  ${extra}\n  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}}}\n    spec:\n      containers: [{name: main, image: i, ports: [{containerPort: 80}]}]`;

export const service = (name: string, namespace: string, spec: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {${spec}}`;

export const documents = (...texts: readonly string[]): string => texts.join('\n---\n');
