import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Severity } from '../../src/domain/vocabulary.ts';
import { audit, auditLimits, type AuditedIncident, type Started } from '../../src/domain/audit.ts';

const now = 1_000_000_000;
const { graceMs, helpMs, orderMs } = auditLimits;
const long = now - graceMs - 1;

const well: AuditedIncident = {
  status: 'TRIGGERED',
  severity: 'SEV2_HIGH',
  worstKnown: 'SEV2_HIGH',
  rank: 2,
  createdAtMs: long,
  recordedAtMs: long,
  dueAtMs: null,
  waitingSinceMs: null,
  waiting: [],
  waitingSeverity: null,
  firingSinceMs: null,
  taken: null,
  acknowledgedUntilMs: null,
  owedSinceMs: null,
  isRunning: true,
  isAttended: false,
  amissSinceMs: null,
};
const helpless = { amissSinceMs: now - helpMs };
const judge = (changes: Partial<AuditedIncident>, started: readonly Started[] = []) => audit({ ...well, ...changes }, now, started);

describe('what the auditor finds', () => {
  test.each<[string, Partial<AuditedIncident>]>([
    ['nothing is due', {}],
    ['it is due later', { dueAtMs: now + 1 }],
    ['it was due a moment ago', { dueAtMs: now - graceMs }],
    ['it was made a moment ago', { createdAtMs: now - graceMs, recordedAtMs: null, isRunning: false }],
    ['it wrote a moment ago and has ended meanwhile', { recordedAtMs: now, isRunning: false }],
    ['a page was tried half a minute ago', { owedSinceMs: now - graceMs }],
    ['a page waits for its turn, and workers are there', { owedSinceMs: now - auditLimits.owedMs, isAttended: true }],
    ['something has waited for a moment', { waitingSinceMs: now - graceMs, waiting: ['firing'] }],
    ['it is resolved, and its run has ended', { status: 'RESOLVED', isRunning: false }],
    ['it is resolved, and its run still tells somebody', { status: 'RESOLVED', dueAtMs: long }],
  ])('all is well when %s', (_, changes) => expect(judge(changes)).toBeNull());

  test.each<[string, Partial<AuditedIncident>]>([
    ['never_started', { recordedAtMs: null, isRunning: false }],
    ['never_started', { recordedAtMs: null }],
    ['not_running', { isRunning: false }],
    ['not_running', { status: 'RESOLVED', isRunning: false, dueAtMs: long }],
    ['late', { dueAtMs: long }],
    ['owed', { owedSinceMs: now - 1.5 * graceMs - 1 }],
    ['unanswered', { waitingSinceMs: long, waiting: ['firing'] }],
    ['unanswered', { status: 'RESOLVED', isRunning: false, waitingSinceMs: long, waiting: ['firing'] }],
  ])('%s', (fault, changes) => {
    expect(judge(changes)).toEqual({ fault, pageFallback: false });
  });
});

describe('in a storm', () => {
  const came = now - 60_000;
  const waiting: Partial<AuditedIncident> = { createdAtMs: came, recordedAtMs: null, isRunning: false };
  const begun = (rank: number, earliestMs: number, latestMs = earliestMs): Started => ({ rank, earliestMs, latestMs });

  test.each<[string, Started[]]>([
    ['those as urgent that came before it are taken up', [begun(2, came - 1)]],
    ['the more urgent ones that came with it are taken up', [begun(1, came + orderMs)]],
    ['more urgent ones that came later are taken up too', [begun(1, came, now)]],
  ])('it waits its turn while %s', (_, started) => expect(judge(waiting, started)).toBeNull());

  test.each<[string, Started[]]>([
    ['nothing is taken up any more', []],
    ['one as urgent that came later is taken up', [begun(2, came, came + orderMs + 1)]],
    ['a less urgent one that came later is taken up', [begun(1, came), begun(3, came + orderMs + 1)]],
    ['only less urgent ones are taken up', [begun(3, came)]],
    ['more urgent ones come and are taken up, but there is no storm in front of it', [begun(1, now - 1_000)]],
  ])('it is stuck when %s', (_, started) => expect(judge(waiting, started)).toEqual({ fault: 'never_started', pageFallback: false }));

  test('a lost run is never waiting its turn', () => {
    expect(judge({ isRunning: false }, [begun(1, long)])).toEqual({ fault: 'not_running', pageFallback: false });
  });
});

