import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { said } from '../domain/said.ts';
import type { AddressRules } from './address-rules.ts';
import { EgressFailed, EgressRefused } from './egress.ts';
import { toEgressError } from './failure.ts';
import { readHost } from './host.ts';

export interface Answer {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Every address of a name, in the order to try them. */
export type Lookup = (hostname: string) => Promise<readonly Answer[]>;

export const lookupBySystem: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true, verbatim: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));

/** All that may be connected to for a host, at least one; refuses it as a whole when one answer may not. @throws EgressRefused, EgressFailed */
export type Check = (host: string) => Promise<readonly Answer[]>;

export function createCheck(rules: AddressRules, lookup: Lookup): Check {
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
export function createConnect(check: Check, timeoutMs: number): buildConnector.connector {
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
