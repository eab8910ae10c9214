import { Agent } from 'undici';
import { said } from '../domain/said.ts';
import { createAddressRules } from './address-rules.ts';
import { createCheck, createConnect, lookupBySystem, type Answer, type Lookup } from './checked-connect.ts';
import { EgressFailed, type Egress } from './egress.ts';
import { fetchWhole, openStream } from './exchange.ts';
import { createProxyDispatcher, createTunnel } from './proxy.ts';
import { openWebSocket } from './web-socket.ts';

export type { Answer, Lookup } from './checked-connect.ts';

export interface EgressOptions {
  /** CIDRs, addresses and host names that may be reached although they are not public. */
  readonly allow: readonly string[];
  /** The system's resolver when absent. */
  readonly lookup?: Lookup;
  /** Milliseconds for a whole request (name, connection, answer); of a stream, for its beginning and then for each part. */
  readonly timeoutMs?: number;
  /** Through which HTTP and web sockets go; mail does not. */
  readonly proxy?: URL | null;
}

const defaultTimeoutMs = 10_000;

/**
 * Public addresses and what `allow` names; nothing else is ever connected to. The resolver is asked once for a connection, all
 * of its answers are checked, and only those are tried: a name that changes its answer in between (DNS rebinding) gains nothing.
 * @throws InvalidEgressRule for an entry of `allow` that is neither a network nor a name.
 */
export function createEgress({ allow, lookup = lookupBySystem, timeoutMs = defaultTimeoutMs, proxy = null }: EgressOptions): Egress {
  const check = createCheck(createAddressRules(allow), lookup);
  const connect = proxy === null ? createConnect(check, timeoutMs) : createTunnel({ proxy, check, timeoutMs });
  const dispatcher =
    proxy === null
      ? new Agent({ connect, allowH2: false, keepAliveTimeout: 4_000, connections: 32 })
      : createProxyDispatcher({ proxy, check, timeoutMs });
  return {
    fetch: (request) => fetchWhole(request, { dispatcher, timeoutMs }),
    stream: (request) => openStream(request, { dispatcher, timeoutMs }),
    openWebSocket: (request) => openWebSocket(request, { connect, timeoutMs }),
    dispatcher,
    async resolve(host) {
      const answers = await inTime(check(host), host, timeoutMs);
      return answers[0] as Answer;
    },
  };
}

async function inTime<T>(work: Promise<T>, host: string, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EgressFailed(said('cause.noLookup', { host, code: 'ETIMEDOUT' }), 'ETIMEDOUT')), timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
