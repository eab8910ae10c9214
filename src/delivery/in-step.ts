import { attempt } from '../connections/attempt.ts';
import { createCall } from '../connectors/call.ts';
import type { Notification } from '../connectors/notification.ts';
import { done, type Failure, type Outcome } from '../connectors/outcome.ts';
import { inWordsOf } from '../connectors/wording.ts';
import { typeOf, type Registry } from '../connectors/registry.ts';
import { Pacing } from './pacing.ts';
import { openSender, type SendDeps } from './send.ts';
import { findSent, keepShown, type SentMessage } from './sent-before.ts';
import { shownBy } from './shown.ts';

/** Types of provider whose messages can be changed after they were sent. */
export const changeableTypes = (registry: Registry): string[] =>
  registry.notifiers().flatMap((connector) => (connector.notify.update === undefined ? [] : [typeOf(connector)]));

export interface InStep {
  readonly incidentId: string;
  /** What the message would say now. */
  compose(message: SentMessage): Promise<Notification>;
  readonly signal: AbortSignal;
}

/**
 * Changes every message about an incident that shows something else than the incident is now. What a vendor refuses for good is left as it
 * is: the message is gone, or nobody may change it. Answers with what is worth another attempt; nothing is done twice then.
 */
export type KeepMessagesInStep = (what: InStep) => Promise<readonly Failure[]>;

const updateTimeoutMs = 20_000;

/** One a process. */
export function createKeepMessagesInStep(deps: SendDeps): KeepMessagesInStep {
  const { registry, log, egress } = deps;
  const { pool } = deps.database;
  const pacing = new Pacing(pool, log);
  const types = changeableTypes(registry);

  async function change(message: SentMessage, about: Notification, shown: string, givenUp: AbortSignal): Promise<Outcome<null>> {
    const { providerId, address, deliveryId, ref } = message;
    const sender = await openSender(deps, message);
    if (!sender.ok) return sender;
    const { connector, config, notify, to, alsoSecret, templates } = sender.value;
    if (notify.update === undefined) return done(null);
    await pacing.turn({ providerId, address, signal: givenUp }, notify.pace);
    const signal = AbortSignal.any([givenUp, AbortSignal.timeout(updateTimeoutMs)]);
    const call = createCall(connector, { config, door: egress, actId: `${deliveryId}/${shown}`, alsoSecret, signal });
    const result = await attempt(
      call,
      log.child({ deliveryId }),
      async () => (await notify.update?.(call, ref, inWordsOf(templates, about), to)) ?? done(ref),
    );
    return result.ok ? done(null) : result;
  }

  /** Where the vendor shows one message for all of an incident, only the last one is changed. */
  const lastOfEach = (messages: readonly SentMessage[]): readonly SentMessage[] =>
    messages.filter(
      (message, index) =>
        registry.byType(message.providerType)?.notify?.onePerIncident !== true ||
        !messages.slice(index + 1).some((later) => later.providerId === message.providerId && later.address === message.address),
    );

  return async ({ incidentId, compose, signal }) => {
    if (types.length === 0) return [];
    const found = await findSent(pool, incidentId, types);
    const failures = lastOfEach(found).map(async (message): Promise<readonly Failure[]> => {
      const about = await compose(message);
      const shown = shownBy(about);
      if (shown === message.shown) return [];
      const changed = await change(message, about, shown, signal);
      if (!changed.ok && !changed.permanent) return [changed];
      if (!changed.ok) log.warn({ deliveryId: message.deliveryId, reason: changed.reason.code }, 'a message cannot be brought up to date');
      await keepShown(pool, message, shown);
      return [];
    });
    return (await Promise.all(failures)).flat();
  };
}
