import { createCall } from '../../src/connectors/call.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { failureOf, type Failure, type Outcome, type Ref } from '../../src/connectors/outcome.ts';
import type { Egress } from '../../src/egress/egress.ts';
import { words } from '../../src/texts/languages.ts';
import { notificationWith, type Changes } from './notification.ts';

export interface Sending<C> {
  /** Opened, with its defaults. */
  readonly config: C;
  readonly door: Egress;
  readonly to?: string | null;
  readonly about?: Changes;
  readonly actId?: string;
  readonly signal?: AbortSignal;
}

/** What came of it, with the English words of a failure. */
export type Spoken<T> =
  | { readonly ok: true; readonly value: T }
  | (Omit<Failure, 'reason' | 'cure'> & { readonly reason: string; readonly cure: string | null });

export const spoken = <T>(outcome: Outcome<T>): Spoken<T> =>
  outcome.ok ? outcome : { ...outcome, reason: words(outcome.reason), cure: outcome.cure === null ? null : words(outcome.cure) };

/** Sends as the worker does. */
export async function sendBy<C>(
  connector: Connector<C>,
  { config, door, to = null, about = {}, actId = 'delivery-1', signal = AbortSignal.timeout(20_000) }: Sending<C>,
): Promise<Spoken<Ref>> {
  const call = createCall(connector, { config, door, actId, signal });
  try {
    return spoken(await connector.notify!.send(call, to, notificationWith(about)));
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return spoken(failure);
  }
}
