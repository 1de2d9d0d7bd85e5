/** What a look-up answers: found, absent with evidence, or unknown. */

export interface Found<T> {
  readonly state: 'found';
  readonly value: T;
}

/** Not there, and that is known: the context is closed, or there is positive evidence such as a near miss. */
export interface Absent<T> {
  readonly state: 'absent';
  readonly because: string;
  readonly near?: T;
}

/** Nothing says that it is there and nothing says that it is not. */
export interface NotKnown {
  readonly state: 'unknown';
  readonly because: string;
}

export type Lookup<T> = Found<T> | Absent<T> | NotKnown;

export const found = <T>(value: T): Found<T> => ({ state: 'found', value });
export const absent = <T>(because: string, near?: T): Absent<T> => (near === undefined ? { state: 'absent', because } : { state: 'absent', because, near });
export const notKnown = (because: string): NotKnown => ({ state: 'unknown', because });
