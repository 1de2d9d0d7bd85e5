/** Peers outside: address classes that behave the same for every workload become one. */
import { normalize } from '../base/intervals';
import type { AddressClass } from './addressClasses';
import type { Answer, PortTable } from './portTable';
import { compareText, externalPeer, type ExternalPeer, type Workload } from './peers';

export interface External {
  readonly peer: ExternalPeer;
  /** With all addresses of the peer, and the sample of the first class. */
  readonly addresses: AddressClass;
  readonly answers: ReadonlyMap<Workload, Answer>;
}

/** `ask` answers for every workload, in their order. Ordered by first address, IPv4 first. Where classes differ only in what is unknown they are one peer, of which all that is unknown to one is unknown. */
export function mergeExternals(
  classes: readonly AddressClass[],
  workloads: readonly Workload[],
  ask: (addresses: AddressClass) => readonly Answer[],
  table: PortTable,
): readonly External[] {
  const merged = new Map<string, { classes: AddressClass[]; answers: readonly Answer[] }>();
  for (const addresses of classes) {
    const answers = ask(addresses);
    const key = answers.map(({ allowed }) => table.numberOf(allowed)).join();
    const same = merged.get(key);
    if (!same) merged.set(key, { classes: [addresses], answers });
    else {
      same.classes.push(addresses);
      same.answers = same.answers.map((answer, at) => table.eitherUnknown(answer, answers[at] ?? answer));
    }
  }
  return [...merged.values()]
    .map(({ classes: together, answers }): External => {
      const [first] = together;
      const addresses = {
        four: normalize(together.flatMap(({ four }) => four)),
        six: normalize(together.flatMap(({ six }) => six)),
        sample: first?.sample ?? { family: 4, range: { first: 0n, last: 0n } },
      };
      return { peer: externalPeer(addresses), addresses, answers: new Map(workloads.map((workload, at) => [workload, answers[at] ?? table.nothing])) };
    })
    .sort((a, b) => compareFirst(a.addresses, b.addresses) || compareText(a.peer.id, b.peer.id));
}

/** Classes of one direction are disjoint, so their first addresses differ. */
export function compareFirst(a: AddressClass, b: AddressClass): number {
  const [left, right] = [a.four[0]?.first ?? a.six[0]?.first ?? 0n, b.four[0]?.first ?? b.six[0]?.first ?? 0n];
  const family = Number(a.four.length === 0) - Number(b.four.length === 0);
  return family !== 0 ? family : left < right ? -1 : left > right ? 1 : 0;
}
