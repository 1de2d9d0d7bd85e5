/** `$(X)` where nothing that the kubelet looks at defines X. */
import { isSlip } from '../../cluster/nearNames';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Edit, Finding, Fix } from '../../model/finding';
import type { Container } from '../../model/pod';
import type { PodHolder } from '../../model/resources';
import { serviceVariables, variableOrigins } from '../../model/serviceVariables';
import { contextRule } from '../rule';
import { commandTexts, envTexts, isVariableName, podHolderKinds, replaceReferences, scanReferences, type ContainerText, type Reference } from '../shared/env';
import { environmentOf, hasJudgedEnvironment, serviceVariableState, type ContainerEnvironment } from '../shared/environment';

type Message = 'undefined' | 'near' | 'shell';

export const undefinedReference = contextRule<(typeof podHolderKinds)[number], Message>({
  meta: {
    id: 'env/undefined-reference',
    severity: 'warning',
    default: 'warning',
    tier: 'A',
    summary: 'A reference to a variable that nothing defines.',
    why: 'In `env[].value`, `command` and `args` the kubelet replaces `$(NAME)` by a variable of the same container: an entry of `env`, a key that `envFrom` brings in, or a variable of a Service. Variables that only the image sets (`PATH`, `HOME`, whatever its `ENV` lines say) and `HOSTNAME` are not among them. A reference that finds nothing is no error for Kubernetes. The text stays as it is, and the program receives `$(NAME)` word for word.',
    remedy:
      'Correct the name, or define the variable in `env` above its use. If the text is meant literally, for another program that has the same notation, write `$$(NAME)`: the kubelet turns `$$` into `$` and looks no further. In a shell command, `$NAME` reads a variable when the shell runs, and `$$(command)` makes it plain that a command substitution is wanted.',
    references: [
      '[Define dependent environment variables](https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/)',
      '[Use environment variables to define arguments](https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/#use-environment-variables-to-define-arguments)',
      '`pkg/kubelet/kubelet_pods.go` (makeEnvironmentVariables) and `third_party/forked/golang/expansion/expand.go` in kubernetes/kubernetes',
    ],
    messages: {
      undefined: '`{name}` is not defined in this container, so the text `$({name})` is passed as it is.',
      near: '`{name}` is not defined in this container, so the text `$({name})` is passed as it is. Did you mean `{near}`?',
      shell:
        '`{name}` is not defined in this container, so the shell gets `$({name})` and runs it as a command. That is fine if command substitution is meant.',
    },
    fixable: true,
  },
  kinds: podHolderKinds,
  *check(resource, index) {
    if (!hasJudgedEnvironment(resource) || othersMayDefine(index)) return;
    for (const container of resource.spec.template.containers) yield* checkContainer(container, resource, index);
  },
});

interface Use {
  readonly text: ContainerText;
  readonly reference: Reference;
}

/** One finding a name, on its first use: the cause is the missing definition. Uses that only a shell may read are told apart. */
function* checkContainer(container: Container, resource: PodHolder, index: ClusterIndex): Iterable<Finding<Message>> {
  const groups = new Map<string, [Use, ...Use[]]>();
  let environment: ContainerEnvironment | undefined;
  for (const text of [...envTexts(container), ...commandTexts(container)]) {
    for (const reference of scanReferences(text.text).references) {
      const { name } = reference;
      if (!couldBeMeant(name, text.shell)) continue;
      environment ??= environmentOf(container, resource, index);
      if (!environment.complete || environment.entries.has(name) || environment.envFrom.has(name)) continue;
      const key = `${text.shell ? 'shell' : 'plain'} ${name}`;
      const group = groups.get(key);
      if (group) group.push({ text, reference });
      else groups.set(key, [{ text, reference }]);
    }
  }
  if (environment === undefined) return;
  for (const uses of groups.values()) {
    const [first] = uses;
    const { name } = first.reference;
    const near = nearestName(first, container, environment, resource, index);
    if (!surelyUndefined(name, near, resource, index)) continue;
    const message = first.text.shell ? 'shell' : near === undefined ? 'undefined' : 'near';
    yield {
      at: { resource, path: first.text.path, span: first.reference.span },
      message,
      ...(message === 'shell' ? { severity: 'information' as const } : {}),
      data: near === undefined ? { name } : { name, near },
      related: uses
        .slice(1, 10)
        .map((use) => ({ mark: { resource, path: use.text.path, span: use.reference.span }, message: `\`$(${name})\` stands here too.` })),
      fixes: fixes(name, uses, near, container, resource),
    };
  }
}

