/** Rails under the lanes: cluster DNS, and the policies that hold for many. */
import type { SourceRef } from '../../../server/src/protocol/source';
import type { Topology, TopologyPolicy } from '../../../server/src/protocol/topology';
import { el } from '../dom';
import { icon, type IconName } from '../icons';

const mostRails = 4;

export function drawRails(topology: Topology, reveal: (at: SourceRef) => void): HTMLElement {
  const { dns } = topology;
  const wide = widePolicies(topology);
  const words = (policy: TopologyPolicy): string => {
    const count = topology.policies.filter((other) => other.namespace === policy.namespace).length;
    return `${count} ${count === 1 ? 'policy' : 'policies'} in ${policy.namespace}`;
  };
  const rest = topology.policies.length > 0 && wide.length === 0;
  return el(
    'div',
    { class: 'rails' },
    nodesRail(topology, reveal),
    rail('dns', dns.label, dns.says, dns.assumed ? 'assumed' : ''),
    wide.map((policy) => rail('policy', policy.name, policy.says, words(policy), () => reveal(policy.source))),
    rest &&
      rail('policy', `${topology.policies.length} ${topology.policies.length === 1 ? 'policy' : 'policies'}`, 'each selects few workloads: see the gates', ''),
  );
}

/** The machines that the files describe. Where they describe none there is nothing to say here: the trace names those that it assumes. */
function nodesRail({ nodes = [] }: Topology, reveal: (at: SourceRef) => void): HTMLElement | undefined {
  const [first, ...more] = nodes;
  if (!first) return undefined;
  const says = nodes
    .slice(0, 4)
    .map(({ name, says }) => (says === '' ? name : `${name} ${says}`))
    .join(' · ');
  return rail('node', more.length === 0 ? '1 node' : `${nodes.length} nodes`, says, nodes.length > 4 ? `and ${nodes.length - 4} more` : '', () =>
    reveal(first.source),
  );
}

/** Those that select more than two workloads, the widest first. */
function widePolicies(topology: Topology): readonly TopologyPolicy[] {
  return topology.policies
    .filter((policy) => policy.selects.length > 2)
    .sort((a, b) => b.selects.length - a.selects.length || (a.id < b.id ? -1 : 1))
    .slice(0, mostRails);
}

function rail(name: IconName, title: string, says: string, atEnd: string, act?: () => void): HTMLElement {
  const content = [
    icon(name, 16),
    el('span', { class: 'rail-title' }, title),
    el('span', { class: 'rail-says' }, says),
    el('span', { class: 'rail-end' }, atEnd),
  ];
  const whole = [`${title}: ${says}`, atEnd].filter(Boolean).join('\n');
  return act ? el('button', { type: 'button', class: 'rail', title: whole, onclick: act }, ...content) : el('div', { class: 'rail', title: whole }, ...content);
}
