import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlate, stragglersMs, type Arrival, type Known, type KnownIncident, type Occurrence } from '../../src/domain/correlation.ts';

/** A delivery as a monitoring tool sends it; `start` is null for tools that do not say when an alert began. */
interface Delivery {
  readonly alert: string;
  readonly group: string;
  readonly status: 'firing' | 'resolved';
  readonly start: number | null;
  readonly at: number;
}

/** What must be true at the end, told without any order: the newest occurrence counts, and its end counts more than its start. */
function model(deliveries: readonly Delivery[]): Map<string, 'firing' | 'resolved'> {
  const newest = new Map<string, { instant: number; status: 'firing' | 'resolved' }>();
  for (const { alert, start, at, status } of deliveries) {
    const instant = start ?? at;
    const best = newest.get(alert);
    if (best === undefined || instant > best.instant || (instant === best.instant && status === 'resolved'))
      newest.set(alert, { instant, status });
  }
  return new Map([...newest].map(([alert, { status }]) => [alert, status]));
}

type AutoResolve = 'off' | 'at_once';

/** The store in memory: correlation, and an incident that resolves as its service says. */
function run(
  deliveries: readonly Delivery[],
  autoResolve: AutoResolve,
): { alerts: Map<string, 'firing' | 'resolved'>; opened: number; open: string[] } {
  const occurrences = new Map<string, Occurrence>();
  const incidents = new Map<string, KnownIncident>();
  const known: Known = { occurrences, incidents };
  const seen = new Set<string>();
  let made = 0;
  const ids = { alert: () => `alert ${++made}`, incident: () => `incident ${++made}` };
  const rows = new Map<string, Occurrence>();
  let opened = 0;
  for (const delivery of deliveries) {
    const id = JSON.stringify(delivery);
    if (seen.has(id)) continue;
    seen.add(id);
    const correlated = correlate(toArrival(delivery), known, ids);
    if (correlated.superseded !== null) rows.set(correlated.superseded.alertId, correlated.superseded);
    rows.set(correlated.occurrence.alertId, correlated.occurrence);
    if (correlated.opensIncident) opened += 1;
    const told = correlated.tells.at(-1) ?? null;
    const key = delivery.group;
    const incident = incidents.get(key);
    if (told === null || incident === undefined) continue;
    const firing = [...rows.values()].filter((row) => row.incidentId === incident.incidentId && row.status === 'firing').length;
    const resolves = firing === 0 && (autoResolve === 'at_once' || incident.resolvedAtMs !== null);
    incidents.set(key, { ...incident, resolvedAtMs: resolves ? 0 : null });
  }
  const open = [...incidents].filter(([, incident]) => incident.resolvedAtMs === null).map(([key]) => key);
  return { alerts: new Map([...occurrences].map(([key, { status }]) => [key, status])), opened, open: open.toSorted() };
}

const toArrival = ({ alert, group, status, start, at }: Delivery): Arrival => ({
  fingerprintKey: alert,
  groupingKey: group,
  status,
  startsAtMs: start,
  endsAtMs: status === 'resolved' ? at : null,
  toldAtMs: at,
  receivedAtMs: 0,
  severity: 'SEV2_HIGH',
  suppressed: false,
  reopenWindowSeconds: 60,
});

/** Alerts of two groups; each says its start or none does. Ends come after the start of their occurrence and before the next. */
const delivery = fc
  .record({
    alert: fc.constantFrom('a', 'b', 'c', 'd'),
    occurrence: fc.nat({ max: 3 }),
    status: fc.constantFrom('firing' as const, 'resolved' as const),
    late: fc.nat({ max: 4 }),
  })
  .map(({ alert, occurrence, status, late }): Delivery => {
    const start = occurrence * 10;
    const group = alert < 'c' ? 'one' : 'two';
    const saysStart = alert === 'a' || alert === 'c';
    return { alert, group, status, start: saysStart ? start : null, at: status === 'firing' ? start + late : start + 5 + late };
  });

const shuffled = fc
  .array(delivery, { minLength: 1, maxLength: 14 })
  .chain((deliveries) =>
    fc.tuple(
      fc.constant(deliveries),
      fc.shuffledSubarray([...deliveries, ...deliveries], { minLength: deliveries.length * 2, maxLength: deliveries.length * 2 }),
    ),
  );

