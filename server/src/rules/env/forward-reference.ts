/** `$(X)` in a variable that stands above the definition of X. */
import { known } from '../../base/opaque';
import { contextRule } from '../rule';
import type { Fix } from '../../model/finding';
import type { Container } from '../../model/pod';
import type { PodHolder } from '../../model/resources';
import { envTexts, podHolderKinds, scanReferences } from '../shared/env';
import { hasJudgedEnvironment } from '../shared/environment';
import { analyseReferences, type ForwardReference } from '../shared/references';
import { kindAndName } from '../shared/words';

export const forwardReference = contextRule({
  meta: {
    id: 'env/forward-reference',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A variable refers to another one that is defined below it.',
    why: 'The kubelet goes through `env` once, from top to bottom. `$(NAME)` is replaced by a variable that stands above, by one that `envFrom` brings in, or by one of a Service; a variable that stands below does not exist yet. What cannot be replaced is no error: the program gets the text `$(NAME)` itself, for example as a host name that nobody can resolve. If an earlier value of the same name exists, that one is taken and not the one below.',
    remedy: 'Move the definition above its use. In `command` and `args` the order does not matter: they see the finished environment.',
    references: [
      '[Define dependent environment variables](https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/)',
      '[EnvVar](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables)',
      '`pkg/kubelet/kubelet_pods.go` (makeEnvironmentVariables) and `third_party/forked/golang/expansion/expand.go` in kubernetes/kubernetes',
    ],
    messages: {
      forward: '`$({name})` is used before `{name}` is defined, so the text `$({name})` is passed unchanged. Move `{name}` above it.',
      self: '`{name}` refers to itself, and nothing defines it before, so the text `$({name})` is passed unchanged.',
      earlier: '`$({name})` takes the earlier value of `{name}` from {source}, not the one that is defined below.',
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource, index) {
    if (!hasJudgedEnvironment(resource)) return;
    for (const container of resource.spec.template.containers) {
      if (container.env.length === 0) continue;
      const { forward, earlier } = analyseReferences(container, resource, index);
      for (const edge of forward) {
        const fix = edge.from === edge.to ? undefined : orderFix(resource, container, edge);
        yield {
          at: { resource, path: edge.text.path, span: edge.reference.span },
          message: edge.from === edge.to ? 'self' : 'forward',
          data: { name: edge.reference.name },
          related: edge.from === edge.to ? [] : [definition(resource, edge)],
          fixes: fix ? [fix] : [],
        };
      }
      for (const edge of earlier) {
        yield {
          at: { resource, path: edge.text.path, span: edge.reference.span },
          message: 'earlier',
          severity: 'information',
          data: { name: edge.reference.name, source: kindAndName(edge.source) },
          related: [
            definition(resource, edge),
            { mark: { resource: edge.source, path: ['metadata', 'name'] }, message: `The earlier value of \`${edge.reference.name}\` comes from here.` },
          ],
        };
      }
    }
  },
});

function definition(resource: PodHolder, edge: ForwardReference): { mark: { resource: PodHolder; path: (string | number)[] }; message: string } {
  return { mark: { resource, path: [...edge.text.path.slice(0, -2), edge.to, 'name'] }, message: `\`${edge.reference.name}\` is defined here.` };
}

/**
 * Moves the definition above its use, unless it refers itself to an entry between the two; then the use below the definition,
 * unless something between refers to it. Where both would break another reference, the definition goes up with all that it is built from.
 */
function orderFix(resource: PodHolder, container: Container, edge: ForwardReference): Fix | undefined {
  const names = container.env.map((variable) => known(variable.name));
  const uses = new Map<number, Set<string>>();
  for (const text of envTexts(container)) uses.set(text.index, new Set(scanReferences(text.text).references.map((reference) => reference.name)));
  const refersTo = (from: number, to: number): boolean => {
    const name = names[to];
    return name !== undefined && (uses.get(from)?.has(name) ?? false);
  };
  const { from, to } = edge;
  const between = Array.from({ length: to - from - 1 }, (_, offset) => from + 1 + offset);
  const list = [...container.path, 'env'];
  const move = (entry: number, target: number): Fix => ({
    title: `Move ${names[entry] ?? ''} ${entry > target ? 'above' : 'below'} ${names[target] ?? ''}`,
    preferred: true,
    edits: [{ kind: 'move', resource, path: [...list, entry], to: target }],
  });
  if (!between.some((entry) => refersTo(to, entry))) return move(to, from);
  if (!between.some((entry) => refersTo(entry, from) || names[entry] === names[from])) return move(from, to);
  return undefined;
}
