import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { EntryType } from '../../src/domain/incident/turn.ts';
import { asSaid, said, type Said } from '../../src/domain/said.ts';
import { severities } from '../../src/domain/vocabulary.ts';
import { words } from '../../src/texts/languages.ts';
import { en, fr, keysOf, lacking, partsOf, textAt, valuesIn } from '../support/texts.ts';

describe('the files of texts', () => {
  test('have the same texts, and each says the same values', () => {
    // French has a plural for millions, which English has not: https://cldr.unicode.org/index/cldr-spec/plural-rules
    expect(keysOf(fr).filter((key) => !key.endsWith('_many'))).toEqual(keysOf(en));
    const plurals = keysOf(en).filter((key) => key.endsWith('_other'));
    expect(keysOf(fr).filter((key) => key.endsWith('_many'))).toEqual(plurals.map((key) => key.replace(/_other$/, '_many')));
    // A singular may leave the number out.
    for (const key of keysOf(en).filter((name) => !name.endsWith('_one')))
      expect(valuesIn(textAt(fr, key) ?? ''), key).toEqual(valuesIn(textAt(en, key) ?? ''));
  });

  test('leave none empty', () => {
    for (const texts of [en, fr]) expect(keysOf(texts).filter((key) => textAt(texts, key)?.trim() === '')).toEqual([]);
  });

  test('keep French punctuation on the line of its word', () => {
    expect(keysOf(fr).filter((key) => / [:;?!»]|« /.test(textAt(fr, key) ?? ''))).toEqual([]);
  });

  test('have no text of the server that nobody says', () => {
    const folder = fileURLToPath(new URL('../../src', import.meta.url));
    const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const spoken = [
      'entry',
      'command',
      'due',
      'reason',
      'cause',
      'cure',
      'report',
      'status',
      'message',
      'digest',
      'storm',
      'chat',
      'answer',
      'handover',
    ] as const;
    const codes = new Set(spoken.flatMap((part) => keysOf(en[part], `${part}.`).map((key) => key.replace(/_(one|other)$/, ''))));
    // Said as 'entry.sent', or as `entry.severity.${severity}`.
    const isSaid = (code: string): boolean => source.includes(`'${code}'`) || source.includes(`\`${code.replace(/\w+$/, '')}\${`);
    expect([...codes].filter((code) => !isSaid(code))).toEqual([]);
  });
});

/** With ordinary spaces, as one types them. */
const breakable = (text: string): string => text.replaceAll('\u00a0', ' ');

const to = said('entry.recipient', { provider: 'Demo mail', who: 'Bob' });
const silent = said('cause.providerSilent');
const acknowledged = said('cause.acknowledgedBy', { who: 'Ann' });
const critical = said('entry.severity.SEV1_CRITICAL');
const medium = said('entry.severity.SEV3_MEDIUM');
const by = 'Ann';