describe('correlation', () => {
  it('ends in the state of the model where times are told and differ, in whatever order and however often deliveries come', () => {
    fc.assert(
      fc.property(shuffled, fc.constantFrom<AutoResolve>('off', 'at_once'), ([deliveries, arrivals], autoResolve) => {
        const expected = model(deliveries);
        const { alerts, open } = run(arrivals, autoResolve);
        expect(alerts).toEqual(expected);
        const everFired = new Set(deliveries.filter(({ status }) => status === 'firing').map(({ group }) => group));
        const firesNow = new Set(deliveries.filter(({ alert }) => expected.get(alert) === 'firing').map(({ group }) => group));
        expect(open).toEqual([...(autoResolve === 'off' ? everFired : firesNow)].toSorted());
      }),
      { numRuns: 5_000 },
    );
  });

  /** Told in the order in which it happens, by a clock that is wrong by so much, with the times that the source happens to tell. */
  const story = fc.record({
    wrongByMs: fc.integer({ min: -15 * 60_000, max: 15 * 60_000 }),
    steps: fc.array(
      fc.record({
        status: fc.constantFrom('firing' as const, 'resolved' as const),
        /** Since the step before, by whatever clock. */
        afterMs: fc.constantFrom(0, 1, 1_000, 60_000, 20 * 60_000),
        tells: fc.constantFrom('nothing', 'time', 'start'),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  });

  it('goes by the order of arrival where times are equal or not told, however wrong the clock of the source is', () => {
    fc.assert(
      fc.property(story, ({ wrongByMs, steps }) => {
        const known: Known = { occurrences: new Map(), incidents: new Map() };
        let made = 0;
        const ids = { alert: () => `alert ${++made}`, incident: () => `incident ${++made}` };
        const base = Date.UTC(2026, 0, 1);
        let [nowMs, startMs, state] = [base, base, null as Arrival['status'] | null];
        const startsOf: number[] = [];
        for (const { status, afterMs, tells } of steps) {
          nowMs += afterMs;
          // An alert that begins again begins later; a start told anew with the same time would be a straggler.
          if (status === 'firing' && state !== 'firing') startMs = nowMs += 1;
          const toldAtMs = tells === 'nothing' ? null : nowMs + wrongByMs;
          const {
            occurrence,
            isNew,
            tells: told,
          } = correlate(
            {
              ...toArrival({ alert: 'a', group: 'one', status, start: null, at: 0 }),
              startsAtMs: tells === 'start' ? startMs + wrongByMs : null,
              endsAtMs: status === 'resolved' ? toldAtMs : null,
              toldAtMs: tells === 'start' && status === 'firing' ? startMs + wrongByMs : toldAtMs,
              receivedAtMs: nowMs,
            },
            known,
            ids,
          );
          expect(occurrence.status).toBe(status);
          if (status !== state && state !== null) expect(told.map(({ kind }) => kind)).toEqual([status]);
          state = status;
          if (isNew) startsOf.push(occurrence.startsAtMs);
        }
        expect(startsOf).toEqual([...new Set(startsOf)].toSorted((a, b) => a - b));
      }),
      { numRuns: 5_000 },
    );
  });

  it('takes a change of state without a newer time for a change', () => {
    const known: Known = { occurrences: new Map(), incidents: new Map() };
    let made = 0;
    const ids = { alert: () => `${++made}`, incident: () => `${++made}` };
    const told = (status: 'firing' | 'resolved') =>
      correlate(toArrival({ alert: 'b', group: 'one', status, start: null, at: 7 }), known, ids).outcome;
    expect([told('firing'), told('resolved'), told('firing'), told('resolved')]).toEqual(['opened', 'resolved', 'attached', 'resolved']);
  });

  it('opens one incident for all alerts of a group', () => {
    fc.assert(
      fc.property(shuffled, ([deliveries, arrivals]) => {
        const groups = new Set(deliveries.filter(({ status }) => status === 'firing').map(({ group }) => group));
        expect(run(arrivals, 'off').opened).toBe(groups.size);
      }),
      { numRuns: 2_000 },
    );
  });

  it('opens a new incident once the reopen window has passed', () => {
    const known: Known = {
      occurrences: new Map(),
      incidents: new Map([['one', { incidentId: 'old', severity: 'SEV2_HIGH', resolvedAtMs: 0 }]]),
    };
    const ids = { alert: () => 'alert', incident: () => 'new' };
    const firing = toArrival({ alert: 'a', group: 'one', status: 'firing', start: 1, at: 1 });
    expect(correlate({ ...firing, receivedAtMs: 60_000 }, structuredClone(known), ids)).toMatchObject({
      outcome: 'reopened',
      occurrence: { incidentId: 'old' },
    });
    expect(correlate({ ...firing, receivedAtMs: 60_001 }, structuredClone(known), ids)).toMatchObject({
      outcome: 'opened',
      occurrence: { incidentId: 'new' },
    });
  });

  it('tells the incident when the same alert becomes worse, and only then', () => {
    const known: Known = { occurrences: new Map(), incidents: new Map() };
    let made = 0;
    const ids = { alert: () => `${++made}`, incident: () => `${++made}` };
    const firing = toArrival({ alert: 'b', group: 'one', status: 'firing', start: null, at: 1 });
    expect(correlate(firing, known, ids).tells[0]?.kind).toBe('firing');
    expect(correlate({ ...firing, toldAtMs: 2 }, known, ids).tells).toEqual([]);
    expect(correlate({ ...firing, toldAtMs: 3, severity: 'SEV1_CRITICAL' }, known, ids).tells[0]?.kind).toBe('worse');
    expect(correlate({ ...firing, toldAtMs: 4, severity: 'SEV4_LOW' }, known, ids).tells).toEqual([]);
  });

  const at = (minute: number): number => minute * 60_000;
  const fresh = (): { known: Known; ids: { alert(): string; incident(): string } } => {
    let made = 0;
    return { known: { occurrences: new Map(), incidents: new Map() }, ids: { alert: () => `${++made}`, incident: () => `${++made}` } };
  };
  const prometheus = (status: 'firing' | 'resolved', start: number, end: number, receivedAtMs: number): Arrival => ({
    ...toArrival({ alert: 'a', group: 'one', status, start, at: status === 'firing' ? start : end }),
    receivedAtMs,
    reopenWindowSeconds: 3600,
  });

  it('hears an alert that comes back with the start it had, but not a straggler', () => {
    const { known, ids } = fresh();
    correlate(prometheus('firing', 0, 0, at(0)), known, ids);
    correlate(prometheus('resolved', 0, at(4), at(5)), known, ids);
    expect(correlate(prometheus('firing', 0, 0, at(6)), known, ids).outcome).toBe('stale');
    expect(correlate(prometheus('firing', 0, 0, at(11)), known, ids)).toMatchObject({ outcome: 'attached', tells: [{ kind: 'firing' }] });
    expect(correlate(prometheus('firing', 0, 0, at(12)), known, ids).outcome).toBe('repeated');
    expect(correlate(prometheus('resolved', 0, at(20), at(20)), known, ids)).toMatchObject({
      outcome: 'resolved',
      tells: [{ kind: 'resolved' }],
    });
  });

  it('takes the end from either of two senders that watch the same', () => {
    const { known, ids } = fresh();
    correlate(prometheus('firing', at(1), 0, at(1)), known, ids);
    expect(correlate(prometheus('resolved', at(0), at(5), at(5)), known, ids).outcome).toBe('resolved');
  });

  it('goes by the order of decisions where a source tells no times: by a clock of ours that is behind, and within one body', () => {
    const untimed = (status: 'firing' | 'resolved', receivedAtMs: number): Arrival => ({
      ...prometheus(status, 0, 0, receivedAtMs),
      startsAtMs: null,
      endsAtMs: null,
      toldAtMs: null,
    });
    for (const secondFiringAtMs of [55_000, 60_000]) {
      const { known, ids } = fresh();
      const first = correlate(untimed('firing', 50_000), known, ids).occurrence;
      correlate(untimed('resolved', 60_000), known, ids);
      const again = correlate(untimed('firing', secondFiringAtMs), known, ids);
      expect(again).toMatchObject({ outcome: 'attached', isNew: true, tells: [{ kind: 'firing' }] });
      expect(again.occurrence.startsAtMs).toBeGreaterThan(first.startsAtMs);
      expect(correlate(untimed('firing', secondFiringAtMs + 1), known, ids).outcome).toBe('repeated');
    }
  });

  it('counts an alert from when it is no longer suppressed', () => {
    const { known, ids } = fresh();
    const firing = prometheus('firing', 0, 0, at(0));
    expect(correlate({ ...firing, suppressed: true }, known, ids).outcome).toBe('suppressed');
    expect(correlate({ ...firing, suppressed: true }, known, ids).tells).toEqual([]);
    expect(correlate(firing, known, ids)).toMatchObject({ outcome: 'opened', opensIncident: true, tells: [{ kind: 'firing' }] });
  });

  it('counts an alert again that fires on though its incident was resolved: later than a straggler, and not before', () => {
    const { known, ids } = fresh();
    const firing = prometheus('firing', 0, 0, at(0));
    const { occurrence } = correlate(firing, known, ids);
    const toldAfter = (ms: number, reopenWindowSeconds: number) => {
      const incidentId = occurrence.incidentId as string;
      known.incidents.set(firing.groupingKey, { incidentId, severity: firing.severity, resolvedAtMs: at(0) });
      known.occurrences.set(firing.fingerprintKey, { ...occurrence, incidentResolvedAtMs: at(0) });
      return correlate({ ...firing, receivedAtMs: at(0) + ms, reopenWindowSeconds }, known, ids);
    };
    expect(toldAfter(stragglersMs, 3600)).toMatchObject({ outcome: 'repeated', tells: [] });
    expect(toldAfter(stragglersMs + 1, 3600)).toMatchObject({
      outcome: 'reopened',
      isNew: false,
      occurrence: { incidentId: occurrence.incidentId, incidentResolvedAtMs: null },
      tells: [{ incidentId: occurrence.incidentId, kind: 'firing', isUrgent: true }],
    });
    const later = toldAfter(stragglersMs + 1, 60);
    expect(later).toMatchObject({ outcome: 'opened', opensIncident: true, isNew: false });
    expect(later.occurrence.incidentId).not.toBe(occurrence.incidentId);
    expect(later.tells).toEqual([{ incidentId: later.occurrence.incidentId, kind: 'firing', isUrgent: true }]);
  });

  it('tells the incident of an occurrence that a newer one elsewhere put an end to', () => {
    const { known, ids } = fresh();
    const first = correlate(prometheus('firing', 0, 0, at(0)), known, ids).occurrence.incidentId;
    const { tells } = correlate({ ...prometheus('firing', at(1), 0, at(1)), groupingKey: 'elsewhere' }, known, ids);
    expect(tells).toEqual([
      { incidentId: first, kind: 'resolved', isUrgent: false },
      { incidentId: expect.any(String), kind: 'firing', isUrgent: true },
    ]);
  });

  it('may tell a known incident of more of the same with what follows, but not of what is worse, opens it or reopens it', () => {
    const { known, ids } = fresh();
    const another = (fingerprintKey: string, severity: Arrival['severity']): Arrival => ({
      ...prometheus('firing', 0, 0, at(0)),
      fingerprintKey,
      severity,
    });
    const isUrgent = (arrival: Arrival): boolean => correlate(arrival, known, ids).tells.some((tell) => tell.isUrgent);
    expect(isUrgent(another('a', 'SEV2_HIGH'))).toBe(true);
    expect(isUrgent(another('b', 'SEV2_HIGH'))).toBe(false);
    expect(isUrgent(another('c', 'SEV3_MEDIUM'))).toBe(false);
    expect(isUrgent(another('d', 'SEV1_CRITICAL'))).toBe(true);
    expect(isUrgent(another('e', 'SEV1_CRITICAL'))).toBe(false);
    expect(isUrgent({ ...another('a', 'SEV2_HIGH'), status: 'resolved', endsAtMs: at(1) })).toBe(false);
    const [[groupingKey, incident]] = [...known.incidents] as [[string, KnownIncident]];
    known.incidents.set(groupingKey, { ...incident, resolvedAtMs: at(2) });
    expect(isUrgent({ ...another('f', 'SEV2_HIGH'), receivedAtMs: at(3), reopenWindowSeconds: 3600 })).toBe(true);
  });
});
