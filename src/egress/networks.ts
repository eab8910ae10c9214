import ipaddr from 'ipaddr.js';

export type Ip = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = readonly [Ip, number];

/** Addresses that stand for an IPv4 one: RFC 6052. */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** `10.0.0.0/8`, `fd00::/8`, or a single address; null for anything else. */
export function parseNetwork(entry: string): Network | null {
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
  // `parse` would take "10" for 0.0.0.10: a rule must say what it means.
  if (ipaddr.IPv4.isValidFourPartDecimal(entry)) return [ipaddr.IPv4.parse(entry), 32];
  if (entry.includes(':') && ipaddr.IPv6.isValid(entry)) return [ipaddr.IPv6.parse(entry), 128];
  return null;
}

export const areNetworks = (entries: readonly string[]): boolean => entries.every((entry) => parseNetwork(entry) !== null);

export const contains = ([network, bits]: Network, ip: Ip): boolean => network.kind() === ip.kind() && ip.match(network, bits);

/** The IPv4 address that an IPv6 one stands for (RFC 4291 §2.5.5.2, RFC 6052), else itself. */
export function meaning(ip: Ip): Ip {
  if (!(ip instanceof ipaddr.IPv6)) return ip;
  if (ip.isIPv4MappedAddress()) return ip.toIPv4Address();
  return ip.match(nat64) ? new ipaddr.IPv4(ip.toByteArray().slice(12)) : ip;
}

/** An address as a socket or a header has it, in one spelling; null when it is none. */
export function readAddress(text: string): Ip | null {
  const bare = text.split('%', 1)[0] ?? '';
  const isWhole = bare.includes(':') ? ipaddr.IPv6.isValid(bare) : ipaddr.IPv4.isValidFourPartDecimal(bare);
  return isWhole ? meaning(ipaddr.parse(bare)) : null;
}

/** The network that one sender may have for himself, such as `192.0.2.0/24`: a site's IPv4 addresses, or what a provider gives one line of IPv6. */
export function networkOf(ip: Ip): string {
  const bits = ip instanceof ipaddr.IPv6 ? 56 : 24;
  const first =
    ip instanceof ipaddr.IPv6
      ? ipaddr.IPv6.networkAddressFromCIDR(`${ip.toString()}/${bits}`)
      : ipaddr.IPv4.networkAddressFromCIDR(`${ip.toString()}/${bits}`);
  return `${first.toString()}/${bits}`;
}
