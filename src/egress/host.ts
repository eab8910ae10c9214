import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Host = { readonly kind: 'address'; readonly address: string } | { readonly kind: 'name'; readonly name: string };

/**
 * Reads a host as every resolver and browser would, so that `0x7f.1`, `2130706433` and `0177.0.0.1` are seen as 127.0.0.1
 * (WHATWG URL, host parsing). Null for what is no host: one with a path, a port, a zone, a space.
 */
export function readHost(given: string): Host | null {
  const bare = given.startsWith('[') && given.endsWith(']') ? given.slice(1, -1) : given;
  if (bare.includes(':'))
    return !bare.includes('%') && ipaddr.IPv6.isValid(bare) ? { kind: 'address', address: ipaddr.IPv6.parse(bare).toString() } : null;
  if (bare === '' || bare.length > 253 || /[\s/?#@\\%[\]]/.test(bare)) return null;
  if (!URL.canParse(`http://${bare}/`)) return null;
  const { hostname } = new URL(`http://${bare}/`);
  if (isIP(hostname) === 4) return { kind: 'address', address: hostname };
  // "localhost." and "localhost" are one name, for rules and for certificates.
  const name = hostname.replace(/\.$/, '');
  return name === '' || isIP(name) !== 0 ? null : { kind: 'name', name };
}
