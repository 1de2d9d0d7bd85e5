/** A key that stands twice in one mapping. */
import { problemRule } from '../rule';

export const duplicateKey = problemRule({
  meta: {
    id: 'schema/duplicate-key',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A key stands twice in one mapping.',
    why: 'YAML demands that the keys of a mapping are unique, but readers differ in what they do about it: some refuse the document, some silently keep the last value. With two `ports:` in one policy rule, or two `selector:` in one Service, half of what is written has no effect, and which half depends on the tool.',
    remedy: 'Keep one of the two. Where both lists were meant, join their items under one key.',
    references: [
      '[YAML 1.2.2: mapping keys are unique](https://yaml.org/spec/1.2.2/#mapping)',
      '[Field validation refuses duplicate fields](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)',
    ],
    messages: {
      duplicate: 'Key `{key}` is used twice here. The last one wins, or the document is refused.',
    },
    fixable: true,
  },
  problems: ['duplicate-key'],
  fix: { kind: 'removeEntry', title: 'Remove the second `{key}`' },
});
