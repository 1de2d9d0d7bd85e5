/** Variables of one container that refer to each other in a ring. */
import { known } from '../../base/opaque';
import { contextRule } from '../rule';
import type { Container } from '../../model/pod';
import { podHolderKinds } from '../shared/env';
import { hasJudgedEnvironment } from '../shared/environment';
import { analyseReferences } from '../shared/references';
import { wordList } from '../shared/words';

export const referenceCycle = contextRule({
  meta: {
    id: 'env/reference-cycle',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'Variables of a container refer to each other in a ring.',
    why: 'The kubelet goes through `env` once, from top to bottom, and replaces `$(NAME)` by what is defined above. In a ring no order satisfies every reference: at least one of them finds nothing and stays in the value as the text `$(NAME)`, and the variables behind it carry that text on.',
    remedy:
      'Decide which of the variables holds the plain value and let the others be built from it. Where two variables only repeat each other, remove one of them.',
    references: [
      '[Define dependent environment variables](https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/)',
      '`pkg/kubelet/kubelet_pods.go` (makeEnvironmentVariables) and `third_party/forked/golang/expansion/expand.go` in kubernetes/kubernetes',
    ],
    messages: {
      two: '`{first}` and `{second}` refer to each other, so the text `$({second})` in `{first}` is passed unchanged.',
      more: '{names} refer to each other in a ring, so the text `$({second})` in `{first}` is passed unchanged.',
    },
    fixable: false,
  },
  kinds: podHolderKinds,
  *check(resource, index) {
    if (!hasJudgedEnvironment(resource)) return;
    for (const container of resource.spec.template.containers) {
      if (container.env.length < 2) continue;
      for (const [first, ...others] of analyseReferences(container, resource, index).rings) {
        const names = [first, ...others].map((edge) => `\`${nameOf(container, edge.from)}\``);
        yield {
          at: { resource, path: first.text.path, span: first.reference.span },
          message: names.length === 2 ? 'two' : 'more',
          data: { first: nameOf(container, first.from), second: first.reference.name, names: wordList(names, 4) },
          related: others.slice(0, 10).map((edge) => ({
            mark: { resource, path: edge.text.path, span: edge.reference.span },
            message: `\`${nameOf(container, edge.from)}\` refers to \`${edge.reference.name}\` here.`,
          })),
        };
      }
    }
  },
});

function nameOf(container: Container, index: number): string {
  return known(container.env[index]?.name) ?? '';
}
