/** `$(X` without the closing parenthesis. */
import type { Finding } from '../../model/finding';
import type { Container } from '../../model/pod';
import type { PodHolder } from '../../model/resources';
import { documentRule } from '../rule';
import { commandTexts, envTexts, placeholderMark, podHolderKinds, scanReferences, type ContainerText } from '../shared/env';
import { definedNames } from '../shared/environment';

export const unclosedReference = documentRule<(typeof podHolderKinds)[number], 'unclosed'>({
  meta: {
    id: 'env/unclosed-reference',
    severity: 'warning',
    default: 'warning',
    tier: 'B',
    summary: 'A reference to a variable lacks its closing parenthesis.',
    why: 'The kubelet reads a reference from `$(` to the first `)` behind it. Where none follows, the text stays as it is; where one follows later in the same value, everything up to it is taken for the name, which no variable has. Either way the program receives the text word for word, and nothing reports it.',
    remedy: 'Close the reference: `$(NAME)`. If `$(` is meant literally, write `$$(`.',
    references: [
      '`third_party/forked/golang/expansion/expand.go` in kubernetes/kubernetes',
      '[Define dependent environment variables](https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/)',
    ],
    messages: {
      unclosed: '`)` is missing after `$({name}`, so the text is passed unchanged.',
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource) {
    for (const container of resource.spec.template.containers) {
      for (const text of [...envTexts(container), ...commandTexts(container)]) if (!text.shell) yield* checkText(text, container, resource);
    }
  },
});

/** Only names that a variable is likely to have: `$(` may also stand in a password or a pattern. */
function* checkText({ path, text }: ContainerText, container: Container, resource: PodHolder): Iterable<Finding<'unclosed'>> {
  for (const start of openEnds(text)) {
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(start + 2))?.[0];
    if (name === undefined || text.includes(placeholderMark, start)) continue;
    if (!/^[A-Z_][A-Z0-9_]+$/.test(name) && !definedNames(container).entries.has(name)) continue;
    const span = { start, end: start + 2 + name.length };
    yield {
      at: { resource, path, span },
      message: 'unclosed',
      data: { name },
      fixes: [{ title: `Write $(${name})`, preferred: true, edits: [{ kind: 'replace', resource, path, span, value: `$(${name})` }] }],
    };
  }
}

/** Openings that nothing closes, and those whose `)` belongs to a later opening: `$(HOST:$(PORT)`. */
function* openEnds(text: string): Iterable<number> {
  const { references, unclosed } = scanReferences(text);
  for (const { name, span } of references) {
    const balanced = text[span.end] === ')';
    if (!balanced && /^[A-Za-z_][A-Za-z0-9_]*[^A-Za-z0-9_\s]+\$\([A-Za-z_][A-Za-z0-9_]*$/.test(name)) yield span.start;
  }
  yield* unclosed;
}
