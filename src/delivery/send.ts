import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { attempt } from '../connections/attempt.ts';
import { openProvider, type OpenedProvider, type ProviderDeps } from '../connections/provider.ts';
import { createCall, type Call } from '../connectors/call.ts';
import type { Notify } from '../connectors/connector.ts';
import type { Digest, Notification } from '../connectors/notification.ts';
import { done, failedForGood, type Outcome, type Ref } from '../connectors/outcome.ts';
import { inWordsOf } from '../connectors/wording.ts';
import { said } from '../domain/said.ts';
import { deviceGone, openDevice } from '../people/devices.ts';
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
  /** Where the vendor is asked to send to. */
  readonly to: string | null;
  /** Texts of that which must not be repeated. */
  readonly alsoSecret: readonly string[];
}

/** The provider of a message, ready to send. A test is sent by one that is switched off, too. */
export async function openSender(
  deps: ProviderDeps,
  { providerId, providerType, purpose, address }: Pick<DeliveryFacts, 'providerId' | 'providerType' | 'purpose' | 'address'>,
): Promise<Outcome<Sender>> {
  const opened = await openProvider(deps, providerId, { evenInactive: purpose === 'test' });
  if (!opened.ok) return opened;
  const { notify } = opened.value.connector;
  if (notify === undefined) return failedForGood(said('cause.cannotSend', { type: providerType }));
  if (notify.devices === undefined || address === null) return done({ ...opened.value, notify, to: address, alsoSecret: [] });
  const to = await openDevice({ pool: deps.database.pool, secrets: deps.secrets }, address, providerId);
  if (to === null) return failedForGood(said('cause.deviceGone'), { cure: said('cure.addDevice') });
  return done({ ...opened.value, notify, to, alsoSecret: textsOf(to) });
}

/** Every text in a JSON object. */
const textsOf = (json: string): readonly string[] => {
  const texts: string[] = [];
  JSON.parse(json, (_name, value: unknown) => (typeof value === 'string' ? texts.push(value) : null));
  return texts;
};

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
  { egress, metrics, log, database }: SendDeps,
  { connector, config, notify, to, alsoSecret, templates }: Sender,
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
  const call = createCall(connector, { config, door: egress, actId: deliveryId, maybeDone, alsoSecret, signal });
  const result = await attempt(call, about, () =>
    'notification' in what
      ? sendOrReply({ notify, call, to, root }, inWordsOf(templates, what.notification))
      : (notify.digest?.send(call, to, what.digest) ?? Promise.resolve(failedForGood(said('cause.cannotSend', { type: providerType })))),
  );
  took();
  if (!result.ok && result.addressGone === true && notify.devices !== undefined && address !== null)
    await deviceGone(database.pool, address);
  if (result.ok) about.info(`${connector.title} notification sent successfully`);
  return result;
}

interface Place {
  readonly notify: Notify<unknown>;
  readonly call: Call<unknown>;
  readonly to: string | null;
  readonly root: Ref | null;
}

const sendOrReply = ({ notify, call, to, root }: Place, notification: Notification): Promise<Outcome<Ref>> =>
  root === null || notify.reply === undefined ? notify.send(call, to, notification) : notify.reply(call, root, notification);
