import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/connectors/notification.ts';
import { said } from '../../src/domain/said.ts';
import { right } from './emulators/discord/rights.ts';
import { known, newChannel, webhookToken, type World } from './emulators/discord/world.ts';
import { notificationWith } from './notification.ts';
import { botConfig, callWith, connector, discord, outcomeOf, valueOf, webhookConfig } from './use-discord.ts';

const notify = connector.notify!;
const about = notificationWith();

const buttonsOf = (world: World, n = 0) =>
  (world.messages[n]!.components as { components: { label: string; custom_id?: string; url?: string }[] }[]).flatMap(({ components }) =>
    components.map(({ label, custom_id, url }) => [label, custom_id ?? url]),
  );

describe('a message by the bot', () => {
  it('goes to the default channel, with the buttons of what can be done', async () => {
    const server = await discord();
    const { world } = server;
    const ref = await valueOf(notify.send(callWith(botConfig(server, { default_channel: known.alerts })), null, about));
    const [message, ...more] = world.messages;
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      channelId: known.alerts,
      authorId: known.bot,
      content: 'New incident: 🔴 SEV1 Critical: Redis is down · redis-prod',
      pinged: [],
    });
    expect(ref).toEqual({
      id: `${known.alerts}/${message!.id}`,
      url: `https://discord.com/channels/${known.guild}/${known.alerts}/${message!.id}`,
      receipt: `message ${message!.id}`,
    });
    expect(message!.embeds).toMatchObject([
      {
        color: 0xdc3545,
        title: '🔴 Redis is down',
        url: about.incident.url,
        description: 'No replica answers since 10:02.',
        fields: expect.arrayContaining([
          { name: 'Severity', value: '🔴 SEV1 Critical', inline: true },
          { name: 'Service', value: 'redis-prod', inline: true },
          { name: 'Status', value: 'Triggered', inline: true },
        ]),
      },
    ]);
    expect(buttonsOf(world)).toEqual([
      ['Acknowledge', `acknowledge:${about.incident.id}`],
      ['Resolve', `resolve:${about.incident.id}`],
      ['Escalate', `escalate:${about.incident.id}`],
      ['Assign to me', `assign:${about.incident.id}`],
      ['View Incident', about.incident.url],
    ]);
  });

  it.each([
    ['ACKNOWLEDGED', ['Resolve', 'Escalate', 'Assign to me', 'View Incident']],
    ['RESOLVED', ['View Incident']],
  ] as const)('offers what can be done with one that is %s', async (status, labels) => {
    const server = await discord();
    await valueOf(notify.send(callWith(botConfig(server)), known.alerts, notificationWith({ incident: { status } })));
    expect(buttonsOf(server.world).map(([label]) => label)).toEqual(labels);
  });

  it('offers nothing to do in a test', async () => {
    const server = await discord();
    await valueOf(notify.send(callWith(botConfig(server)), known.alerts, notificationWith({ purpose: 'test' })));
    expect(buttonsOf(server.world).map(([label]) => label)).toEqual(['View Incident']);
  });

  it.each([`<#${known.alerts}>`, known.alerts])('reaches the channel %s', async (to) => {
    const server = await discord();
    await valueOf(notify.send(callWith(botConfig(server)), to, about));
    expect(server.world.messages.map(({ channelId }) => channelId)).toEqual([known.alerts]);
  });

  it.each([`<@${known.ann}>`, known.ann])('reaches the person %s', async (to) => {
    const server = await discord();
    const { world } = server;
    const ref = await valueOf(notify.send(callWith(botConfig(server)), to, about));
    expect(world.messages.map(({ channelId }) => world.channels.get(channelId)!.recipient)).toEqual([known.ann]);
    expect(ref.url).toMatch(/^https:\/\/discord\.com\/channels\/@me\/\d+\/\d+$/);
  });

  it('is sent once, however often it is tried', async () => {
    const server = await discord();
    server.trouble(/^POST .*messages$/, { kind: 'answersHalf' });
    const send = () => outcomeOf(notify.send(callWith(botConfig(server)), known.alerts, about));
    expect(await send()).toMatchObject({ ok: false, permanent: false, maybeDone: true });
    const [second, third] = [await send(), await send()];
    expect(second).toEqual(third);
    expect(second).toMatchObject({ ok: true });
    expect(server.world.messages).toHaveLength(1);
    await valueOf(notify.send(callWith(botConfig(server), { actId: 'another act' }), known.alerts, about));
    expect(server.world.messages).toHaveLength(2);
  });

  it('mentions nobody, and shows as it is what people wrote', async () => {
    const server = await discord();
    const title = `@everyone <@${known.ann}> **down** [x](https://evil.example) redis_prod_1`;
    await valueOf(notify.send(callWith(botConfig(server)), known.alerts, notificationWith({ incident: { title, description: title } })));
    const [{ pinged, content, embeds }] = server.world.messages as [World['messages'][number]];
    expect(pinged).toEqual([]);
    expect(content).toContain(`\\@everyone \\<@${known.ann}> \\*\\*down\\*\\* \\[x](https://evil.example) redis_prod_1`);
    expect(JSON.stringify(embeds)).not.toMatch(/[^\\]\*\*/);
  });

  it('arrives without its details where the bot may not embed', async () => {
    const server = await discord();
    const everybody = server.world.roles.get(known.guild)!;
    everybody.permissions &= ~right.embedLinks;
    const ref = await valueOf(notify.send(callWith(botConfig(server)), known.alerts, about));
    expect(server.world.messages).toMatchObject([{ content: expect.stringContaining('Redis is down · redis-prod'), embeds: [] }]);
    await valueOf(notify.reply!(callWith(botConfig(server), { actId: 'act-2' }), ref, about));
    expect(server.world.messages).toHaveLength(2);
  });

  it('has the service’s note, and the provider’s own words in the place of ours', async () => {
    const server = await discord();
    const own = notificationWith({ note: 'Failover: *runbook 7*', wording: { title: 'Call the DPO', body: 'Personal data is at risk.' } });
    await valueOf(notify.send(callWith(botConfig(server)), known.alerts, own));
    expect(server.world.messages).toMatchObject([
      {
        content: 'New incident: Call the DPO',
        embeds: [
          {
            title: 'Call the DPO',
            description: 'Personal data is at risk.',
            fields: expect.arrayContaining([{ name: 'Note', value: 'Failover: \\*runbook 7\\*', inline: false }]),
          },
        ],
      },
    ]);
  });
});