/**
 * A shell substitutes commands in lower case; blanks, slashes and pipes are no name anywhere.
 * Dots are the notation of Tekton and of build pipelines, and some names are supplied when the pod is admitted.
 */
function couldBeMeant(name: string, shell: boolean): boolean {
  if (!isVariableName(name) || name.includes('.') || injected.test(name)) return false;
  return !shell || /^[A-Z_][A-Z0-9_]*$/.test(name);
}

/** Cloud identity webhooks, telemetry and Dapr injectors, Indexed Jobs, training operators. */
const injected =
  /^(?:AWS_|AZURE_|DD_|OTEL_|DAPR_|KUBERNETES_|JOBSET_|LWS_|TPU_|PET_|JOB_COMPLETION_INDEX$|MASTER_(?:ADDR|PORT)$|WORLD_SIZE$|(?:LOCAL_|NODE_)?RANK$)/;

/**
 * Kustomize replaces `$(NAME)` by its `vars`: in a build of which a part could not be followed, or in a base that others build on,
 * nobody can tell. In a Helm chart lines that a template brings in cannot be seen.
 */
function othersMayDefine({ context }: ClusterIndex): boolean {
  if (context.kind === 'helm') return true;
  return context.kind === 'kustomize' && (context.missing.length > 0 || /(?:^|\/)(?:bases?|components?)(?:\/|$)/.test(context.root));
}

function surelyUndefined(name: string, near: string | undefined, resource: PodHolder, index: ClusterIndex): boolean {
  const { state } = serviceVariableState(name, resource, index);
  if (state === 'none') return true;
  if (state !== 'possible') return false;
  if (resource.spec.template.enableServiceLinks === false) return true;
  // `DB_PORT` could be a variable of a Service `db` of the cluster; beside `DB_PROT` it is a slip.
  return near !== undefined && variableOrigins(name).every((origin) => origin.form === 'bare') && sameLetters(name, near);
}

function sameLetters(a: string, b: string): boolean {
  return Array.from(a).sort().join('') === Array.from(b).sort().join('');
}

/** The defined name that the written one is most likely a slip of; for an env value only what stands above it. */
function nearestName(use: Use, container: Container, environment: ContainerEnvironment, resource: PodHolder, index: ClusterIndex): string | undefined {
  const { name } = use.reference;
  const limit = use.text.place === 'env' ? use.text.index : container.env.length;
  for (const [candidate, definitions] of environment.entries) {
    if ((definitions[0] ?? limit) < limit && isSlip(name, candidate)) return candidate;
  }
  for (const candidate of environment.envFrom.keys()) if (isSlip(name, candidate)) return candidate;
  const [origin] = variableOrigins(name);
  const lookup = origin && index.get('Service', index.namespaceOf(resource), origin.service);
  const service = lookup?.state === 'found' ? lookup.value : lookup?.state === 'absent' ? lookup.near : undefined;
  return (
    service &&
    serviceVariables(service).find((variable) => isSlip(name, variable.name) && serviceVariableState(variable.name, resource, index).state === 'visible')?.name
  );
}

function fixes(name: string, uses: readonly [Use, ...Use[]], near: string | undefined, container: Container, resource: PodHolder): Fix[] {
  const replaceAll = (value: string): readonly Edit[] =>
    replaceReferences(
      resource,
      uses.map((use) => ({ ...use, value })),
    );
  const escape: Fix = { title: `Write $$(${name}) for the literal text`, edits: replaceAll(`$$(${name})`) };
  const define: Fix = { title: `Define ${name} in env`, edits: [definition(name, uses, container, resource)] };
  if (uses[0].text.shell) return [escape, define];
  return near === undefined ? [define, escape] : [{ title: `Change to $(${near})`, preferred: true, edits: replaceAll(`$(${near})`) }, define, escape];
}

/** Above the first value that needs it, or at the end for commands. */
function definition(name: string, uses: readonly Use[], container: Container, resource: PodHolder): Edit {
  const entry = { name, value: '' };
  if (container.env.length === 0) return { kind: 'insert', resource, path: container.path, key: 'env', value: [entry] };
  const positions = uses.filter((use) => use.text.place === 'env').map((use) => use.text.index);
  return { kind: 'insert', resource, path: [...container.path, 'env'], key: Math.min(container.env.length, ...positions), value: entry };
}
