/** IP addresses and CIDR blocks as the API server reads them; the one file that knows `ipaddr.js`. */
import ipaddr from 'ipaddr.js';
import { type Interval, intersect, normalize, subtract } from './intervals';

export type Family = 4 | 6;

/** An address as a number, with its family. IPv4-mapped IPv6 counts as IPv4. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A block after host bits are masked off, which is how the API server tests containment. */
export interface Cidr {
  readonly family: Family;
  readonly prefix: number;
  /** The address as written, not masked. */
  readonly address: Address;
  readonly first: bigint;
  readonly last: bigint;
  /** True when the address has bits set beyond the prefix. */
  readonly hostBits: boolean;
}

const bits = (family: Family): number => (family === 4 ? 32 : 128);

/**
 * Parses an address as the API server did before strict validation: leading zeros are decimal
 * (Go's net.ParseIP of old), zones are refused. Returns null for anything else.
 */
export function parseAddress(text: string): Address | null {
  if (text.length === 0 || text.length > 64) return null;
  if (text.includes(':')) {
    if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
    const parsed = ipaddr.IPv6.parse(text);
    const value = fromBytes(parsed.toByteArray());
    if (parsed.isIPv4MappedAddress()) return { family: 4, value: value & 0xffffffffn };
    return { family: 6, value };
  }
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,8}$/.test(part)) return null;
    const octet = Number(part);
    if (octet > 255) return null;
    value = (value << 8n) | BigInt(octet);
  }
  return { family: 4, value };
}

/** Parses `address/prefix`. Returns null for a bare address, a prefix that is too long, or anything else. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const prefixText = text.slice(slash + 1);
  if (!/^\d{1,4}$/.test(prefixText)) return null;
  const written = text.slice(0, slash);
  const address = parseAddress(written);
  if (!address) return null;
  let prefix = Number(prefixText);
  if (written.includes(':') && address.family === 4) {
    prefix -= 96;
    if (prefix < 0) return null;
  }
  const width = bits(address.family);
  if (prefix > width) return null;
  const hostMask = (1n << BigInt(width - prefix)) - 1n;
  const first = address.value & ~hostMask;
  return { family: address.family, prefix, address, first, last: first | hostMask, hostBits: (address.value & hostMask) !== 0n };
}

/** The canonical text (RFC 5952 for IPv6). */
export function formatAddress(address: Address): string {
  return ipaddr.fromByteArray(toBytes(address)).toString();
}

/** The masked block in canonical text. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress({ family: cidr.family, value: cidr.first })}/${cidr.prefix}`;
}

export function cidrContains(cidr: Cidr, address: Address): boolean {
  return cidr.family === address.family && cidr.first <= address.value && address.value <= cidr.last;
}

export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

export function cidrWithin(inner: Cidr, outer: Cidr): boolean {
  return inner.family === outer.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Addresses of both families; the families never meet. */
export class AddressSet {
  static readonly empty = new AddressSet([], []);
  static readonly all = new AddressSet([{ first: 0n, last: (1n << 32n) - 1n }], [{ first: 0n, last: (1n << 128n) - 1n }]);
  private constructor(
    readonly four: readonly Interval<bigint>[],
    readonly six: readonly Interval<bigint>[],
  ) {}
  static of(cidrs: Iterable<Cidr>): AddressSet {
    const four: Interval<bigint>[] = [];
    const six: Interval<bigint>[] = [];
    for (const cidr of cidrs) (cidr.family === 4 ? four : six).push({ first: cidr.first, last: cidr.last });
    return new AddressSet(normalize(four), normalize(six));
  }
  get isEmpty(): boolean {
    return this.four.length === 0 && this.six.length === 0;
  }
  has(address: Address): boolean {
    return (address.family === 4 ? this.four : this.six).some((interval) => interval.first <= address.value && address.value <= interval.last);
  }
  without(other: AddressSet): AddressSet {
    return new AddressSet(subtract(this.four, other.four), subtract(this.six, other.six));
  }
  and(other: AddressSet): AddressSet {
    return new AddressSet(intersect(this.four, other.four), intersect(this.six, other.six));
  }
  or(other: AddressSet): AddressSet {
    return new AddressSet(normalize([...this.four, ...other.four]), normalize([...this.six, ...other.six]));
  }
  contains(other: AddressSet): boolean {
    return other.without(this).isEmpty;
  }
  equals(other: AddressSet): boolean {
    return this.contains(other) && other.contains(this);
  }
  /** As CIDR blocks in canonical text, IPv4 first, in ascending order. */
  toCidrs(): string[] {
    return [...this.four.flatMap((interval) => blocks(4, interval)), ...this.six.flatMap((interval) => blocks(6, interval))];
  }
}

/** An address of a block by its number from the first one. */
export function addressAt(cidr: Cidr, index: bigint): Address {
  return { family: cidr.family, value: cidr.first + index };
}

export function cidrSize(cidr: Cidr): bigint {
  return cidr.last - cidr.first + 1n;
}

function blocks(family: Family, interval: Interval<bigint>): string[] {
  const result: string[] = [];
  const width = bits(family);
  let first = interval.first;
  while (first <= interval.last) {
    let free = 0;
    while (free < width && (first & ((1n << BigInt(free + 1)) - 1n)) === 0n && first + (1n << BigInt(free + 1)) - 1n <= interval.last) free++;
    result.push(`${formatAddress({ family, value: first })}/${width - free}`);
    first += 1n << BigInt(free);
  }
  return result;
}

function fromBytes(bytes: readonly number[]): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function toBytes(address: Address): number[] {
  const count = bits(address.family) / 8;
  const bytes: number[] = [];
  for (let index = count - 1; index >= 0; index--) bytes.push(Number((address.value >> BigInt(index * 8)) & 0xffn));
  return bytes;
}
