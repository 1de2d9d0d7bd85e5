/** Each set of ports once, so that sets are compared by identity and combined from memory. */
import { commonPorts, everyPort, isEveryPort, isNoPort, noPorts, type PortSet, unitePorts, withoutPorts } from '../cluster/portSet';
import type { PortVerdict } from '../cluster/policyPorts';

/** What one direction, or both together, say. Disjoint; what is in neither is denied. Equal answers are the same object. */
export interface Answer {
  readonly number: number;
  readonly allowed: PortSet;
  readonly unknown: PortSet;
}

export class PortTable {
  private readonly byKey = new Map<string, PortSet>([
    ['', noPorts],
    [keyOf(everyPort), everyPort],
  ]);
  private readonly known = new WeakMap<PortSet, PortSet>();
  private readonly numbers = new Map<PortSet, number>();
  /** By the number of what is allowed, then of what is unknown. */
  private readonly answers: (Answer | undefined)[][] = [];
  private count = 0;
  /** By the smaller number of two answers, then by the other. */
  private readonly combined: (Answer | undefined)[][] = [];
  readonly everything = this.answer({ allowed: everyPort, unknown: noPorts });
  readonly nothing = this.answer({ allowed: noPorts, unknown: noPorts });

  answer({ allowed, unknown }: Pick<PortVerdict, 'allowed' | 'unknown'>): Answer {
    const [sure, open] = [this.one(allowed), this.one(unknown)];
    const row = (this.answers[this.numberOf(sure)] ??= []);
    const place = this.numberOf(open);
    const kept = row[place];
    if (kept) return kept;
    const answer: Answer = { number: this.count++, allowed: sure, unknown: open };
    row[place] = answer;
    return answer;
  }

  /** Allowed where both allow, denied where one denies, else unknown. */
  both(a: Answer, b: Answer): Answer {
    if (a === b || b === this.everything) return a;
    if (a === this.everything) return b;
    const [first, second] = a.number < b.number ? [a, b] : [b, a];
    const row = (this.combined[first.number] ??= []);
    const kept = row[second.number];
    if (kept) return kept;
    const allowed = commonPorts(a.allowed, b.allowed);
    const possible = commonPorts(unitePorts(a.allowed, a.unknown), unitePorts(b.allowed, b.unknown));
    const answer = this.answer({ allowed, unknown: withoutPorts(possible, allowed) });
    row[second.number] = answer;
    return answer;
  }

  /** The ports of an answer that lie in a set. */
  within({ allowed, unknown }: Answer, ports: PortSet): Answer {
    return this.answer({ allowed: commonPorts(allowed, ports), unknown: commonPorts(unknown, ports) });
  }

  /** The same ports allowed, and unknown what is so in one of them. */
  eitherUnknown(a: Answer, b: Answer): Answer {
    return a === b ? a : this.answer({ allowed: a.allowed, unknown: unitePorts(a.unknown, b.unknown) });
  }

  private one(set: PortSet): PortSet {
    if (isNoPort(set) || isEveryPort(set)) return set;
    const kept = this.known.get(set);
    if (kept) return kept;
    const key = keyOf(set);
    let one = this.byKey.get(key);
    if (!one) this.byKey.set(key, (one = set));
    this.known.set(set, one);
    return one;
  }

  /** Equal sets that answers hold have equal numbers. */
  numberOf(set: PortSet): number {
    let number = this.numbers.get(set);
    if (number === undefined) this.numbers.set(set, (number = this.numbers.size));
    return number;
  }
}

function keyOf(set: PortSet): string {
  return (['SCTP', 'TCP', 'UDP'] as const).map((protocol) => set[protocol].map(({ first, last }) => `${protocol}${first}-${last}`).join()).join('');
}
