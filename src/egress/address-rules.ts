import ipaddr from 'ipaddr.js';
import { contains, meaning, parseNetwork, type Ip, type Network } from './networks.ts';

/** What `IMAS_EGRESS_ALLOW` says: networks by CIDR or single address, and host names (`jira.corp.example`, `*.corp.example`). */
export interface AddressRules {
  /** Null when the address may be reached for this host, else what kind of address it is: `loopback`, `private`. */
  refusal(address: string, hostname: string | null): string | null;
}

export class InvalidEgressRule extends Error {
  override readonly name = 'InvalidEgressRule';
}

/** Whether `createAddressRules` takes them. */
export function areEgressRules(allow: readonly string[]): boolean {
  try {
    return createAddressRules(allow) !== null;
  } catch (error) {
    if (error instanceof InvalidEgressRule) return false;
    throw error;
  }
}

/** A name in the list opens only these: link-local (cloud metadata), multicast and the like need their CIDR written out. */
const openedByName = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

const hostnamePattern = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** Of 2000::/3, the one global unicast block in use, what RFC 6890 and IANA's registry set aside: tunnels to an IPv4 address, tests. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** @throws InvalidEgressRule, naming the entry that is neither a network nor a host name. */
export function createAddressRules(allow: readonly string[]): AddressRules {
  const networks: Network[] = [];
  const names: string[] = [];
  for (const entry of allow) {
    const network = parseNetwork(entry);
    if (network !== null) networks.push(network);
    else if (hostnamePattern.test(entry.toLowerCase()) && !/^[\d.]+$/.test(entry)) names.push(entry.toLowerCase());
    else throw new InvalidEgressRule(`"${entry}" is neither a network (10.0.0.0/8, fd00::/8) nor a host name.`);
  }
  return {
    refusal(address, hostname) {
      if (!ipaddr.isValid(address) || address.includes('%')) return 'scoped';
      const given = ipaddr.parse(address);
      const meant = meaning(given);
      if ([given, meant].some((ip) => networks.some((network) => contains(network, ip)))) return null;
      const kind = kindOf(meant);
      if (kind === null) return null;
      if (hostname !== null && openedByName.has(kind) && names.some((name) => covers(name, hostname.toLowerCase()))) return null;
      return kind;
    },
  };
}

/** Null for an address of the public internet. */
function kindOf(ip: Ip): string | null {
  const kind = ip.range();
  if (ip instanceof ipaddr.IPv6 && kind === 'unicast' && !ip.match(globalUnicast)) return 'reserved';
  return kind === 'unicast' ? null : kind;
}

function covers(rule: string, hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return rule.startsWith('*.') ? name.endsWith(rule.slice(1)) : name === rule;
}
