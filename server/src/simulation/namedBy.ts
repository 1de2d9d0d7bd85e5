/** Where a client's manifest names the host that it calls: its environment, command or arguments. */
import { textOf } from '../base/opaque';
import type { Evidence } from '../protocol/trace';
import type { PodPlace } from './walk';
import { evidence } from './world';

/** The first place only; looks at a bounded number of values. */
export function namedBy(pod: PodPlace, host: string): readonly Evidence[] {
  const containers = pod.container ? [pod.container] : pod.podSet.template.containers;
  for (const container of containers) {
    for (const variable of container.env.slice(0, 500)) {
      if (mentions(textOf(variable.value), host))
        return [
          evidence(pod.podSet.resource, [...variable.path, 'value'], 'declares', `${textOf(variable.name) ?? 'a variable'} of ${container.name} names ${host}`),
        ];
    }
    for (const [list, values] of [['command', container.command] as const, ['args', container.args] as const]) {
      for (const [position, value] of values.slice(0, 200).entries()) {
        if (mentions(textOf(value), host))
          return [evidence(pod.podSet.resource, [...container.path, list, position], 'declares', `${list} of ${container.name} names ${host}`)];
      }
    }
  }
  return [];
}

/** The host as a whole word of host names: `redis` is not in `redis-cart`. */
function mentions(text: string | undefined, host: string): boolean {
  if (text === undefined || text.length > 10_000) return false;
  for (let at = text.indexOf(host); at >= 0; at = text.indexOf(host, at + 1)) {
    if (!isNamePart(text[at - 1]) && !isNamePart(text[at + host.length])) return true;
  }
  return false;
}

function isNamePart(character: string | undefined): boolean {
  return character !== undefined && /[a-z0-9.-]/i.test(character);
}
