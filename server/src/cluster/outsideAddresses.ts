/** The addresses that somebody outside the cluster may have, as blocks: what an assumed outside address stands for. */
import { AddressSet, type Cidr, parseCidr } from '../base/addresses';

/** `internet`: public addresses. `anywhere`: private ones too, as a host name of a company's own network may have. */
export type OutsideScope = 'internet' | 'anywhere';

/**
 * Blocks that together hold every address that such a client or host may have. Special-purpose blocks are left out
 * (https://www.iana.org/assignments/iana-ipv4-special-registry), except the documentation blocks, which assumed addresses are taken from.
 */
export function outsideBlocks(scope: OutsideScope): readonly Cidr[] {
  return scope === 'internet' ? internet : anywhere;
}

const neverAnEnd = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '169.254.0.0/16', '::/8', 'fe80::/10', 'ff00::/8'];
const privateBlocks = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', '192.0.0.0/24', '198.18.0.0/15', 'fc00::/7'];

const cidrs = (texts: readonly string[]): Cidr[] => texts.flatMap((text) => parseCidr(text) ?? []);
const without = (texts: readonly string[]): readonly Cidr[] => cidrs(AddressSet.all.without(AddressSet.of(cidrs(texts))).toCidrs());

/** Blocks of private networks (RFC 1918, RFC 4193, RFC 6598), where nodes have their addresses. */
export const privateAddresses: readonly Cidr[] = cidrs(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']);

const anywhere = without(neverAnEnd);
const internet = without([...neverAnEnd, ...privateBlocks]);
