import { z } from 'zod';
import { said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import type { Standing } from '../connector.ts';
import { done, failedForNow, type Outcome } from '../outcome.ts';
import { callOvh } from './api.ts';
import type { OvhClock } from './clock.ts';
import { senderOf, type OvhSmsConfig } from './config.ts';
import { failureFor, isNotGranted } from './failure.ts';
import { readJson } from '../read-json.ts';

/** Pages of an evening with several people on call. */
const fewCredits = 50;

/** sms.Account, sms.Sender (eu.api.ovh.com/1.0/sms.json). */
const Account = z.object({
  creditsLeft: z.number().nullish(),
  status: z.string().nullish(),
  automaticRecreditAmount: z.number().nullish(),
  creditThresholdForAutomaticRecredit: z.number().nullish(),
});
const Sender = z.object({ status: z.string() });

type Lack = Standing['lacking'][number];

/** A token that may only send is as good as any: what cannot be read is not complained about. */
export async function checkAccount(call: Call<OvhSmsConfig>, clock: OvhClock): Promise<Outcome<Standing>> {
  const { service_name: name } = call.config;
  const answer = await callOvh(call, clock, { method: 'GET', path: `/sms/${encodeURIComponent(name)}` });
  if (isNotGranted(answer)) return done({ account: name, lacking: [] });
  if (answer.status !== 200) return failureFor(answer, call.http, { sends: false });
  const account = Account.safeParse(readJson(answer.body)).data;
  if (account === undefined) return failedForNow(said('cause.unreadable'));
  return done({ account: name, lacking: [...lackingOf(account), ...(await lackingOfSender(call, clock))] });
}

function lackingOf(account: z.infer<typeof Account>): readonly Lack[] {
  const { creditsLeft, status } = account;
  const refills = (account.automaticRecreditAmount ?? 0) > 0 && (account.creditThresholdForAutomaticRecredit ?? 0) > 0;
  return [
    ...(status === 'disable' ? [{ reason: said('cause.ovh.disabled'), cure: said('cure.ovh.expired') }] : []),
    ...(creditsLeft == null || creditsLeft >= fewCredits || (refills && creditsLeft > 0)
      ? []
      : [
          {
            reason: creditsLeft > 0 ? said('cause.ovh.fewCredits', { credits: creditsLeft }) : said('cause.ovh.noCredits'),
            cure: said('cure.ovh.credits'),
          },
        ]),
  ];
}

/** "An alphanumeric sender pending validation will not allow sending" (OVHcloud SMS FAQ, "not being delivered"). */
async function lackingOfSender(call: Call<OvhSmsConfig>, clock: OvhClock): Promise<readonly Lack[]> {
  const sender = senderOf(call.config);
  if (sender === null) return [{ reason: said('cause.ovh.noSender'), cure: said('cure.ovh.sender') }];
  const path = `/sms/${encodeURIComponent(call.config.service_name)}/senders/${encodeURIComponent(sender)}`;
  const answer = await callOvh(call, clock, { method: 'GET', path });
  const state = answer.status === 200 ? Sender.safeParse(readJson(answer.body)).data?.status : answer.status === 404 ? 'unknown' : 'enable';
  if (state === undefined || state === 'enable') return [];
  return [{ reason: said('cause.ovh.senderNotReady', { sender, state }), cure: said('cure.ovh.sender') }];
}