describe('when the fallback is paged', () => {
  const unanswered = { waitingSinceMs: long, ...helpless };
  const taken = (kind: 'acknowledge' | 'resolve') => ({ kind, atMs: long });
  const fires = (waitingSeverity: Severity, firingSinceMs: number) => ({ waiting: ['firing'], waitingSeverity, firingSinceMs });
  test.each<[boolean, string, Partial<AuditedIncident>]>([
    [true, 'nobody has it and it is late', { dueAtMs: long, ...helpless }],
    [true, 'nobody has it and it never began', { recordedAtMs: null, ...helpless }],
    [false, 'it was helped only now', { dueAtMs: long, amissSinceMs: now - helpMs + 1 }],
    [
      false,
      'somebody has just acknowledged, though the workflow has not heard it',
      { dueAtMs: long, taken: taken('acknowledge'), ...helpless },
    ],
    [false, 'what was acknowledged fires as before', { taken: taken('acknowledge'), ...fires('SEV2_HIGH', long + 1), ...unanswered }],
    [
      true,
      'it became worse since somebody acknowledged',
      { taken: taken('acknowledge'), ...fires('SEV1_CRITICAL', long + 1), ...unanswered },
    ],
    [
      false,
      'it had become worse when somebody acknowledged',
      { taken: taken('acknowledge'), ...fires('SEV1_CRITICAL', long), ...unanswered },
    ],
    [true, 'an alert fires since somebody resolved it', { taken: taken('resolve'), ...fires('SEV2_HIGH', long + 1), ...unanswered }],
    [true, 'a page is owed, and nobody tries', { owedSinceMs: long - graceMs, ...helpless }],
    [false, 'it is acknowledged and its run is gone', { status: 'ACKNOWLEDGED', isRunning: false, ...helpless }],
    [true, 'the acknowledgement has run out', { status: 'ACKNOWLEDGED', dueAtMs: long, acknowledgedUntilMs: long, ...helpless }],
    [false, 'the quiet time after the last alert is over', { status: 'ACKNOWLEDGED', dueAtMs: long, ...helpless }],
    [true, 'it became worse than what was acknowledged', { status: 'ACKNOWLEDGED', ...fires('SEV1_CRITICAL', long), ...unanswered }],
    [
      false,
      'it became worse, but was worse before',
      { status: 'ACKNOWLEDGED', worstKnown: 'SEV1_CRITICAL', ...fires('SEV1_CRITICAL', long), ...unanswered },
    ],
    [false, 'a comment waits on what was acknowledged', { status: 'ACKNOWLEDGED', waiting: ['comment'], ...unanswered }],
    [true, 'an alert fires again after it was resolved', { status: 'RESOLVED', waiting: ['firing'], ...unanswered }],
    [
      false,
      'it is resolved, and its run is gone before all were told',
      { status: 'RESOLVED', isRunning: false, dueAtMs: long, ...helpless },
    ],
    [false, 'an alert ended after it was resolved', { status: 'RESOLVED', waiting: ['resolved'], ...unanswered }],
  ])('%s: %s', (pages, _, changes) => expect(judge(changes)?.pageFallback).toBe(pages));

  test('whatever is amiss with an incident that nobody has, people are paged before two minutes are over, looking every 15 s', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Partial<AuditedIncident>>(
          { recordedAtMs: null, createdAtMs: now },
          { dueAtMs: now },
          { owedSinceMs: now },
          { waitingSinceMs: now, waiting: ['firing'] },
        ),
        fc.integer({ min: 0, max: 15_000 }),
        (fault, firstLookAfterMs) => {
          let amissSinceMs: number | null = null;
          let pagedAtMs: number | null = null;
          for (let atMs = now + firstLookAfterMs; atMs <= now + 120_000 && pagedAtMs === null; atMs += 15_000) {
            const finding = audit({ ...well, recordedAtMs: now, ...fault, amissSinceMs }, atMs, []);
            if (finding === null) continue;
            amissSinceMs ??= atMs;
            if (finding.pageFallback) pagedAtMs = atMs;
          }
          expect(pagedAtMs).not.toBeNull();
          expect((pagedAtMs as number) - now).toBeLessThanOrEqual(120_000);
        },
      ),
    );
  });
});
