import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announcementMessage } from '../../src/connectors/slack/announcement.ts';
import type { SlackMessage } from '../../src/connectors/slack/block-kit.ts';
import { digestMessage } from '../../src/connectors/slack/digest.ts';
import { messageOf, replyOf } from '../../src/connectors/slack/message.ts';
import { mrkdwn } from '../../src/connectors/slack/mrkdwn.ts';
import { said, type Said } from '../../src/domain/said.ts';
import { incidentEvents, severities, type IncidentEvent, type IncidentStatus } from '../../src/domain/vocabulary.ts';
import type { Digest } from '../../src/connectors/notification.ts';
import { readBlocks } from './emulators/slack/block-kit.ts';
import { callsIn, isEscaped, mrkdwnIn } from './emulators/slack/calls.ts';
import { incident, notificationWith, type Changes } from './notification.ts';

/** Slack takes it, nothing in it was left unescaped, and these are called by it. */
function checked({ text, blocks }: SlackMessage): readonly string[] {
  readBlocks(JSON.stringify(blocks));
  expect([text, ...mrkdwnIn(blocks)].filter((one) => !isEscaped(one))).toEqual([]);
  expect(text.length).toBeLessThanOrEqual(4000);
  return callsIn(text, blocks, 'none');
}

const happened: Readonly<Record<IncidentEvent, { readonly occasion: Said; readonly status: IncidentStatus }>> = {
  'incident.created': { occasion: said('message.occasion.new'), status: 'TRIGGERED' },
  'incident.acknowledged': { occasion: said('message.occasion.acknowledged', { who: 'Ann' }), status: 'ACKNOWLEDGED' },
  'incident.resolved': { occasion: said('message.occasion.resolved'), status: 'RESOLVED' },
  'incident.escalated': { occasion: said('message.occasion.escalated'), status: 'TRIGGERED' },
  'comment.added': { occasion: said('message.occasion.comment'), status: 'ACKNOWLEDGED' },
};

describe.each(['en', 'fr'] as const)('in %s', (language) => {
  const all = severities.flatMap((severity) =>
    incidentEvents.map((event) => {
      const about = notificationWith({
        event,
        occasion: happened[event].occasion,
        comment: event === 'comment.added' ? { author: 'Bob', text: 'Failing over <now>, see https://status.example.com/?a=1&b=2.' } : null,
        note: 'Sold to *customers* 24/7.',
        reader: { language, timeZone: 'Europe/Paris' },
        incident: {
          severity,
          status: happened[event].status,
          title: '[TEST] Redis Cluster Down',
          links: { ...incident.links, warRoom: 'https://acme.slack.com/archives/C1' },
        },
      });
      return [`${severity} ${event}`, about] as const;
    }),
  );
  /** One line a message. */
  const golden = (write: (about: (typeof all)[number][1]) => SlackMessage): string =>
    `{\n${all.map(([name, about]) => `${JSON.stringify(name)}: ${JSON.stringify(write(about))}`).join(',\n')}\n}\n`;

  it.each([
    ['message', (about: (typeof all)[number][1]) => messageOf(about, true)],
    ['reply', replyOf],
  ] as const)('a %s says what happened', async (kind, write) => {
    for (const [, about] of all) expect(checked(write(about))).toEqual([]);
    await expect(golden(write)).toMatchFileSnapshot(`golden/slack/${kind}-${language}.json`);
  });
});

const blocksOf = (changes: Changes, canPress = true) =>
  messageOf(notificationWith(changes), canPress).blocks as unknown as Record<string, unknown>[];

it('is as it was ordered: header, fields, description, links, button', () => {
  const blocks = blocksOf({
    incident: {
      severity: 'SEV2_HIGH',
      title: '[TEST] Redis Cluster Down',
      team: 'SRE Core',
      links: { ...incident.links, warRoom: 'https://acme.slack.com/archives/C1' },
    },
  });
  expect(blocks[0]).toMatchObject({ type: 'header', text: { type: 'plain_text', text: '🟠 [TEST] Redis Cluster Down - redis-prod' } });
  const shown = JSON.stringify(blocks);
  for (const text of [
    '*Severity*\\n🟠 SEV2 High',
    '*Service*\\nredis-prod',
    '*Status*\\nTriggered',
    '*Team*\\nSRE Core',
    'No replica answers',
  ])
    expect(shown).toContain(text);
  expect(shown).toContain(
    '<https://docs.example.com/lid|📄 LID Document>  ·  <https://wiki.example.com/redis?a=1&amp;b=2|📋 Runbook>  ·  <https://acme.slack.com/archives/C1|💬 War Room>',
  );
  expect(shown).toContain('"text":"🔍 View Incident"');
});

