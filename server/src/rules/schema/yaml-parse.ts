/** A document that is not YAML. */
import { problemRule } from '../rule';

export const yamlParse = problemRule({
  meta: {
    id: 'schema/yaml-parse',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'A document cannot be read as YAML.',
    why: 'A manifest that is not valid YAML is refused by `kubectl` as a whole file. Packetpath reads on: a mistake costs the document in which it stands and no other. What that document would have said is taken as unknown, so that nothing is reported as missing on its account. Text with template actions, and what only this parser refuses, are not reported.',
    remedy: 'Correct the syntax at the marked place. The cause is often one line above it: a missing colon or quote, or a line that is indented too far.',
    references: [
      '[YAML 1.2.2](https://yaml.org/spec/1.2.2/)',
      '[Kubernetes objects: describing an object](https://kubernetes.io/docs/concepts/overview/working-with-objects/)',
    ],
    messages: {
      syntax: 'This is not valid YAML: {reason}',
    },
    fixable: false,
  },
  problems: ['yaml-parse'],
});
