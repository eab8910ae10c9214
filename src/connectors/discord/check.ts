import { said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import type { Standing } from '../connector.ts';
import { done, type Failure, type Outcome } from '../outcome.ts';
import { checkBot } from './check-bot.ts';
import { botOf, webhookOf, type DiscordConfig } from './config.ts';
import { attempt } from './failure.ts';
import { openApi } from './rest.ts';
import { each, type Lack } from './rights.ts';
import { WebhookShape } from './shapes.ts';
import type { Webhook } from './webhook-url.ts';

/** Reads and changes nothing. Where only one of the two modes works, what the other lacks is what does not. */
export async function check(call: Call<DiscordConfig>): Promise<Outcome<Standing>> {
  const [bot, webhook] = [botOf(call.config), webhookOf(call.config)];
  const outcomes = [...(bot === null ? [] : [await checkBot(call, bot)]), ...(webhook === null ? [] : [await checkWebhook(call, webhook)])];
  const good = outcomes.filter((outcome) => outcome.ok).map(({ value }) => value);
  const bad = outcomes.filter((outcome) => !outcome.ok);
  const [first] = bad;
  if (good.length === 0 && first !== undefined) return first;
  const accounts = good.flatMap(({ account }) => account ?? []);
  return done({
    account: accounts.length === 0 ? null : accounts.join(', '),
    lacking: each([...good.flatMap(({ lacking }) => lacking), ...bad.map(asLack)]),
  });
}

const asLack = ({ reason, cure }: Failure): Lack => ({ reason, cure: cure ?? said('cure.otherSide') });

const checkWebhook = (call: Call<DiscordConfig>, webhook: Webhook): Promise<Outcome<Standing>> =>
  attempt(call, async () => {
    const { rest, routes } = await openApi(call, webhook.api, null);
    const { name } = WebhookShape.parse(await rest.get(routes.webhook(webhook.id, webhook.token), { auth: false }));
    return done({ account: name ?? null, lacking: [] });
  });
