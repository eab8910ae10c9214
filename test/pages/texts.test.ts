import i18next, { type i18n } from 'i18next';
import { describe, expect, test } from 'vitest';
import type { EntryType } from '../../src/domain/incident/turn.ts';
import type { TimelineEntry } from '../../ui/src/api/shapes.ts';
import { entryText } from '../../ui/src/pages/incident/entry-text.ts';
import { failureText } from '../../ui/src/pages/incident/failure-text.ts';
import en from '../../src/texts/en.json' with { type: 'json' };
import fr from '../../src/texts/fr.json' with { type: 'json' };

/** `told.outcome.sent`, for every text. */
function keysOf(texts: object, path = ''): string[] {
  return Object.entries(texts).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? keysOf(value, `${path}${name}.`) : [`${path}${name}`],
  );
}

const textAt = (texts: object, key: string): string =>
  String(key.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], texts));

const valuesIn = (text: string): string[] => [...new Set(text.match(/\{\{\w+\}\}/g))].toSorted();

describe('the files of texts', () => {
  test('have the same texts, and each says the same values', () => {
    // French has a plural for millions, which English has not: https://cldr.unicode.org/index/cldr-spec/plural-rules
    expect(keysOf(fr).filter((key) => !key.endsWith('_many'))).toEqual(keysOf(en));
    const plurals = keysOf(en).filter((key) => key.endsWith('_other'));
    expect(keysOf(fr).filter((key) => key.endsWith('_many'))).toEqual(plurals.map((key) => key.replace(/_other$/, '_many')));
    // A singular may leave the number out.
    for (const key of keysOf(en).filter((name) => !name.endsWith('_one')))
      expect(valuesIn(textAt(fr, key)), key).toEqual(valuesIn(textAt(en, key)));
  });

  test('leave none empty', () => {
    for (const texts of [en, fr]) expect(keysOf(texts).filter((key) => textAt(texts, key).trim() === '')).toEqual([]);
  });
});

async function speaking(language: 'en' | 'fr'): Promise<i18n> {
  const texts = i18next.createInstance();
  await texts.init({
    lng: language,
    resources: { en: { translation: en }, fr: { translation: fr } },
    interpolation: { escapeValue: false },
  });
  return texts;
}

type Said = Pick<TimelineEntry, 'message'> & Partial<Pick<TimelineEntry, 'actor' | 'data'>>;

const ann = { type: 'user', id: 'a', name: 'Ann', via: 'page' } as const;
const monitoring = { type: 'monitoring', id: null, name: 'Monitoring', via: 'alert' } as const;
const page = { recipient: 'Bob', provider: 'Demo mail' };

