/** Where a shell may read a variable of a Service: `$V` or `${V}` in a command, or in a script that a ConfigMap brings into the pod. */
import { known, textOf } from '../../base/opaque';
import type { ClusterIndex } from '../../cluster/clusterIndex';
import type { Mark } from '../../model/finding';
import type { Container } from '../../model/pod';
import type { PodHolder, Resource } from '../../model/resources';
import { commandTexts } from './env';
import { environmentOf, hasJudgedEnvironment, serviceVariableState } from './environment';

export interface WeakUse {
  readonly container: Container;
  readonly service: Resource<'Service'>;
  readonly variable: string;
  readonly at: Mark;
}

/** The first weak use that each container makes of each visible Service. A script that sets the variable itself, or gives a default, does not count. */
export function weakServiceUses(resource: PodHolder, index: ClusterIndex): readonly WeakUse[] {
  if (!hasJudgedEnvironment(resource)) return [];
  return resource.spec.template.containers.flatMap((container) => {
    const uses = new Map<Resource<'Service'>, WeakUse>();
    let environment: ReturnType<typeof environmentOf> | undefined;
    for (const script of scriptsOf(container, resource, index)) {
      for (const { name, start, end } of shellVariables(script.text)) {
        environment ??= environmentOf(container, resource, index);
        if (!environment.complete || environment.entries.has(name) || environment.envFrom.has(name)) continue;
        const answer = serviceVariableState(name, resource, index);
        if (answer.state !== 'visible' || uses.has(answer.service)) continue;
        uses.set(answer.service, { container, service: answer.service, variable: name, at: { ...script.at, span: { start, end } } });
      }
    }
    return [...uses.values()];
  });
}

interface Script {
  readonly text: string;
  readonly at: Mark;
}

function scriptsOf(container: Container, resource: PodHolder, index: ClusterIndex): Script[] {
  const scripts: Script[] = [];
  const tokens = [...container.command, ...container.args];
  for (const { path, place, index: token, shell } of tokens.some((text) => (textOf(text) ?? '').includes('$')) ? commandTexts(container) : []) {
    const text = textOf((place === 'command' ? container.command : container.args)[token]);
    if (shell && text !== undefined) scripts.push({ text, at: { resource, path } });
  }
  for (const mount of container.volumeMounts) {
    const mounted = known(mount.name);
    const volume = mounted === undefined ? undefined : resource.spec.template.volumes.find((candidate) => candidate.name === mounted);
    const name = known(volume?.configMap);
    if (name === undefined) continue;
    const lookup = index.get('ConfigMap', index.namespaceOf(resource), name);
    if (lookup.state !== 'found') continue;
    for (const [key, value] of lookup.value.spec.data) {
      const text = textOf(value);
      if (text !== undefined && (key.endsWith('.sh') || /^#!.*sh\b/.test(text))) scripts.push({ text, at: { resource: lookup.value, path: ['data', key] } });
    }
  }
  return scripts;
}

/** `$V` and `${V}` where V has the form of a Service variable that nobody would make up for something else. */
function* shellVariables(text: string): Iterable<{ name: string; start: number; end: number }> {
  for (const match of text.matchAll(/\$(?:\{([A-Z0-9_]+)\}|([A-Z0-9_]+))/g)) {
    const name = match[1] ?? match[2] ?? '';
    if (!/_SERVICE_HOST$|_SERVICE_PORT(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)/.test(name)) continue;
    if (new RegExp(`(?:^|[\\s;&])${name}=|\\$\\{${name}:?[-=?+]`, 'm').test(text)) continue;
    yield { name, start: match.index, end: match.index + match[0].length };
  }
}
