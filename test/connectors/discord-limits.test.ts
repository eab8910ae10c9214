import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announcementBody } from '../../src/connectors/discord/announcement.ts';
import { DiscordConfig } from '../../src/connectors/discord/config.ts';
import { digestBody } from '../../src/connectors/discord/digest.ts';
import { messageBody, replyBody } from '../../src/connectors/discord/message.ts';
import { plain } from '../../src/connectors/discord/plain.ts';
import { topicOf } from '../../src/connectors/discord/room-topic.ts';
import { said } from '../../src/domain/said.ts';
import { incidentStatuses, severities } from '../../src/domain/vocabulary.ts';
import { MessageCreate } from './emulators/discord/bodies.ts';
import { known } from './emulators/discord/world.ts';
import { incident, notificationWith } from './notification.ts';

/** People's text of any length, with what means something to Discord. */
const words = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '*',
        '_',
        '`',
        '@everyone',
        '<@123456789012345678>',
        '\n',
        ' ',
        '# ',
        'https://a.example/b_c',
        '😀',
        '[x](https://y.example)',
      ),
    ),
    { maxLength: 60 },
  )
  .chain((parts) => fc.integer({ min: 1, max: 60 }).map((times) => parts.join('').repeat(times)));
const url = fc.oneof(
  fc.webUrl(),
  fc.integer({ min: 0, max: 3_000 }).map((length) => `https://example.com/(${'x'.repeat(length)})`),
);

const notification = fc
  .record({
    title: words,
    description: words,
    service: words,
    team: fc.option(words),
    assignee: fc.option(words),
    note: fc.option(words),
    reason: words,
    comment: fc.option(words),
    ownTitle: fc.option(words),
    ownBody: fc.option(words),
    link: url,
    labels: fc.array(
      fc.record({ label: words, values: fc.integer({ min: 1, max: 9 }), some: fc.array(words, { minLength: 1, maxLength: 3 }) }),
      { maxLength: 20 },
    ),
    severity: fc.constantFrom(...severities),
    status: fc.constantFrom(...incidentStatuses),
    language: fc.constantFrom('en' as const, 'fr' as const),
  })
  .map((one) =>
    notificationWith({
      note: one.note,
      reasons: [said('cause.verbatim', { text: one.reason })],
      comment: one.comment === null ? null : { author: 'ann', text: one.comment },
      wording: { title: one.ownTitle, body: one.ownBody },
      reader: { language: one.language, timeZone: 'UTC' },
      incident: {
        title: one.title,
        description: one.description,
        service: { id: incident.service.id, name: one.service },
        team: one.team,
        assignee: one.assignee,
        severity: one.severity,
        status: one.status,
        alerts: { alerts: 5, firing: 3, name: 'InstanceDown', otherNames: 0, labels: one.labels.map((label) => ({ ...label, alerts: 5 })) },
        links: { ...incident.links, runbook: one.link, source: one.link },
      },
    }),
  );

/** A backslash frees the sign after it, but in an address. */
const readByDiscord = (text: string): string =>
  text.replaceAll(/(https?:\/\/[^\s<>]+)|\\([^0-9A-Za-z\s])/g, (_, address?: string, sign?: string) => address ?? sign ?? '');
/** One may stand between an address and what follows. */
const withoutSpaces = (text: string): string => text.replaceAll(' ', '');