/** What `decide` says, of each type and in each way; what people and alerts wrote is `Redis`. */
const said: Record<EntryType, readonly Said[]> = {
  INCIDENT_OPENED: [{ message: 'Incident opened: Redis' }],
  ALERT_RECEIVED: [
    { message: 'Alert: Redis', data: { summary: 'Redis' }, actor: monitoring },
    { message: 'Alert became worse: Redis', data: { summary: 'Redis', status: 'worse' }, actor: monitoring },
    { message: '3 more alerts fired and 2 more ended; 7 fire now', data: { fired: 3, ended: 2, firing: 7 }, actor: monitoring },
  ],
  COMMENT_ADDED: [{ message: 'Alert resolved by monitoring', data: { status: 'resolved' }, actor: monitoring }],
  STATUS_CHANGED: [
    { message: 'Ann acknowledged the incident', data: { status: 'ACKNOWLEDGED' }, actor: ann },
    { message: 'Ann resolved the incident', data: { status: 'RESOLVED' }, actor: ann },
    { message: 'Ann reopened the incident', data: { status: 'TRIGGERED' }, actor: ann },
    { message: 'Ann asked for the next level: paging again', data: { status: 'TRIGGERED' }, actor: ann },
    { message: 'Resolved: no alert fires any more', data: { status: 'RESOLVED' }, actor: monitoring },
    { message: 'Resolved: no alert has fired for the quiet time', data: { status: 'RESOLVED' } },
    { message: 'Reopened: an alert fires again', data: { status: 'TRIGGERED' }, actor: monitoring },
    { message: 'Paging again: it is worse than what was acknowledged', data: { status: 'TRIGGERED' }, actor: ann },
    { message: 'Paging again: it is worse than before', data: { status: 'TRIGGERED' }, actor: monitoring },
    { message: 'Paging again: Ann acknowledged, but it is not resolved', data: { status: 'TRIGGERED' } },
  ],
  SEVERITY_CHANGED: [
    { message: 'Ann changed the severity', data: { severity: 'SEV1_CRITICAL', was: 'SEV3_MEDIUM' }, actor: ann },
    { message: 'Severity raised', data: { severity: 'SEV1_CRITICAL', was: 'SEV3_MEDIUM' }, actor: monitoring },
  ],
  ASSIGNEE_CHANGED: [
    { message: 'Ann took the assignee away', data: { assignee: null }, actor: ann },
    { message: 'Ann assigned it to themselves', data: { assignee: { id: 'a', name: 'Ann' } }, actor: ann },
    { message: 'Ann assigned Bob', data: { assignee: { id: 'b', name: 'Bob' } }, actor: ann },
  ],
  ESCALATED: [
    { message: 'Escalated to level 2', data: { level: 2, round: 1 } },
    { message: 'Escalated to level 2, round 3', data: { level: 2, round: 3 } },
    { message: 'Nobody has acknowledged: escalated to the final fallback', data: { level: 'fallback' } },
    { message: 'Ann escalated now', data: { by: 'Ann' }, actor: ann },
    { message: 'Nobody on level 2 could be reached: the next level is paged at once', data: { unreached: 2 } },
    { message: 'The fallback could not be reached: every administrator is paged', data: { level: 'last_resort' } },
    { message: 'Nobody at all could be reached: everything is tried again in 5 minutes', data: { unreached: 'all' } },
  ],
  ALERT_SENT: [
    { message: 'Told Bob by Demo mail', data: page },
    { message: 'Told Bob by Demo mail (perhaps twice: an earlier attempt was cut off)', data: { ...page, perhaps_twice: true } },
  ],
  DELIVERY_FAILED: [{ message: 'Could not tell Bob by Demo mail: The provider did not answer in time.', data: page }],
  DELIVERY_SKIPPED: [
    { message: 'Did not tell Bob by Demo mail: acknowledged by Ann', data: page },
    {
      message: 'May have told Bob by Demo mail: an attempt was cut off, and it was not sent again: acknowledged by Ann',
      data: { ...page, may_have_reached: true, reason: 'acknowledged by Ann' },
    },
    { message: '50 more recipients of level 1 were left out', data: { left_out: 50 } },
  ],
  DOCUMENT_CREATED: [{ message: 'Runs is ready', data: { title: 'Runs' } }],
  DOCUMENT_FAILED: [
    { message: 'No incident document: The provider did not answer in time.', data: { reason: 'The provider did not answer in time.' } },
  ],
  WAR_ROOM_CREATED: [{ message: 'Runs is ready', data: { title: 'Runs' } }],
  WAR_ROOM_FAILED: [
    { message: 'No war room: The provider did not answer in time.', data: { reason: 'The provider did not answer in time.' } },
  ],
  WAR_ROOM_SKIPPED: [
    { message: 'No war room: no provider that has rooms is set up', data: { reason: 'no provider that has rooms is set up' } },
  ],
};

describe('the timeline', () => {
  const entries = Object.entries(said).flatMap(([type, all]) =>
    all.map(({ message, actor = { type: 'system', id: null, name: 'IMAS', via: 'workflow' }, data = {} }): TimelineEntry => ({
      sequence: 1,
      timestamp: '2026-11-21T10:00:00Z',
      type,
      message,
      actor,
      data,
    })),
  );

  test('says every entry in French', async () => {
    const { t } = await speaking('fr');
    const english =
      /\b(the|was|is|by|told|alert|escalated|level|resolved|reopened|paging|nobody|could|provider|acknowledged|incident opened|assigned|changed)\b/i;
    for (const entry of entries) expect(entryText(entry, t), entry.message).not.toMatch(english);
  });

  test('says every entry in English, no worse than the server does', async () => {
    const { t } = await speaking('en');
    for (const entry of entries) expect(entryText(entry, t), entry.message).toMatch(/^[A-Z0-9]/);
    const mayHave = entries.find(({ data }) => data['may_have_reached'] === true) as TimelineEntry;
    expect(entryText(mayHave, t)).toBe(mayHave.message);
  });

  test('says what a provider said in its own words', async () => {
    const { t } = await speaking('fr');
    expect(failureText('HTTP 404: no such hook Check the URL: the other side knows nothing there (any more).', t)).toBe(
      'HTTP 404: no such hook Vérifiez l’URL : l’autre côté n’y connaît rien (ou plus rien).',
    );
    expect(failureText('mail.example.com:587 refused the mail: 550 No such user Check the recipient address.', t)).toBe(
      'mail.example.com:587 a refusé le courriel : 550 No such user Vérifiez l’adresse du destinataire.',
    );
    expect(failureText('hooks.example.com did not answer in time (ETIMEDOUT).', t)).toBe(
      'hooks.example.com n’a pas répondu à temps (ETIMEDOUT).',
    );
  });

  test('says what comes from a provider as it is, whatever is in it', async () => {
    const { t } = await speaking('fr');
    expect(failureText('mail.example.com:587 refused the mail: {{host}} $t(why.resolved)', t)).toBe(
      'mail.example.com:587 a refusé le courriel : {{host}} $t(why.resolved)',
    );
  });
});