describe('what can be pressed', () => {
  const buttons = (changes: Changes, canPress = true): string[] =>
    (blocksOf(changes, canPress).find(({ type }) => type === 'actions')!['elements'] as { action_id: string }[]).map(
      ({ action_id }) => action_id,
    );

  it.each([
    ['TRIGGERED', ['open_incident', 'acknowledge', 'resolve', 'escalate', 'assign_to_me']],
    ['ACKNOWLEDGED', ['open_incident', 'resolve', 'escalate', 'assign_to_me']],
    ['RESOLVED', ['open_incident']],
  ] as const)('of an incident that is %s', (status, expected) => {
    expect(buttons({ incident: { status } })).toEqual(expected);
  });

  it('names the incident by its id', () => {
    const actions = blocksOf({}).find(({ type }) => type === 'actions')!;
    expect(actions['elements']).toContainEqual(expect.objectContaining({ action_id: 'acknowledge', value: incident.id, style: 'primary' }));
  });

  it('is nothing in a test, and nothing where no press would reach us', () => {
    expect(buttons({ purpose: 'test' })).toEqual(['open_incident']);
    expect(buttons({}, false)).toEqual(['open_incident']);
  });

  it('are the links of whoever reads it, where no press would reach us', () => {
    const answers = [
      { act: 'acknowledge', url: 'https://imas.example.com/a/1' },
      { act: 'resolve', url: 'https://imas.example.com/a/2' },
    ] as const;
    expect(buttons({ answers }, false)).toEqual(['open_incident', 'open_acknowledge', 'open_resolve']);
    expect(buttons({ answers, incident: { status: 'ACKNOWLEDGED' } }, false)).toEqual(['open_incident', 'open_resolve']);
    expect(buttons({ answers })).not.toContain('open_acknowledge');
  });
});

describe('what is too long', () => {
  it('leaves the service in the header, and says the title below', () => {
    const title = 'Disk full on '.repeat(30).trim();
    const [header, ...rest] = blocksOf({ incident: { title, description: '' } });
    const shown = (header!['text'] as { text: string }).text;
    expect(shown).toMatch(/^🔴 Disk full .*… - redis-prod$/);
    expect(shown.length).toBeLessThanOrEqual(150);
    expect(JSON.stringify(rest)).toContain(title);
  });

  it('is cut where Slack takes no more, never within a character or a link', () => {
    for (const text of ['&'.repeat(4000), '😀'.repeat(4000), `${'x'.repeat(2990)} https://example.com/${'y'.repeat(50)}`]) {
      const cut = mrkdwn(text, 3000);
      expect(cut.length).toBeLessThanOrEqual(3000);
      expect(cut.endsWith('…')).toBe(true);
      expect(isEscaped(cut)).toBe(true);
      expect(cut.isWellFormed()).toBe(true);
    }
    expect(mrkdwn('x'.repeat(3000), 3000)).toHaveLength(3000);
  });
});

const hostile = '<!channel> <@U012AB3CD> @here @channel <!subteam^S1> <https://evil.example|click> & *bold* `code`\n> quote\u2028x';
const anything = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constant(hostile),
  fc.string({ maxLength: 5000, minLength: 3500 }),
  fc.constant('&<>'.repeat(1500)),
);