describe('whatever people wrote', () => {
  it('Discord takes the message, the reply, the digest and the announcement', () => {
    fc.assert(
      fc.property(notification, (about) => {
        const { incident: summary, reader, note } = about;
        const bodies = [
          messageBody(about, true),
          messageBody(about, false),
          replyBody(about),
          digestBody({ entries: Array.from({ length: 30 }, () => about), url: summary.url, timestamp: about.timestamp, reader }),
          announcementBody({
            title: summary.title,
            text: summary.description,
            tone: 'bad',
            facts: Array.from({ length: 30 }, () => [summary.service.name, note ?? ''] as const),
            links: Array.from({ length: 30 }, () => ({ title: summary.title, url: summary.links.runbook ?? '' })),
            mentionAll: false,
          }),
        ];
        for (const body of bodies) {
          const { error } = MessageCreate.safeParse(JSON.parse(JSON.stringify(body)));
          expect(error?.issues ?? []).toEqual([]);
          expect(body.allowed_mentions).toEqual({ parse: [] });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is shown as it was, within its limit', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 500 }), (text, limit) => {
        const out = plain(text, limit);
        expect(out.length).toBeLessThanOrEqual(limit);
        const written = withoutSpaces(text.toWellFormed());
        const read = withoutSpaces(readByDiscord(out));
        expect(read === written || (read.endsWith('…') && written.startsWith(read.slice(0, -1)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['**bold** __under__ ~~gone~~ ||hidden|| `code`', '\\*\\*bold\\*\\* \\_\\_under\\_\\_ \\~\\~gone\\~\\~ \\|\\|hidden\\|\\| \\`code\\`'],
    ['# big\n > quoted\n- item', '\\# big\n \\> quoted\n\\- item'],
    ['a # b > c - d', 'a # b > c - d'],
    ['redis_prod_1 _it_', 'redis_prod_1 \\_it\\_'],
    ['<@123456789012345678> @everyone @here ann@example.com', '\\<@123456789012345678> \\@everyone \\@here ann@example.com'],
    ['[click](https://evil.example/a_b)', '\\[click](https://evil.example/a_b)'],
    ['\\*', '\\\\\\*'],
    ['https://a.example/b<@123456789012345678>', 'https://a.example/b \\<@123456789012345678>'],
  ])('%j becomes %j', (text, expected) => {
    expect(plain(text, 500)).toBe(expected);
  });

  it('a topic keeps the mark by which the room is found', () => {
    fc.assert(
      fc.property(words, fc.array(fc.record({ title: words, url }), { maxLength: 20 }), (topic, links) => {
        const mark = `IMAS ${incident.id}`;
        const out = topicOf({ topic, links }, `anything\n${mark}`);
        expect(out.length).toBeLessThanOrEqual(1024);
        expect(out.endsWith(mark)).toBe(true);
      }),
    );
  });
});

describe('a config', () => {
  const webhook_url = 'https://discord.com/api/webhooks/1100000000000000011/abc-DEF_123';
  const bot = { bot_token: 'MTEw.Gu.abc', guild_id: known.guild };
  const problems = (config: object): readonly string[] => {
    const { error } = DiscordConfig.safeParse(config);
    return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
  };

  it.each<[object]>([
    [{ webhook_url }],
    [{ webhook_url: `${webhook_url}?thread_id=${known.alerts}` }],
    [{ webhook_url: webhook_url.replace('/api/', '/api/v10/') }],
    [bot],
    [
      {
        ...bot,
        webhook_url,
        incidents_category_id: known.category,
        default_channel: known.alerts,
        application_id: known.application,
        public_key: 'AB'.repeat(32),
      },
    ],
    [{ webhook_url, guild_id: known.guild }],
  ])('%j is complete', (config) => {
    expect(problems(config)).toEqual([]);
  });

  it.each<[object, string]>([
    [{}, 'webhook_url is needed, or else bot_token and guild_id'],
    [{ guild_id: known.guild }, 'webhook_url is needed, or else bot_token and guild_id'],
    [{ bot_token: 'abc' }, 'guild_id is needed beside bot_token'],
    [{ webhook_url, bot_token: 'abc' }, 'guild_id is needed beside bot_token'],
    [{ webhook_url, default_channel: known.alerts }, 'bot_token is needed for default_channel'],
    [
      { webhook_url: `${webhook_url}/slack` },
      'webhook_url must look like https://discord.com/api/webhooks/<id>/<token>, with no /slack or /github at its end',
    ],
    [
      { webhook_url: 'https://example.com/hook' },
      'webhook_url must look like https://discord.com/api/webhooks/<id>/<token>, with no /slack or /github at its end',
    ],
    [{ webhook_url: 'discord' }, 'webhook_url must be an http or https URL'],
    [{ ...bot, bot_token: 'two words' }, 'bot_token must be one word, as the page Bot of the application shows it'],
    [{ ...bot, guild_id: 'Acme' }, 'guild_id must be the ID of a server, 17 to 20 digits'],
    [{ ...bot, default_channel: '#alerts' }, 'default_channel must be the ID of a channel, 17 to 20 digits'],
    [{ ...bot, incidents_category_id: '1' }, 'incidents_category_id must be the ID of a category, 17 to 20 digits'],
    [{ ...bot, application_id: 'x' }, 'application_id must be the ID of a application, 17 to 20 digits'],
    [{ ...bot, public_key: 'xyz' }, 'public_key must be the application’s public key, 64 hexadecimal digits'],
    [{ ...bot, channel: 'x' }, ' Unrecognized key: "channel"'],
  ])('%j says what is wrong', (config, problem) => {
    expect(problems(config)).toContain(problem);
  });
});
