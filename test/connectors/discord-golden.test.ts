import { describe, expect, it } from 'vitest';
import type { Digest, Notification } from '../../src/connectors/notification.ts';
import { said } from '../../src/domain/said.ts';
import { severities, type IncidentEvent, type Severity } from '../../src/domain/vocabulary.ts';
import { known, type Message } from './emulators/discord/world.ts';
import { incident, notificationWith, type Changes } from './notification.ts';
import { botConfig, callWith, connector, discord, valueOf, webhookConfig } from './use-discord.ts';

/** What each event looks like in a channel. `npx vitest -u` writes the files anew: read what changed. */
const events: Readonly<Record<IncidentEvent, Changes>> = {
  'incident.created': {},
  'incident.acknowledged': {
    occasion: said('message.occasion.acknowledged', { who: 'Ann' }),
    incident: { status: 'ACKNOWLEDGED', assignee: 'Ann' },
  },
  'incident.escalated': { occasion: said('message.occasion.escalated') },
  'incident.resolved': { occasion: said('message.occasion.resolved'), incident: { status: 'RESOLVED', assignee: 'Ann' } },
  'comment.added': {
    occasion: said('message.occasion.comment'),
    comment: { author: 'Ann', text: 'It is the disk: <@1> *full* since 09:58' },
  },
};
const languages = ['en', 'fr'] as const;
type Language = (typeof languages)[number];

const alerts = {
  alerts: 3,
  firing: 2,
  name: 'InstanceDown',
  otherNames: 0,
  labels: [
    { label: 'cluster', values: 1, some: ['eu-1'], alerts: 3 },
    { label: 'instance', values: 3, some: ['redis-0', 'redis-1', 'redis-2'], alerts: 3 },
  ],
};

function notificationOf(severity: Severity, event: IncidentEvent, language: Language): Notification {
  const changes = events[event];
  return notificationWith({
    ...changes,
    event,
    note: 'Failover: page 7',
    reader: { language, timeZone: 'UTC' },
    incident: { ...changes.incident, severity },
  });
}

const each = (language: Language) =>
  severities.flatMap((severity) => Object.keys(events).map((event) => ({ severity, event: event as IncidentEvent, language })));

const shown = ({ content, embeds, components }: Message) => ({ content, embeds, components });
/** A line for each. */
const file = (messages: ReadonlyMap<string, unknown>): string =>
  `{\n${[...messages].map(([name, message]) => `${JSON.stringify(name)}: ${JSON.stringify(message)}`).join(',\n')}\n}\n`;
const golden = (name: string): string => `./golden/discord/${name}.json`;

describe.each(languages)('in %s', (language) => {
  it.each(['bot', 'webhook', 'reply'] as const)('%s', async (kind) => {
    const server = await discord();
    const config = kind === 'webhook' ? webhookConfig(server) : botConfig(server);
    const to = kind === 'webhook' ? null : known.alerts;
    const messages = new Map<string, unknown>();
    const first = kind === 'reply' ? await valueOf(connector.notify!.send(callWith(config), to, notificationWith())) : null;
    for (const one of each(language)) {
      const name = `${one.severity} ${one.event}`;
      const about = notificationOf(one.severity, one.event, language);
      const call = callWith(config, { actId: name });
      await valueOf(first === null ? connector.notify!.send(call, to, about) : connector.notify!.reply!(call, first, about));
      messages.set(name, shown(server.world.messages.at(-1)!));
    }
    await expect(file(messages)).toMatchFileSnapshot(golden(`${kind}.${language}`));
  });

  it('a digest, an announcement, many alerts', async () => {
    const server = await discord();
    const messages = new Map<string, unknown>();
    const last = (name: string) => messages.set(name, shown(server.world.messages.at(-1)!));
    const reader = { language, timeZone: 'UTC' };
    const digest: Digest = {
      entries: severities.map((severity, n) => ({
        purpose: n < 3 ? ('page' as const) : ('notice' as const),
        event: 'incident.created' as const,
        occasion: said('message.occasion.new'),
        incident: { ...incident, severity, title: `Trouble [${n}]` },
      })),
      url: 'https://imas.example.com/dashboard/incidents/',
      timestamp: '2026-11-21T10:02:05.000Z',
      reader,
    };
    const call = (actId: string) => callWith(botConfig(server, { default_channel: known.alerts }), { actId });
    await valueOf(connector.notify!.digest!.send(call('digest'), null, digest));
    last('digest');
    for (const tone of ['bad', 'good', 'plain'] as const) {
      const links = [{ title: 'Check', url: 'https://imas.example.com/checks/1' }];
      const facts = [
        ['URL', 'https://api.example.com/health'],
        ['Code', '503'],
      ] as const;
      const what = { title: 'api is down', text: 'No answer for 20 s.', tone, facts, links, mentionAll: tone === 'bad' };
      await valueOf(connector.notify!.announce!(call(tone), null, what));
      last(`announcement ${tone}`);
    }
    await valueOf(connector.notify!.send(call('many'), null, notificationWith({ reader, incident: { alerts } })));
    last('many alerts');
    await expect(file(messages)).toMatchFileSnapshot(golden(`more.${language}`));
  });
});
