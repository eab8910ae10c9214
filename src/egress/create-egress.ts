import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, request as httpRequest, type Dispatcher } from 'undici';
import { said } from '../domain/said.ts';
import { createAddressRules, type AddressRules } from './address-rules.ts';
import { EgressFailed, EgressRefused, type Egress, type EgressRequest, type EgressResponse } from './egress.ts';
import { toEgressError } from './failure.ts';
import { readHost } from './host.ts';

export interface Answer {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Every address of a name, in the order to try them. */
export type Lookup = (hostname: string) => Promise<readonly Answer[]>;

export interface EgressOptions {
  /** CIDRs, addresses and host names that may be reached although they are not public. */
  readonly allow: readonly string[];
  /** The system's resolver when absent. */
  readonly lookup?: Lookup;
  /** Milliseconds for a whole request: name, connection, answer. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 10_000;
const maxBodyBytes = 64 * 1024;

const lookupBySystem: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true, verbatim: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));

/**
 * Public addresses and what `allow` names; nothing else is ever connected to. The resolver is asked once for a connection, all
 * of its answers are checked, and only those are tried: a name that changes its answer in between (DNS rebinding) gains nothing.
 * @throws InvalidEgressRule for an entry of `allow` that is neither a network nor a name.
 */
export function createEgress(options: EgressOptions): Egress {
  const rules = createAddressRules(options.allow);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const check = createCheck(rules, options.lookup ?? lookupBySystem);
  const agent = new Agent({ connect: createConnect(check, timeoutMs), allowH2: false, keepAliveTimeout: 4_000, connections: 32 });

  return {
    async fetch(request) {
      const url = readUrl(request.url);
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
      try {
        return await exchange(agent, url, { ...request, signal });
      } catch (error) {
        throw toEgressError(error, url.host, request.signal.aborted);
      }
    },

    async resolve(host) {
      const answers = await inTime(check(host), host, timeoutMs);
      return answers[0] as Answer;
    },
  };
}

type Check = (host: string) => Promise<readonly Answer[]>;

/** All that may be connected to for this host; refuses it as a whole when one answer may not. */
function createCheck(rules: AddressRules, lookup: Lookup): Check {
  return async (given) => {
    const host = readHost(given);
    if (host === null) throw new EgressRefused(said('cause.invalidHost'));
    const name = host.kind === 'name' ? host.name : host.address;
    const answers =
      host.kind === 'name' ? await ask(lookup, name) : [{ address: name, family: name.includes(':') ? (6 as const) : (4 as const) }];
    for (const { address } of answers) {
      const kind = rules.refusal(address, host.kind === 'name' ? name : null);
      if (kind !== null) throw new EgressRefused(said('cause.notAllowed', { host: name, kind }));
    }
    return answers;
  };
}

async function ask(lookup: Lookup, name: string): Promise<readonly Answer[]> {
  try {
    const answers = await lookup(name);
    if (answers.length > 0) return answers;
  } catch (error) {
    throw toEgressError(error, name, false);
  }
  throw new EgressFailed(said('cause.notFound', { host: name, code: 'ENOTFOUND' }), 'ENOTFOUND');
}

/** Node connects only to what our lookup hands it; it asks none for a literal address, which is therefore checked before. */
function createConnect(check: Check, timeoutMs: number): buildConnector.connector {
  const checkedLookup: LookupFunction = (hostname, { all }, callback) => {
    check(hostname).then(
      (answers) => {
        const first = answers[0] as Answer;
        if (all === true) callback(null, [...answers]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, '', 0),
    );
  };
  const connect = buildConnector({ lookup: checkedLookup, timeout: timeoutMs, allowH2: false, autoSelectFamily: true });
  return (target, callback) => {
    const host = readHost(target.hostname);
    if (host === null) callback(new EgressRefused(said('cause.invalidHost')), null);
    else if (host.kind === 'name') connect(target, callback);
    else
      check(host.address).then(
        () => connect({ ...target, hostname: host.address }, callback),
        (error: Error) => callback(error, null),
      );
  };
}

/** @throws EgressRefused; the text of a URL is never repeated, its path and query may be a secret. */
function readUrl(text: string): URL {
  if (!URL.canParse(text)) throw new EgressRefused(said('cause.invalidUrl'));
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new EgressRefused(said('cause.onlyHttp'));
  if (url.username !== '' || url.password !== '') throw new EgressRefused(said('cause.credentialsInUrl', { host: url.host }));
  return url;
}

/** undici follows no redirect by itself: a 3xx is an answer like any other. */
async function exchange(agent: Agent, url: URL, { method, headers, body, signal }: EgressRequest): Promise<EgressResponse> {
  const answer = await httpRequest(url, {
    dispatcher: agent,
    method: method as Dispatcher.HttpMethod,
    headers: { ...headers },
    body,
    signal,
  });
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : (value ?? '')]),
    ),
    body: await readBody(answer.body),
  };
}

/** At most `maxBodyBytes`; then the connection is dropped. */
async function readBody(stream: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= maxBodyBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBodyBytes));
}

async function inTime<T>(work: Promise<T>, host: string, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EgressFailed(said('cause.noLookup', { host, code: 'ETIMEDOUT' }), 'ETIMEDOUT')), timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
