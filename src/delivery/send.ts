import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { attempt } from '../connections/attempt.ts';
import { openProvider, type OpenedProvider, type ProviderDeps } from '../connections/provider.ts';
import { createCall, type Call } from '../connectors/call.ts';
import type { Notify } from '../connectors/connector.ts';
import type { Digest, Notification } from '../connectors/notification.ts';
import { done, failedForGood, type Outcome, type Ref } from '../connectors/outcome.ts';
import { said } from '../domain/said.ts';
import type { Egress } from '../egress/egress.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { DeliveryFacts } from './ledger.ts';

export interface SendDeps extends ProviderDeps {
  readonly config: Pick<Config, 'baseUrl'>;
  readonly egress: Egress;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export interface Sender extends OpenedProvider {
  readonly notify: Notify<unknown>;
}

/** The provider of a message, ready to send. A test is sent by one that is switched off, too. */
export async function openSender(deps: ProviderDeps, { providerId, providerType, purpose }: DeliveryFacts): Promise<Outcome<Sender>> {
  const opened = await openProvider(deps, providerId, { evenInactive: purpose === 'test' });
  if (!opened.ok) return opened;
  const { notify } = opened.value.connector;
  return notify === undefined ? failedForGood(said('cause.cannotSend', { type: providerType })) : done({ ...opened.value, notify });
}

const sendTimeoutMs = 25_000;

export interface Attempt {
  readonly facts: DeliveryFacts;
  readonly what: { readonly notification: Notification } | { readonly digest: Digest };
  /** The message that it is to stand below, where there is one. */
  readonly root?: Ref | null;
  /** An earlier attempt may have sent it. */
  readonly maybeDone: boolean;
  readonly signal: AbortSignal | undefined;
}

/** One attempt. Whatever goes wrong is a failure. */
export async function send(
  { egress, metrics, log }: SendDeps,
  { connector, config, notify }: Sender,
  { facts, what, root = null, maybeDone, signal: givenUp }: Attempt,
): Promise<Outcome<Ref>> {
  const { deliveryId, incidentId, providerId, providerType, userId, address, purpose } = facts;
  const about = log.child({
    deliveryId,
    incidentId,
    providerId,
    providerType,
    ...('digest' in what && { incidents: what.digest.entries.length }),
  });
  // Whose address it is, is nobody's business who reads the log; a channel is a place.
  const place = notify.medium === 'chat' && userId === null && address !== null ? ` channel ${address}` : '';
  about.info(`Sending notification to ${connector.title}${place}`);
  about.debug({ address, userId, purpose }, 'notification');
  const signal = AbortSignal.any([AbortSignal.timeout(sendTimeoutMs), ...(givenUp === undefined ? [] : [givenUp])]);
  const took = metrics.deliverySeconds.startTimer({ provider_type: providerType });
  const call = createCall(connector, { config, door: egress, actId: deliveryId, maybeDone, signal });
  const result = await attempt(call, about, () =>
    'notification' in what
      ? sendOrReply({ notify, call, address, root }, what.notification)
      : (notify.digest?.send(call, address, what.digest) ??
        Promise.resolve(failedForGood(said('cause.cannotSend', { type: providerType })))),
  );
  took();
  if (result.ok) about.info(`${connector.title} notification sent successfully`);
  return result;
}

interface Place {
  readonly notify: Notify<unknown>;
  readonly call: Call<unknown>;
  readonly address: string | null;
  readonly root: Ref | null;
}

const sendOrReply = ({ notify, call, address, root }: Place, notification: Notification): Promise<Outcome<Ref>> =>
  root === null || notify.reply === undefined ? notify.send(call, address, notification) : notify.reply(call, root, notification);
