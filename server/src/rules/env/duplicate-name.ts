/** A variable that stands twice in the `env` of one container. */
import { known } from '../../base/opaque';
import { valueAt } from '../../model/resources';
import type { Edit } from '../../model/finding';
import type { Container, EnvVar } from '../../model/pod';
import type { PodHolder } from '../../model/resources';
import { documentRule } from '../rule';
import { podHolderKinds, readableText, scanReferences } from '../shared/env';

export const duplicateName = documentRule({
  meta: {
    id: 'env/duplicate-name',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A variable is set twice in one container.',
    why: 'Only the last of several entries with one name reaches the process, so the others are dead text that misleads whoever reads them. It can get worse with later changes: `kubectl apply` and strategic-merge patches treat `env` as a list merged by name, so an update may drop or reorder one of the two entries. The API server warns about such a list.',
    remedy:
      'Keep the entry that is meant and remove the other. An entry that builds on an earlier one of the same name (`value: "$(OPTS) -v"`), or one whose optional source overrides a default above it, is left alone.',
    references: [
      '`pkg/api/pod/warnings.go` in kubernetes/kubernetes (the warning of the API server)',
      '[EnvVar](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables)',
    ],
    messages: {
      twice: '`{name}` is set twice in this container; the last one wins. `kubectl apply` merges this list by name and may drop one of them.',
      often: '`{name}` is set {count} times in this container; the last one wins. `kubectl apply` merges this list by name and may drop some of them.',
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource) {
    for (const container of resource.spec.template.containers) {
      for (const [name, { dead, alive }] of entriesByName(container, resource)) {
        const [first, ...others] = dead;
        const last = alive[0];
        if (first === undefined || last === undefined) continue;
        const remove = (variables: readonly EnvVar[]): Edit[] => variables.map(({ path }) => ({ kind: 'remove', resource, path }));
        const twice = others.length === 0;
        yield {
          at: { resource, path: [...last.path, 'name'] },
          message: twice ? 'twice' : 'often',
          data: { name, count: dead.length + 1 },
          related: dead.map(({ path }, index) => ({
            mark: { resource, path: [...path, 'name'] },
            message: `\`${name}\` is set here ${index === 0 ? 'first' : 'too'}.`,
          })),
          fixes: [
            { title: twice ? `Remove the first ${name}` : `Keep the last ${name} only`, preferred: true, edits: remove(dead) },
            { title: twice ? `Remove the second ${name}` : `Keep the first ${name} only`, edits: remove([...others, ...alive]) },
          ],
        };
      }
    }
  },
});

/** Of each name: the entries that no process ever sees, and from the one that replaces them on those that matter. */
function entriesByName(
  container: Container,
  resource: PodHolder,
): ReadonlyMap<string, { readonly dead: readonly EnvVar[]; readonly alive: readonly EnvVar[] }> {
  const entries = new Map<string, { dead: EnvVar[]; alive: EnvVar[] }>();
  for (const variable of container.env) {
    const name = known(variable.name);
    if (name === undefined || isPatchDirective(resource, variable)) continue;
    const entry = entries.get(name);
    if (entry === undefined) entries.set(name, { dead: [], alive: [variable] });
    else if (buildsOn(variable, name) || overridesWhenPresent(variable)) entry.alive.push(variable);
    else {
      entry.dead.push(...entry.alive);
      entry.alive = [variable];
    }
  }
  return entries;
}

/** The idiom that appends to an earlier value: `$(NAME)` finds the entry above. */
function buildsOn(variable: EnvVar, name: string): boolean {
  const text = readableText(variable.value);
  return text !== undefined && !variable.hasValueFrom && scanReferences(text).references.some((reference) => reference.name === name);
}

/** An optional source that is missing defines nothing, so that the entry above is its default. pkg/kubelet/kubelet_pods.go. */
function overridesWhenPresent(variable: EnvVar): boolean {
  return (variable.configMapKeyRef ?? variable.secretKeyRef)?.optional ?? false;
}

/** `$patch: delete` belongs to a strategic-merge patch. */
function isPatchDirective(resource: PodHolder, variable: EnvVar): boolean {
  return valueAt(resource, [...variable.path, '$patch']) !== undefined;
}
