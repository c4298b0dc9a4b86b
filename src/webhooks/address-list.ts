/** Who sent a request: the peer, or, behind proxies we trust, the last address that none of them wrote. */
import { BlockList, isIP } from 'node:net';

export type AddressList = (address: string) => boolean;

/** Addresses and ranges as `isAddressRange` accepts them. */
export function createAddressList(ranges: readonly string[]): AddressList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = familyOf(address);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/** `forwarded`: X-Forwarded-For, which counts as far as trusted proxies wrote it. An IPv4 address never comes as IPv6. */
export function senderOf(peer: string, forwarded: string | undefined, isTrusted: AddressList): string {
  let sender = unmapped(peer);
  const hops = (forwarded ?? '').split(',').map((hop) => unmapped(hop.trim()));
  while (isTrusted(sender)) {
    const hop = hops.pop();
    if (hop === undefined || isIP(hop) === 0) return sender;
    sender = hop;
  }
  return sender;
}

function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
