import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyText, titleOr } from '../../src/connectors/notification-text.ts';
import { writeMail } from '../../src/connectors/smtp/content.ts';
import { adaptiveCard, messageCard } from '../../src/connectors/webhook/teams.ts';
import { opsgenieCall } from '../../src/connectors/webhook/opsgenie.ts';
import { pagerdutyBody } from '../../src/connectors/webhook/pagerduty.ts';
import { slackBody } from '../../src/connectors/webhook/slack.ts';
import { inWordsOf, placeholderNames, templateProblem } from '../../src/connectors/wording.ts';
import { notificationWith } from './notification.ts';

const titled = (template: string, changes = {}) => inWordsOf({ title: template, body: null }, notificationWith(changes)).wording.title;
const bodied = (template: string, changes = {}) => inWordsOf({ title: null, body: template }, notificationWith(changes)).wording.body;

describe('the words of a provider', () => {
  it('are filled in, in the language of the reader', () => {
    const template =
      '{{incident.short_id}} {{ incident.title }} [{{incident.severity}}, {{incident.status}}] on {{service.name}}: {{incident.url}}';
    expect(titled(template)).toBe(
      'INC-ABC123 Redis is down [SEV1 Critical, Triggered] on redis-prod: https://imas.example.com/dashboard/incidents/INC-ABC123/',
    );
    expect(titled('{{incident.status}}', { reader: { language: 'fr', timeZone: 'Europe/Paris' } })).toBe('Déclenché');
    expect(bodied('{{occasion}}\n{{incident.runbook}}')).toBe('New incident\nhttps://wiki.example.com/redis?a=1&b=2');
  });

  it('leave out what is not known, and are ours where nothing is left', () => {
    expect(titled('{{incident.assignee}}x')).toBe('x');
    expect(titled('{{incident.assignee}} ')).toBeNull();
    expect(titled('')).toBeNull();
  });

  it('are ours where a template cannot be filled in, so that the message still goes out', () => {
    const message = inWordsOf({ title: '{{incident.mood}}', body: '{{incident.title' }, notificationWith());
    expect(message).toEqual(notificationWith());
  });

  it('keep what somebody commented', () => {
    const comment = { author: 'Bob', text: 'Failing over now.' };
    expect(bodied('About {{incident.title}}', { comment })).toBeNull();
    expect(bodied('{{comment.author}} says: {{comment.text}}', { comment })).toBe('Bob says: Failing over now.');
  });

  it('never take a value for a placeholder', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...placeholderNames), (text, name) => {
        const title = `${text} {{${name}}}`;
        const description = `{{incident.title}} ${text}`;
        expect(bodied('<{{incident.description}}>', { incident: { title, description } })).toBe(`<${description}>`);
      }),
    );
  });

  it('are bounded', () => {
    expect(bodied('{{incident.description}}'.repeat(100), { incident: { description: 'x'.repeat(10_000) } })).toHaveLength(10_000);
  });
});

it.each([
  ['{{incident.mood}}', '{{incident.mood}}'],
  ['{{}}', '{{}}'],
  ['{{#each incident}}', '{{#each incident}}'],
  ['{{constructor}}', '{{constructor}}'],
  ['{{incident.title}', 'belong to no placeholder'],
  ['incident.title}}', 'belong to no placeholder'],
])('refuses the template %s', (template, says) => {
  expect(templateProblem(template)).toContain(says);
});

it('allows single braces', () => {
  expect(templateProblem('{a} {{{incident.title}}} {b}')).toBeNull();
});

describe('every kind of message', () => {
  const said = inWordsOf(
    { title: 'Own title {{incident.short_id}}', body: 'Own body' },
    notificationWith({ note: 'Call the hosting company: +33 1 23' }),
  );
  it.each([
    ['a mail’s subject', () => writeMail(said, 'x').subject],
    ['a mail’s text', () => writeMail(said, 'x').text],
    ['a mail’s page', () => writeMail(said, 'x').html],
    ['Slack’s webhook', () => JSON.stringify(slackBody(said))],
    ['a message card', () => JSON.stringify(messageCard(said))],
    ['an adaptive card', () => JSON.stringify(adaptiveCard(said))],
    ['PagerDuty', () => JSON.stringify(pagerdutyBody(said, 'key'))],
    ['Opsgenie', () => JSON.stringify(opsgenieCall('https://api.example.com/v2/alerts', said).body)],
  ])('%s has the words and the note', (name, text) => {
    expect(text()).toContain('Own title INC-ABC123');
    if (name !== 'a mail’s subject') expect(text().replaceAll('\\\\', '')).toMatch(/Call the hosting company: \+33 1 23/);
    if (!['a mail’s subject', 'PagerDuty'].includes(name)) expect(text()).toContain('Own body');
  });

  it('has a title of one line', () => {
    expect(titleOr(inWordsOf({ title: 'a\nb', body: null }, notificationWith()), 'ours')).toBe('a b');
    expect(bodyText(said)).toBe('Own body');
  });
});
