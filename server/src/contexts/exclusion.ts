/** Which of a folder's entries exclude each other, and which of them go together. */

export interface Clash {
  /** Positions of the entries, ascending. */
  readonly entries: readonly number[];
  readonly identity: string;
}

/** Entries that exclude the same others and therefore stand for one alternative. */
export interface Alternative {
  /** Ascending. */
  readonly entries: readonly number[];
  /** `entries`, and the others that nothing excludes but what these exclude too. */
  readonly joined: readonly number[];
  /** True when another alternative holds all of it. */
  readonly dominated: boolean;
  readonly identity: string;
  /** One that it excludes, for the sentence. */
  readonly against: number;
}

export interface Exclusion {
  readonly alternatives: readonly Alternative[];
  readonly excludes: (a: number, b: number) => boolean;
}

/** Above so many clashing entries of one folder the exact answer would cost too much; a linear one takes its place. */
const mostExact = 512;

/**
 * Every entry of a clash excludes all others of it. An entry joins an alternative exactly when everything that excludes the entry is excluded by
 * the alternative as well: so five variants of one thing give five alternatives, and three files beside one that holds all three give two.
 */
export function exclusionOf(clashes: readonly Clash[]): Exclusion {
  const entries = [...new Set(clashes.flatMap((clash) => clash.entries))].sort((a, b) => a - b);
  return entries.length > mostExact ? byLayers(clashes, entries) : exactly(clashes, entries);
}

function exactly(clashes: readonly Clash[], entries: readonly number[]): Exclusion {
  const words = Math.ceil(entries.length / 32);
  const placeOf = new Map(entries.map((entry, place) => [entry, place]));
  const rows = entries.map(() => new Uint32Array(words));
  const reasons = entries.map((): { identity: string; against: number } | undefined => undefined);
  const done = new Set<string>();
  for (const clash of clashes) {
    const key = clash.entries.join();
    if (done.has(key)) continue;
    done.add(key);
    const places = clash.entries.map((entry) => placeOf.get(entry) ?? 0);
    for (const place of places) {
      const row = rows[place];
      if (!row) continue;
      for (const other of places) if (other !== place) row[other >>> 5] = (row[other >>> 5] ?? 0) | (1 << (other & 31));
      reasons[place] ??= { identity: clash.identity, against: clash.entries.find((entry) => entry !== entries[place]) ?? 0 };
    }
  }
  const groups = new Map<string, number[]>();
  rows.forEach((row, place) => {
    const key = row.join();
    const group = groups.get(key);
    if (group) group.push(place);
    else groups.set(key, [place]);
  });
  const firsts = [...groups.values()].map(([first = 0]) => first);
  const alternatives = [...groups.values()].map((places): Alternative => {
    const [first = 0] = places;
    const row = rows[first] ?? new Uint32Array(words);
    const joined: number[] = [];
    rows.forEach((other, place) => {
      if (isSubset(other, row)) joined.push(entries[place] ?? 0);
    });
    return {
      entries: places.map((place) => entries[place] ?? 0),
      joined,
      dominated: firsts.some((other) => other !== first && isSubset(row, rows[other] ?? row)),
      identity: reasons[first]?.identity ?? '',
      against: reasons[first]?.against ?? 0,
    };
  });
  return {
    alternatives,
    excludes: (a, b) => {
      const row = rows[placeOf.get(a) ?? -1];
      const place = placeOf.get(b);
      return row !== undefined && place !== undefined && ((row[place >>> 5] ?? 0) & (1 << (place & 31))) !== 0;
    },
  };
}

function isSubset(part: Uint32Array, whole: Uint32Array): boolean {
  for (let word = 0; word < part.length; word++) if (((part[word] ?? 0) & ~(whole[word] ?? 0)) !== 0) return false;
  return true;
}

/** Each entry in the first layer above all earlier entries that it clashes with: nothing in a layer clashes, and the cost is that of reading the clashes. */
function byLayers(clashes: readonly Clash[], entries: readonly number[]): Exclusion {
  const clashesOf = new Map<number, Clash[]>(entries.map((entry) => [entry, []]));
  for (const clash of clashes) for (const entry of clash.entries) clashesOf.get(entry)?.push(clash);
  const free = new Map<Clash, number>();
  const layers: number[][] = [];
  for (const entry of entries) {
    const own = clashesOf.get(entry) ?? [];
    const layer = own.reduce((highest, clash) => Math.max(highest, free.get(clash) ?? 0), 0);
    for (const clash of own) free.set(clash, layer + 1);
    const members = layers[layer];
    if (members) members.push(entry);
    else layers[layer] = [entry];
  }
  const clashing = new Set(entries);
  return {
    alternatives: layers.map((members) => {
      const clash = clashesOf.get(members[0] ?? 0)?.[0];
      return {
        entries: members,
        joined: members,
        dominated: false,
        identity: clash?.identity ?? '',
        against: clash?.entries.find((entry) => entry !== members[0]) ?? 0,
      };
    }),
    excludes: (a, b) => clashing.has(a) && clashing.has(b),
  };
}
