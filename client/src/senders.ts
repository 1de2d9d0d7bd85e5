/** Who may be asked about as the sender to a destination: those that call it by its name, and the others that can send. */
import { onlyLeads, type EndpointChoice } from '../../server/src/protocol/panel';
import type { TopologyAnswer } from '../../server/src/protocol/requests';

/** `to` itself, Services and Ingresses send nothing of their own, and are left out. */
export function sendersTo(
  { topology, endpoints }: Pick<TopologyAnswer, 'topology' | 'endpoints'>,
  to: string,
): { readonly callers: readonly EndpointChoice[]; readonly others: readonly EndpointChoice[] } {
  const cards = new Map((topology?.cards ?? []).map((card) => [card.id, card]));
  const edges = topology?.edges ?? [];
  const ownCards = new Set([...cards.values()].filter(({ endpoint, shape }) => endpoint === to && shape !== 'caller').map(({ id }) => id));
  // A workload is called through the Services that select it.
  for (const { kind, from, to: end } of edges) if (kind === 'selects' && ownCards.has(end.card)) ownCards.add(from.card);
  const calling = new Set(
    edges.flatMap(({ kind, from, to: end }) =>
      (kind === 'calls' || kind === 'enters') && ownCards.has(end.card) ? (cards.get(from.card)?.endpoint ?? []) : [],
    ),
  );
  const senders = endpoints.filter(({ endpoint }) => endpoint !== to && !onlyLeads(endpoint));
  return { callers: senders.filter(({ endpoint }) => calling.has(endpoint)), others: senders.filter(({ endpoint }) => !calling.has(endpoint)) };
}
