import { webPushConnector } from '../src/connectors/web-push/connector.ts';
import { addDevice } from '../src/people/devices.ts';
import { createSecretBox } from '../src/secrets/create-secret-box.ts';
import { startDiscord } from '../test/connectors/emulators/discord/server.ts';
import { known, webhookToken } from '../test/connectors/emulators/discord/world.ts';
import { ntfy } from '../test/connectors/emulators/ntfy/ntfy-server.ts';
import { newServer } from '../test/connectors/emulators/ntfy/state.ts';
import { newPushService, pushService, subscribe } from '../test/connectors/emulators/push/push-service.ts';
import { startSlack } from '../test/connectors/emulators/slack/server.ts';
import { startVendorServer } from '../test/connectors/emulators/vendor-server.ts';
import { secretKey, type Installation } from './installation.ts';
import { startSmtpServer } from './smtp-server.ts';

/** One provider, those who are told by it, and how many of its messages have been taken. */
export interface FanoutSystem {
  readonly name: string;
  readonly people: number;
  taken(): number;
}

export interface FanoutSystems {
  readonly systems: readonly FanoutSystem[];
  readonly userIds: readonly string[];
  stop(): Promise<void>;
}

/** So many that each vendor's own limit lets them go within a second or two: a webhook of Discord takes five in two seconds. */
const people = { Slack: 14, Discord: 4, Mail: 9, 'Mail 2': 5, ntfy: 6, Webhook: 4, 'Web push': 8 } as const;

/** Fifty people over seven providers; `hanging` is an eighth that never answers, and comes first for five of them. */
export async function addFanout({ seed, pool }: Installation, { hanging }: { readonly hanging: boolean }): Promise<FanoutSystems> {
  const topics = newServer();
  const pushed = newPushService();
  let pushUrl = '';
  let [mails, mails2, calls] = [0, 0, 0];
  const [slack, discord, smtp, smtp2, ntfyServer, webhook, push, silent] = await Promise.all([
    startSlack(),
    startDiscord(),
    startSmtpServer(() => (mails += 1)),
    startSmtpServer(() => (mails2 += 1)),
    startVendorServer(ntfy(topics)),
    startVendorServer(() => {
      calls += 1;
      return { status: 204 };
    }),
    startVendorServer(pushService(pushed, () => pushUrl)),
    startVendorServer(() => ({ status: 204 })),
  ]);
  pushUrl = push.url;
  const provider = (name: string, type: string, config: object) => seed.provider({ name, type, config, everyIncident: false });
  const keys = await webPushConnector.complete?.({ contact: 'ops@example.com' });
  const mailAt = (port: number) => ({ host: '127.0.0.1', port, use_tls: false, from_email: 'imas@example.com' });
  const ids = {
    Slack: await provider('Slack', 'SLACK', { bot_token: slack.tokens.bot, signing_secret: slack.signingSecret, api_url: slack.apiUrl }),
    Discord: await provider('Discord', 'DISCORD', { webhook_url: discord.webhookUrl(known.webhook, webhookToken) }),
    Mail: await provider('Mail', 'SMTP', mailAt(smtp.port)),
    'Mail 2': await provider('Mail 2', 'SMTP', mailAt(smtp2.port)),
    ntfy: await provider('ntfy', 'NTFY', { server_url: ntfyServer.url, default_topic: 'all' }),
    Webhook: await provider('Webhook', 'WEBHOOK', { url: `${webhook.url}/page` }),
    'Web push': await provider('Web push', 'WEB_PUSH', keys ?? {}),
  };
  const hangingId = hanging ? await provider('Silent', 'WEBHOOK', { url: `${silent.url}/page` }) : null;
  // It takes the request, and says nothing.
  for (let n = 0; n < 1_000; n++) silent.spoil({ on: () => true, how: 'hangs' });

  const secrets = createSecretBox({ key: secretKey, oldKeys: [] });
  const userIds: string[] = [];
  const directs: string[] = [];
  for (const [name, count] of Object.entries(people)) {
    for (let n = 0; n < count; n++) {
      const person = `${name.toLowerCase().replaceAll(' ', '-')}-${n}`;
      const email = `${person}@example.com`;
      const addresses: Record<string, string | null> = { Mail: email, 'Mail 2': email, ntfy: person, Slack: email };
      const own = { provider_id: ids[name as keyof typeof ids], address: addresses[name] ?? null, severities: [] };
      const first = hangingId !== null && n === 0 ? [{ provider_id: hangingId, address: null, severities: [] }] : [];
      const userId = await seed.user({ username: person, contactMethods: name === 'Web push' ? first : [...first, own] });
      userIds.push(userId);
      if (name === 'Slack') directs.push(slack.workspace.member(person, email).id);
      if (name === 'Web push') {
        const { subscription } = subscribe(pushed, push.url, String(keys?.['public_key'])).browser;
        const device = {
          userId,
          providerId: ids['Web push'],
          name: 'Phone',
          reachedBy: JSON.stringify(subscription),
          identity: subscription.endpoint,
        };
        await addDevice({ pool, secrets }, device);
      }
    }
  }
  const taken: Record<string, () => number> = {
    Slack: () => directs.reduce((sum, id) => sum + slack.workspace.direct(id).messages.length, 0),
    Discord: () => discord.world.messages.length,
    Mail: () => mails,
    'Mail 2': () => mails2,
    ntfy: () => topics.messages.length,
    Webhook: () => calls,
    'Web push': () => pushed.subscribers.reduce((sum, { arrived }) => sum + arrived.length, 0),
  };
  return {
    systems: Object.entries(people).map(([name, count]) => ({ name, people: count, taken: taken[name] as () => number })),
    userIds,
    async stop() {
      await Promise.all([slack, discord, ntfyServer, webhook, push, silent].map((server) => server.close()));
      for (const { server } of [smtp, smtp2]) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