it('whatever an alert or a person says, Slack takes the message and nobody is called', () => {
  fc.assert(
    fc.property(anything, anything, anything, fc.option(anything), fc.boolean(), (title, description, name, text, canPress) => {
      const label = { label: name, values: 9, some: [description.slice(0, 300), title], alerts: 9 };
      const about = notificationWith({
        occasion: said('message.occasion.acknowledged', { who: name }),
        reasons: [said('cause.verbatim', { text: description })],
        comment: text === null ? null : { author: name, text },
        note: text,
        wording: { title: text, body: text },
        incident: {
          title,
          description,
          service: { id: '1', name },
          team: name,
          assignee: title,
          alerts: { alerts: 9, firing: 3, name, otherNames: 0, labels: [label, { ...label, values: 1 }] },
          links: { ...incident.links, runbook: `https://wiki.example.com/${title}|<!channel>`, source: text },
        },
      });
      expect(checked(messageOf(about, canPress))).toEqual([]);
      expect(checked(replyOf(about))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

describe('words of the provider’s own', () => {
  it('stand in the place of ours', () => {
    const [header, ...rest] = blocksOf({ wording: { title: 'Database team: wake up', body: 'See the wiki.' } });
    expect(header).toMatchObject({ text: { text: 'Database team: wake up' } });
    expect(JSON.stringify(rest)).toContain('See the wiki.');
    expect(JSON.stringify(rest)).not.toContain('No replica answers');
  });

  it('may be blank, and then say nothing', () => {
    const [header] = blocksOf({ wording: { title: ' ', body: ' ' }, note: ' ' });
    expect(header).toMatchObject({ text: { text: '🔴 Redis is down - redis-prod' } });
    checked(messageOf(notificationWith({ wording: { title: ' ', body: ' ' }, note: ' ' }), true));
  });
});

it('the labels of many alerts stand below, what they share once', () => {
  const label = (name: string, values: number, some: readonly string[]) => ({ label: name, values, some, alerts: 200 });
  const labels = [label('env', 1, ['prod']), label('zone', 3, ['eu-1', 'eu-2', 'eu-3'])];
  const shown = JSON.stringify(
    blocksOf({ incident: { alerts: { alerts: 200, firing: 180, name: 'InstanceDown', otherNames: 0, labels } } }),
  );
  expect(shown).toContain('*env* prod\\n*zone* 3 values: eu-1, eu-2, eu-3');
  expect(shown).toContain('*Alerts*\\n180 firing of 200');
});

const digest = (count: number, changes: Changes['incident'] = {}): Digest => ({
  entries: Array.from({ length: count }, (_, n) => ({
    purpose: n < 5 ? 'page' : 'event',
    event: 'incident.created',
    occasion: said('message.occasion.new'),
    incident: notificationWith({
      incident: { shortId: `INC-${String(n).padStart(6, '0')}`, severity: severities[Math.floor(n / 50)] ?? 'SEV4_LOW', ...changes },
    }).incident,
  })),
  url: 'https://imas.example.com/dashboard/incidents/',
  timestamp: '2026-11-21T10:02:05.000Z',
  reader: { language: 'en', timeZone: 'UTC' },
});

describe('a digest', () => {
  it('names the severest, those that ask for somebody first, and says how many there are beside', () => {
    const message = digestMessage(digest(200));
    expect(checked(message)).toEqual([]);
    const shown = JSON.stringify(message.blocks);
    for (const text of [
      'SEV1 Critical · Redis is down, and 199 more incidents',
      '5 incidents need you',
      '195 updates',
      'and 180 more',
      'View open incidents',
    ])
      expect(shown).toContain(text);
    expect(shown.match(/INC-0000/g)).toHaveLength(20);
  });

  it('of the longest titles is taken too', () => {
    checked(
      digestMessage(
        digest(30, {
          title: '&'.repeat(300),
          service: { id: '1', name: '<'.repeat(300) },
          url: `https://imas.example.com/${'&'.repeat(60)}`,
        }),
      ),
    );
    checked(digestMessage(digest(30, { url: `https://imas.example.com/${'x'.repeat(400)}` })));
  });
});

describe('an announcement', () => {
  const outage = {
    title: 'API is down',
    text: 'HTTP 503 from https://api.example.com/health <!here>',
    tone: 'bad' as const,
    facts: [
      ['Service', 'API Production'],
      ['URL', 'https://api.example.com/health'],
      ['HTTP code', '503'],
    ] as const,
    links: [{ title: 'Record', url: 'https://imas.example.com/outages/1' }],
    mentionAll: true,
  };

  it('calls everybody where it is to, and only there', () => {
    const message = announcementMessage(outage);
    expect(checked(message)).toEqual(['!channel']);
    expect(message.text).toBe('<!channel> 🔴 API is down');
    expect(JSON.stringify(message.blocks)).toContain('<!channel> HTTP 503 from <https://api.example.com/health> &lt;!here&gt;');
    expect(checked(announcementMessage({ ...outage, mentionAll: false }))).toEqual([]);
  });

  it('shows its facts, in tens, and its links', () => {
    const many = announcementMessage({
      ...outage,
      facts: Array.from({ length: 23 }, (_, n) => [`Fact ${n}`, `<${n}>`] as const),
      links: [...outage.links, { title: 'x', url: 'javascript:alert(1)' }],
    });
    checked(many);
    const shown = JSON.stringify(many.blocks);
    expect(shown).toContain('*Fact 22*\\n&lt;22&gt;');
    expect(shown).toContain('<https://imas.example.com/outages/1|Record>');
    expect(shown).not.toContain('javascript');
  });

  it('may be a text alone', () => {
    const message = announcementMessage({ title: '', text: 'Deployed.', tone: 'plain', facts: [], links: [], mentionAll: false });
    checked(message);
    expect(message).toMatchObject({ text: 'Deployed.', blocks: [{ type: 'section' }] });
  });
});
