import type { Egress } from '../egress/egress.ts';
import { createHttp, type Http } from './http.ts';
import type { Connector } from './connector.ts';
import { secretTexts, type StoredConfig } from './secret-values.ts';

/** What every ability of a connector is called with. */
export interface Call<C> {
  readonly config: C;
  /** Requests through the guarded door. */
  readonly http: Http;
  /** The door itself, for what opens sockets of its own: SMTP, a vendor's SDK. */
  readonly door: Egress;
  /** Names the act; the same on every attempt. Message-ID, idempotency key and dedup key are made of it. */
  readonly actId: string;
  /** An earlier attempt at this act may have done it: where the vendor can be asked, it is asked before the act is done again. */
  readonly maybeDone: boolean;
  /** Ends the call when its time is over. */
  readonly signal: AbortSignal;
}

export interface NewCall<C> {
  /** Opened. */
  readonly config: C;
  readonly door: Egress;
  readonly actId: string;
  readonly maybeDone?: boolean;
  /** Texts beside the config's secrets that must not be repeated. */
  readonly alsoSecret?: readonly string[];
  readonly signal: AbortSignal;
}

export function createCall<C>(
  connector: Pick<Connector<C>, 'config'>,
  { config, door, actId, maybeDone = false, alsoSecret = [], signal }: NewCall<C>,
): Call<C> {
  const secrets = connector.config === undefined ? [] : secretTexts(connector.config, config as StoredConfig);
  return { config, http: createHttp({ door, signal, secrets: [...secrets, ...alsoSecret] }), door, actId, maybeDone, signal };
}