describe('a message by the webhook', () => {
  it('has links alone, and says who wrote it', async () => {
    const server = await discord();
    const answers = [{ act: 'acknowledge' as const, url: 'https://imas.example.com/a/abc' }];
    const ref = await valueOf(notify.send(callWith(webhookConfig(server)), null, notificationWith({ answers })));
    const [message] = server.world.messages;
    expect(message).toMatchObject({ channelId: known.alerts, webhookId: known.webhook });
    expect(ref).toMatchObject({ id: `webhook/${known.webhook}/${message!.id}`, url: null });
    expect(buttonsOf(server.world)).toEqual([
      ['Acknowledge', 'https://imas.example.com/a/abc'],
      ['View Incident', about.incident.url],
    ]);
  });

  it('goes to a thread, and links to it where the server is known', async () => {
    const server = await discord();
    const thread = newChannel({ id: server.world.newId(), type: 11, name: 'incidents', parentId: known.alerts });
    server.world.channels.set(thread.id, thread);
    const url = `${server.webhookUrl(known.webhook, webhookToken)}?thread_id=${thread.id}`;
    const ref = await valueOf(notify.send(callWith({ webhook_url: url, guild_id: known.guild }), null, about));
    expect(server.world.messages.map(({ channelId }) => channelId)).toEqual([thread.id]);
    expect(ref.url).toBe(`https://discord.com/channels/${known.guild}/${thread.id}/${server.world.messages[0]!.id}`);
    await valueOf(notify.update!(callWith({ webhook_url: url }), ref, notificationWith({ incident: { status: 'RESOLVED' } })));
    expect(server.world.messages).toMatchObject([{ isEdited: true }]);
  });

  it('is what has no address, where there is no default channel', async () => {
    const server = await discord();
    const both = { ...botConfig(server), ...webhookConfig(server) };
    await valueOf(notify.send(callWith(both), null, about));
    await valueOf(notify.send(callWith({ ...both, default_channel: known.alerts }), null, about));
    expect(server.world.messages.map(({ webhookId }) => webhookId)).toEqual([known.webhook, null]);
    expect(
      [both, { ...both, default_channel: known.alerts }, botConfig(server), webhookConfig(server)].map((config) =>
        notify.dropsDoubles(callWith(config).config),
      ),
    ).toEqual([false, true, true, false]);
  });
});

