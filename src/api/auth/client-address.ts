import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { Config } from '../../config.ts';
import { contains, networkOf, parseNetwork, readAddress, type Network } from '../../egress/networks.ts';

/** Where a request comes from: how far it came through proxies is decided by who is trusted. */
export interface Origin {
  /** In one spelling; `unknown` when there is none (a socket that is gone, a request within the process). */
  readonly address: string;
  /** The /24 or /56 around it. */
  readonly network: string;
}

export type OriginOf = (peer: string | undefined, forwardedFor: string | undefined) => Origin;

/** More proxies than this in a row are nobody's set-up. */
const mostHops = 20;

/**
 * `X-Forwarded-For` grows on the right: each proxy adds whom it saw. So it is read from the right, as long as those who wrote it are
 * trusted; what a stranger put in front counts for nothing.
 */
export function createOriginOf({ trustedProxies }: Pick<Config, 'trustedProxies'>): OriginOf {
  const trusted = trustedProxies.map(parseNetwork).filter((network): network is Network => network !== null);
  return (peer, forwardedFor) => {
    let ip = readAddress(peer ?? '');
    const hops = ip === null || trusted.length === 0 ? [] : (forwardedFor ?? '').split(',').slice(-mostHops);
    while (ip !== null && hops.length > 0) {
      const here = ip;
      if (!trusted.some((network) => contains(network, here))) break;
      const before = readAddress(withoutPort((hops.pop() ?? '').trim()));
      if (before === null) break;
      ip = before;
    }
    return ip === null ? { address: 'unknown', network: 'unknown' } : { address: ip.toString(), network: networkOf(ip) };
  };
}

/** What is remembered, and how long what it is remembered by may be. */
const mostRemembered = 5_000;
const longestRemembered = 200;

/** The network alone, for a path that must be quick: who asked of late is not looked at again. */
export function createNetworkOf(
  config: Pick<Config, 'trustedProxies'>,
): (peer: string | undefined, forwardedFor: string | undefined) => string {
  const originOf = createOriginOf(config);
  const readsForwarded = config.trustedProxies.length > 0;
  const remembered = new Map<string, string>();
  return (peer = '', forwardedFor = '') => {
    const key = readsForwarded ? `${peer} ${forwardedFor}` : peer;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const { network } = originOf(peer, forwardedFor);
    if (remembered.size >= mostRemembered) remembered.clear();
    if (key.length <= longestRemembered) remembered.set(key, network);
    return network;
  };
}

/** Some proxies add it: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(hop);
  if (bracketed !== null) return bracketed[1] ?? '';
  return /^[\d.]+:\d+$/.test(hop) ? hop.slice(0, hop.indexOf(':')) : hop;
}

/** The socket's other end; undefined within the process. */
export function peerOf(c: Context): string | undefined {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage };
  return incoming?.socket.remoteAddress;
}

export const originOf = (c: Context, of: OriginOf): Origin => of(peerOf(c), c.req.header('x-forwarded-for'));
