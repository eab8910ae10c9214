import { expect, it } from 'vitest';
import { right } from './emulators/discord/rights.ts';
import type { Trouble } from './emulators/discord/server.ts';
import { known, type World } from './emulators/discord/world.ts';
import { notificationWith } from './notification.ts';
import { botConfig, callWith, connector, discord, outcomeOf, webhookConfig } from './use-discord.ts';

const notify = connector.notify!;
const about = notificationWith();
const invitation = `https://discord.com/oauth2/authorize?client_id=APPLICATION_ID&permissions=268437520&scope=bot`;

it.each<[string, (world: World) => string | null, string, RegExp]>([
  [
    'the token was reset',
    (world) => (Object.assign(world, { token: 'another' }), known.alerts),
    'Discord: “401: Unauthorized” (0).',
    /Copy the bot token again/,
  ],
  [
    'the bot may not see the channel',
    (world) => (
      world.channels.get(known.alerts)!.overwrites.push({ id: known.guild, type: 0, allow: 0n, deny: right.viewChannel }),
      known.alerts
    ),
    'Discord: “Missing Access” (50001).',
    new RegExp(invitation.replaceAll('?', '\\?')),
  ],
  [
    'the bot may not write there',
    (world) => (
      world.channels.get(known.alerts)!.overwrites.push({ id: known.guild, type: 0, allow: 0n, deny: right.sendMessages }),
      known.alerts
    ),
    'Discord: “Missing Permissions” (50013).',
    /Give the bot’s role the permissions/,
  ],
  ['there is no such channel, nor person', (world) => world.newId(), 'Discord: “Unknown Channel” (10003).', /Check the channel’s ID/],
  [
    'the channel is a category',
    () => known.category,
    'Discord: “Cannot send messages in a non-text channel” (50008).',
    /Choose a text channel/,
  ],
  [
    'the person takes no messages',
    (world) => ((world.people.get(known.ann)!.takesMessages = false), known.ann),
    'Discord: “Cannot send messages to this user” (50007).',
    /allow direct messages/,
  ],
  ['the address is none', () => '#alerts', 'This is not the ID of a channel or a person.', /developer mode/],
  ['there is nowhere to send to', () => null, 'There is no channel to send to.', /default_channel or webhook_url/],
])('says what to do when %s', async (_, prepare, reason, cure) => {
  const server = await discord();
  const config = botConfig(server);
  const to = prepare(server.world);
  const outcome = await outcomeOf(notify.send(callWith(config), to, about));
  expect(outcome).toMatchObject({ ok: false, permanent: true, maybeDone: false, reason, cure: expect.stringMatching(cure) });
  expect(server.world.messages).toEqual([]);
  expect(JSON.stringify(outcome)).not.toContain(config.bot_token);
});

it.each<[string, (world: World) => void, string]>([
  ['was deleted', (world) => world.webhooks.clear(), 'Discord: “Unknown Webhook” (10015).'],
  [
    'has another token',
    (world) => void world.webhooks.set(known.webhook, { ...world.webhooks.get(known.webhook)!, token: 'new' }),
    'Discord: “Invalid Webhook Token” (50027).',
  ],
])('says what to do when the webhook %s', async (_, prepare, reason) => {
  const server = await discord();
  prepare(server.world);
  const outcome = await outcomeOf(notify.send(callWith(webhookConfig(server)), null, about));
  expect(outcome).toMatchObject({ permanent: true, reason, cure: expect.stringMatching(/Create one in the channel’s settings/) });
});

it('does not send to somebody’s address by a webhook, which has a place of its own', async () => {
  const server = await discord();
  const outcome = await outcomeOf(notify.send(callWith(webhookConfig(server)), known.ann, about));
  expect(outcome).toMatchObject({ permanent: true, reason: /Only a bot/, cure: 'Enter bot_token and guild_id.' });
  expect(server.requests).toEqual([]);
});

it.each<[string, Trouble, object]>([
  ['asks to wait', { kind: 'limited', seconds: 1.5 }, { maybeDone: false, retryAfterMs: 2_000 }],
  ['asks everybody to wait', { kind: 'limited', seconds: 30, scope: 'global' }, { maybeDone: false, retryAfterMs: 30_000 }],
  ['is broken', { kind: 'status', status: 500 }, { maybeDone: true, reason: 'HTTP 500.' }],
  ['is not there', { kind: 'status', status: 503 }, { maybeDone: false, reason: 'HTTP 503.' }],
  ['breaks off', { kind: 'answersHalf' }, { maybeDone: true }],
  ['answers nonsense', { kind: 'answersNonsense' }, { maybeDone: true, reason: 'Discord’s answer could not be read.' }],
  ['hangs up', { kind: 'drops' }, { maybeDone: true }],
])('tries again when Discord %s', async (_, trouble, expected) => {
  const server = await discord();
  for (const config of [botConfig(server, { default_channel: known.alerts }), webhookConfig(server)]) {
    server.trouble(/^POST/, trouble);
    const outcome = await outcomeOf(notify.send(callWith(config), null, about));
    expect(outcome).toMatchObject({ ok: false, permanent: false, ...expected });
  }
});

it('ends with its time when Discord is silent', async () => {
  const server = await discord();
  server.trouble(/^POST/, { kind: 'hangs' });
  const outcome = await outcomeOf(notify.send(callWith(botConfig(server), { signal: AbortSignal.timeout(300) }), known.alerts, about));
  expect(outcome).toMatchObject({ ok: false, permanent: false, maybeDone: true });
});

it('does not follow a redirect', async () => {
  const server = await discord();
  server.trouble(/^POST/, { kind: 'redirects' });
  const outcome = await outcomeOf(notify.send(callWith(botConfig(server)), known.alerts, about));
  expect(outcome).toMatchObject({ ok: false, permanent: true, reason: expect.stringContaining('redirects') });
});

it('hides the secrets in what Discord quotes, and in its own words', async () => {
  const server = await discord();
  const config = { ...botConfig(server, { default_channel: known.alerts }), ...webhookConfig(server) };
  for (const secret of [config.bot_token!, config.webhook_url!]) {
    server.trouble(/^POST/, { kind: 'refuses', status: 400, code: 50109, message: `not ${secret} again` });
    const outcome = await outcomeOf(notify.send(callWith(config), null, about));
    expect(outcome).toMatchObject({ ok: false, permanent: true, reason: 'Discord: “not ******** again” (50109).' });
  }
});

it.each([20028, 40003, 130000])('tries again after %i, which passes', async (code) => {
  const server = await discord();
  server.trouble(/^POST/, { kind: 'refuses', status: 400, code, message: 'Not now' });
  const outcome = await outcomeOf(notify.send(callWith(botConfig(server)), known.alerts, about));
  expect(outcome).toMatchObject({ permanent: false, maybeDone: false, reason: `Discord: “Not now” (${code}).` });
});
