import { createHash } from 'node:crypto';
import { z } from 'zod';
import { said } from '../../domain/said.ts';
import { smsSize } from '../../domain/sms-parts.ts';
import type { Call } from '../call.ts';
import type { HttpAnswer } from '../http.ts';
import { done, failedForGood, failedForNow, type Outcome, type Ref } from '../outcome.ts';
import { callOvh } from './api.ts';
import type { OvhClock } from './clock.ts';
import { senderOf, type OvhSmsConfig } from './config.ts';
import { failureFor, isLinkRefused } from './failure.ts';
import { findSent } from './find-sent.ts';
import { readPhoneNumber } from './phone-number.ts';
import { readJson } from '../read-json.ts';
import type { SmsLook } from './text.ts';

/** What OVH keeps of a message so that it can be found again, the same for every attempt at an act. How long it may be is not documented. */
export const tagOf = (actId: string): string => `imas${createHash('sha256').update(actId).digest('hex').slice(0, 16)}`;

export async function sendSms(
  call: Call<OvhSmsConfig>,
  clock: OvhClock,
  to: string | null,
  write: (look: SmsLook) => string,
): Promise<Outcome<Ref>> {
  if (to === null) return failedForGood(said('cause.noPhoneNumber'), { cure: said('cure.address') });
  const receiver = readPhoneNumber(to);
  if (receiver === null) return failedForGood(said('cause.badPhoneNumber'), { cure: said('cure.phoneNumber') });
  const { emoji } = call.config;
  const texts = [write({ emoji, links: true }), write({ emoji, links: false })] as const;
  const tag = tagOf(call.actId);
  const earlier = call.maybeDone ? await findSent(call, clock, { tag, receiver, texts }) : null;
  if (earlier !== null) return done(earlier);
  const answer = await post(call, clock, { receiver, tag, message: texts[0] });
  // Whom a page reaches without its link can still act; whom it does not reach cannot.
  const isBare = isLinkRefused(answer) && senderOf(call.config) === null;
  const last = isBare ? await post(call, clock, { receiver, tag, message: texts[1] }) : answer;
  return outcomeOf(last, call, isBare);
}

interface Sms {
  readonly receiver: string;
  readonly tag: string;
  readonly message: string;
}

/** `POST /sms/{serviceName}/jobs`: its fields and their values are those of eu.api.ovh.com/1.0/sms.json. */
function post(call: Call<OvhSmsConfig>, clock: OvhClock, { receiver, tag, message }: Sms): Promise<HttpAnswer> {
  const { config } = call;
  const sender = senderOf(config);
  return callOvh(call, clock, {
    method: 'POST',
    path: `/sms/${encodeURIComponent(config.service_name)}/jobs`,
    body: {
      message,
      receivers: [receiver],
      // "8bit" is Unicode: docs.ovh.com, http2sms, smsCoding.
      coding: smsSize(message).coding === 'GSM-7' ? '7bit' : '8bit',
      charset: 'UTF-8',
      priority: 'high',
      noStopClause: config.no_stop,
      tag,
      ...(sender === null ? { senderForResponse: true } : { sender }),
    },
  });
}

/** sms.SmsSendingReport. */
const Report = z.object({
  ids: z.array(z.number()),
  invalidReceivers: z.array(z.string()),
  totalCreditsRemoved: z.number().optional(),
});

function outcomeOf(answer: HttpAnswer, { http }: Call<OvhSmsConfig>, isBare: boolean): Outcome<Ref> {
  if (answer.status !== 200) return failureFor(answer, http, { sends: true });
  const report = Report.safeParse(readJson(answer.body)).data;
  if (report === undefined) return failedForNow(said('cause.unreadable'), { maybeDone: true });
  const [id] = report.ids;
  if (report.invalidReceivers.length > 0 || id === undefined)
    return failedForGood(said('cause.ovh.receiver'), { cure: said('cure.phoneNumber') });
  const credits = report.totalCreditsRemoved === undefined ? '' : `, credits ${report.totalCreditsRemoved}`;
  return done({ id: String(id), url: null, receipt: `job ${id}${credits}${isBare ? ', without its link: no sender' : ''}` });
}