describe('what was sent', () => {
  it.each(['bot', 'webhook'] as const)('is changed in place by the %s', async (by) => {
    const server = await discord();
    const config = by === 'bot' ? botConfig(server, { default_channel: known.alerts }) : webhookConfig(server);
    const sent = await valueOf(notify.send(callWith(config), null, about));
    const changed = notificationWith({
      event: 'incident.resolved',
      occasion: said('message.occasion.resolved'),
      incident: { status: 'RESOLVED' },
    });
    const update = () => valueOf(notify.update!(callWith(config, { actId: 'act-2' }), sent, changed));
    expect(await update()).toMatchObject({ id: sent.id, url: sent.url });
    await update();
    expect(server.world.messages).toMatchObject([
      {
        content: expect.stringMatching(/^Resolved: /),
        embeds: [{ fields: expect.arrayContaining([{ name: 'Status', value: 'Resolved', inline: true }]) }],
        pinged: [],
      },
    ]);
    expect(buttonsOf(server.world).map(([label]) => label)).toEqual(['View Incident']);
  });

  it.each(['bot', 'webhook'] as const)('gets what is new below it by the %s, once', async (by) => {
    const server = await discord();
    const config = by === 'bot' ? botConfig(server, { default_channel: known.alerts }) : webhookConfig(server);
    const sent = await valueOf(notify.send(callWith(config), null, about));
    const comment = notificationWith({
      event: 'comment.added',
      occasion: said('message.occasion.comment'),
      comment: { author: 'ann', text: 'It is the disk.' },
    });
    await valueOf(notify.reply!(callWith(config, { actId: 'act-2' }), sent, comment));
    if (by === 'bot') await valueOf(notify.reply!(callWith(config, { actId: 'act-2' }), sent, comment));
    expect(server.world.messages).toHaveLength(2);
    expect(server.world.messages[1]).toMatchObject({
      content: `New comment · [INC-ABC123](<${about.incident.url}>)\nann: It is the disk.`,
      replyTo: by === 'bot' ? server.world.messages[0]!.id : null,
      pinged: [],
    });
  });

  it('gets it by itself where the bot may not read what was written', async () => {
    const server = await discord();
    const sent = await valueOf(notify.send(callWith(botConfig(server)), known.alerts, about));
    server.world.roles.get(known.guild)!.permissions &= ~right.readHistory;
    await valueOf(notify.reply!(callWith(botConfig(server), { actId: 'act-2' }), sent, about));
    expect(server.world.messages.map(({ replyTo }) => replyTo)).toEqual([null, null]);
  });

  it('is left alone when a person deleted it, or another webhook wrote it', async () => {
    const server = await discord();
    const update = (config: ReturnType<typeof botConfig>, id: string) =>
      outcomeOf(notify.update!(callWith(config), { id, url: null, receipt: null }, about));
    expect(await update(botConfig(server), `${known.alerts}/${server.world.newId()}`)).toMatchObject({
      permanent: true,
      reason: 'Discord: “Unknown Message” (10008).',
    });
    expect(await update(webhookConfig(server), `webhook/${known.stranger}/1`)).toMatchObject({
      permanent: true,
      reason: /another webhook/,
    });
    expect(server.requests.filter(({ line }) => line.startsWith('PATCH'))).toHaveLength(1);
  });
});

const digest: Digest = {
  entries: Array.from({ length: 200 }, (_, n) => ({
    purpose: 'page',
    event: 'incident.created',
    occasion: said('message.occasion.new'),
    incident: { ...about.incident, id: `incident-${n}`, title: `Trouble ${n} ${'*'.repeat(300)} @everyone` },
  })),
  url: 'https://imas.example.com/dashboard/incidents/',
  timestamp: '2026-11-21T10:02:05.000Z',
  reader: { language: 'en', timeZone: 'UTC' },
};

describe.each(['bot', 'webhook'] as const)('by the %s', (by) => {
  it('a digest of 200 names the first, and says how many there are beside', async () => {
    const server = await discord();
    const config = by === 'bot' ? botConfig(server, { default_channel: known.alerts }) : webhookConfig(server);
    expect(notify.digest!.may(callWith(config).config)).toBe(true);
    await valueOf(notify.digest!.send(callWith(config), null, digest));
    const [{ content, embeds, pinged }] = server.world.messages as [World['messages'][number]];
    const [{ description }] = embeds as [{ description: string }];
    expect(content).toMatch(/^SEV1 Critical · Trouble 0 .*/);
    expect(description).toContain('[Trouble 0');
    expect(description).toMatch(/and \d+ more$/);
    expect(pinged).toEqual([]);
  });

  it('an announcement mentions everybody where it asks for it, and nobody else', async () => {
    const server = await discord();
    const config = by === 'bot' ? botConfig(server, { default_channel: known.alerts }) : webhookConfig(server);
    const outage = {
      title: 'api is down',
      text: 'No answer for 20 s. @everyone',
      tone: 'bad' as const,
      facts: [
        ['URL', 'https://api.example.com'],
        ['Code', ''],
      ] as const,
      links: [{ title: 'Check', url: 'https://imas.example.com/checks/1' }],
    };
    await valueOf(notify.announce!(callWith(config), null, { ...outage, mentionAll: true }));
    await valueOf(notify.announce!(callWith(config, { actId: 'act-2' }), null, { ...outage, mentionAll: false, tone: 'good' }));
    expect(server.world.messages).toMatchObject([
      {
        content: '@everyone api is down',
        pinged: ['everyone'],
        embeds: [{ color: 0xdc3545, fields: [{ name: 'URL' }, { name: 'Code', value: '—' }] }],
      },
      { content: 'api is down', pinged: [], embeds: [{ color: 0x198754 }] },
    ]);
    expect(buttonsOf(server.world)).toEqual([['Check', 'https://imas.example.com/checks/1']]);
  });
});