/** What the timeline says, of each type and in each way; what people and alerts wrote is `Redis`. */
const timeline: Record<EntryType, readonly Said[]> = {
  INCIDENT_OPENED: [said('entry.opened', { title: 'Redis' }), said('entry.openedQuietly', { title: 'Redis', by })],
  IMPACT_SCOPE_ADDED: [said('entry.scopesAdded', { by, scopes: 'Redis' })],
  ALERT_RECEIVED: [
    said('entry.alert', { summary: 'Redis' }),
    said('entry.alertWorse', { summary: 'Redis' }),
    said('entry.alerts', { fired: 3, ended: 2, firing: 7 }),
    said('entry.alertsFired', { count: 3, firing: 7 }),
    said('entry.alertsEnded', { count: 1, firing: 7 }),
  ],
  COMMENT_ADDED: [
    said('entry.alertResolved'),
    said('entry.comment', { text: 'Redis' }),
    said('entry.alertMoved', { service: 'Redis', incident: 'INC-A1B2C3' }),
    said('entry.alertWithdrawn'),
    said('entry.fallbackPaged', { fault: said('reason.fault.late'), who: 'Bob' }),
    said('entry.fallbackMissed', { fault: said('reason.fault.late') }),
  ],
  COMMENT_EDITED: [said('entry.commentEdited', { by, text: 'Redis' })],
  COMMENT_DELETED: [said('entry.commentDeleted', { by })],
  COMMENT_PINNED: [said('entry.commentPinned', { by })],
  COMMENT_UNPINNED: [said('entry.commentUnpinned', { by })],
  STATUS_CHANGED: [
    said('entry.acknowledged', { by }),
    said('entry.resolved', { by }),
    said('entry.withNote', { said: said('entry.resolved', { by }), note: 'Redis' }),
    said('entry.reopened', { by }),
    said('entry.askedNext', { by }),
    said('entry.resolvedByAlerts'),
    said('entry.resolvedQuiet'),
    said('entry.reopenedByAlert'),
    said('entry.worseThanAcknowledged'),
    said('entry.worseThanBefore'),
    said('entry.forgotten', { who: 'Ann' }),
  ],
  SEVERITY_CHANGED: [
    said('entry.severityChanged', { by, was: medium, severity: critical }),
    said('entry.severityRaised', { was: medium, severity: critical }),
    ...severities.map((severity) => said(`entry.severity.${severity}`)),
  ],
  ASSIGNEE_CHANGED: [said('entry.unassigned', { by }), said('entry.took', { by }), said('entry.assigned', { by, who: 'Bob' })],
  ESCALATED: [
    said('entry.level', { level: 2 }),
    said('entry.levelAgain', { level: 2, round: 3 }),
    said('entry.fallback'),
    said('entry.escalatedBy', { by }),
    said('entry.levelUnreached', { level: 2 }),
    said('entry.lastResort'),
    said('entry.nobodyAtAll', { minutes: 5 }),
  ],
  ALERT_SENT: [
    said('entry.sent', { to }),
    said('entry.sent', { to: 'Redis' }),
    said('entry.sentTwice', { to }),
    said('entry.sentInDigest', { to, incidents: 38 }),
    said('entry.sentInDigestTwice', { to, incidents: 38 }),
  ],
  DELIVERY_FAILED: [
    said('entry.noWay', { who: 'Bob' }),
    said('entry.holderUnreached', { who: 'Bob' }),
    said('entry.assigneeUnreached', { who: 'Bob' }),
    said('entry.holderUnreached', { who: 'Bob' }),
    said('entry.notSent', { to, reason: silent }),
    said('entry.withCure', { said: said('entry.notSent', { to, reason: silent }), cure: said('cure.otherSide') }),
  ],
  DELIVERY_SKIPPED: [
    said('entry.skipped', { to, reason: acknowledged }),
    said('entry.maybeSent', { to, reason: acknowledged }),
    said('entry.leftOut', { count: 1 }),
    said('entry.leftOut', { count: 50 }),
  ],
  DOCUMENT_CREATED: [said('entry.documentCreated')],
  DOCUMENT_FAILED: [said('entry.noDocument', { reason: silent })],
  WAR_ROOM_CREATED: [said('entry.roomCreated', { title: 'Redis' })],
  WAR_ROOM_FAILED: [said('entry.noRoom', { reason: silent })],
  WAR_ROOM_SKIPPED: [said('entry.noRoom', { reason: said('cause.noRooms') }), said('entry.notInvited', { who: 'Bob' })],
};

describe('the timeline', () => {
  const entries = Object.values(timeline).flat();

  test('is here with all that it can say', () => {
    const here = new Set<string>(entries.flatMap(partsOf).map(({ code }) => code));
    expect(keysOf(en.entry, 'entry.').filter((key) => !here.has(key.replace(/_(one|other)$/, '')))).toEqual([]);
    expect(entries.flatMap(lacking)).toEqual([]);
  });

  test('says every entry in French', () => {
    const english =
      /\b(the|was|is|by|to|told|alert|escalated|level|resolved|reopened|nobody|could|provider|acknowledged|assigned|changed|sent|failed|severity)\b/i;
    for (const entry of entries) {
      expect(words(entry, 'fr'), entry.code).not.toMatch(english);
      expect(words(entry, 'fr'), entry.code).not.toMatch(/\{\{|\}\}|undefined|\[object/);
    }
  });

  test('says every entry in English', () => {
    for (const entry of entries) {
      expect(words(entry), entry.code).toMatch(/^[A-Z0-9]/);
      expect(words(entry), entry.code).not.toMatch(/\{\{|\}\}|undefined|\[object/);
    }
    expect(words(said('entry.sent', { to: said('entry.recipient', { provider: 'Slack', who: 'SRE Core' }) }))).toBe(
      'Notification sent to Slack (SRE Core)',
    );
    expect(words(said('entry.leftOut', { count: 1 }))).toBe('1 recipient was not notified: there are too many');
  });

  test('says what would help behind what went wrong', () => {
    const refused = said('cause.mailRefused', { host: 'mail.example.com:587', said: '550 No such user' });
    const entry = said('entry.withCure', { said: said('entry.notSent', { to, reason: refused }), cure: said('cure.recipient') });
    expect(breakable(words(entry, 'fr'))).toBe(
      'Échec de la notification à Demo mail (Bob) : mail.example.com:587 a refusé l’e-mail : « 550 No such user ». Vérifiez l’adresse du destinataire.',
    );
  });

  test('says what comes from a provider as it is, whatever is in it', () => {
    const refused = said('cause.mailRefused', { host: 'mail.example.com:587', said: '{{host}} $t(cause.resolved) $& <b>' });
    expect(breakable(words(refused, 'fr'))).toBe('mail.example.com:587 a refusé l’e-mail : « {{host}} $t(cause.resolved) $& <b> ».');
  });

  test('says what was written before there were codes as it was written', () => {
    expect(words(asSaid('Told Bob by Demo mail'), 'fr')).toBe('Told Bob by Demo mail');
  });
});
