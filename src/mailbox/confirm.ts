import type { OpenReply } from '../answers/reply-address.ts';
import { attempt } from '../connections/attempt.ts';
import { createCall } from '../connectors/call.ts';
import type { Announcement } from '../connectors/notification.ts';
import { failedForGood } from '../connectors/outcome.ts';
import { beginAttempt, endAttempt } from '../delivery/ledger.ts';
import { openSender, type SendDeps } from '../delivery/send.ts';
import { said, type Said } from '../domain/said.ts';
import { incidentUrl } from '../incidents/incident-now.ts';
import { words } from '../texts/languages.ts';
import type { ReadMail } from './read-mail.ts';

export type ConfirmDeps = SendDeps;

export interface Confirmation {
  /** Of the mail: names the confirmation in the ledger, so that it is sent once. */
  readonly id: string;
  /** Who passed every check. */
  readonly to: string;
  readonly mail: Pick<ReadMail, 'messageId' | 'references'>;
  readonly reply: OpenReply;
  readonly what: Said;
}

/** A mail that is sent for nobody's sleep is tried once, and not for long. */
const sendTimeoutMs = 15_000;

/** Answers a mail with what came of it, in its thread, by the provider that the mail before it went by. Whatever goes wrong is logged: the act itself is done. */
export async function confirm(deps: ConfirmDeps, confirmation: Confirmation): Promise<void> {
  const { id, to, reply } = confirmation;
  const { provider, incident, user } = reply;
  const log = deps.log.child({ incidentId: incident.id, providerId: provider?.id });
  if (provider === null) return log.warn('an answer by mail was not confirmed: its provider is gone');
  const { pool } = deps.database;
  const facts = {
    deliveryId: `confirm/${id}`,
    incidentId: incident.id,
    providerId: provider.id,
    providerType: provider.type,
    userId: user.id,
    address: to,
    purpose: 'confirmation',
  };
  const begun = await beginAttempt(pool, facts);
  if (begun.may !== 'send') return;
  const result = await send(deps, confirmation, { ...facts, maybeDone: begun.earlierUnknown });
  const state = !result.ok && result.maybeDone ? 'unknown' : 'failed';
  await endAttempt(
    pool,
    facts.deliveryId,
    begun.attempt,
    result.ok ? { state: 'sent', ref: result.value } : { state, failure: result, retryInMs: null },
  );
  if (!result.ok) log.warn({ reason: result.reason.code }, 'an answer by mail could not be confirmed');
}

type Facts = Parameters<typeof beginAttempt>[1] & { readonly maybeDone: boolean };

async function send(deps: ConfirmDeps, confirmation: Confirmation, { deliveryId, maybeDone, ...facts }: Facts) {
  const sender = await openSender(deps, facts);
  if (!sender.ok) return sender;
  const { connector, config, notify, to } = sender.value;
  if (notify.announce === undefined) return failedForGood(said('cause.cannotSend', { type: facts.providerType }));
  const { announce } = notify;
  const signal = AbortSignal.timeout(sendTimeoutMs);
  const call = createCall(connector, { config, door: deps.egress, actId: deliveryId, maybeDone, signal });
  return attempt(call, deps.log, () => announce(call, to, announcementOf(confirmation, deps.config.baseUrl)));
}

function announcementOf({ mail, reply: { incident, reader }, what }: Confirmation, baseUrl: string): Announcement {
  return {
    title: words(said('answer.mail.title', { incident: incident.shortId, title: incident.title }), reader.language),
    text: words(what, reader.language),
    tone: 'plain',
    facts: [],
    links: [{ title: words(said('message.invite.view'), reader.language), url: incidentUrl(baseUrl, incident.shortId) }],
    mentionAll: false,
    inReplyTo: mail,
  };
}
