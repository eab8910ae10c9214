import { randomUUID } from 'node:crypto';
import type { Actor } from '../../contract/incident.ts';
import { said } from '../../domain/said.ts';
import type { Severity } from '../../domain/vocabulary.ts';
import type { IncomingAlert } from '../intake.ts';
import { conflict, gone, notUnderstood } from './not-redelivered.ts';
import { putBack, setAside, tellEnded } from './set-aside.ts';
import { incoming, type RedeliverDeps, type Redelivery } from './source.ts';
import { words } from '../../texts/languages.ts';

/** What came of one alert that was delivered again. */
export interface Redelivered {
  /** As at a first delivery; `unchanged`: today's rules lead where it is already; `ended`: nobody is told of what is over. */
  readonly outcome: 'opened' | 'attached' | 'reopened' | 'resolved' | 'repeated' | 'stale' | 'suppressed' | 'known' | 'unchanged' | 'ended';
  readonly summary: string;
  readonly serviceId: string;
  readonly ruleId: string | null;
  readonly incidentId: string | null;
  /** Where it was before. */
  readonly before: { readonly serviceId: string; readonly incidentId: string | null } | null;
}

interface KnownAlert {
  readonly id: string;
  readonly integration_id: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: Severity;
  readonly summary: string;
  readonly service_id: string;
  readonly incident_id: string | null;
  readonly incident_open: boolean;
  readonly outcome: string;
  readonly payload: unknown;
  readonly sent_status: string | null;
}

/** Its latest delivery that still fired: an end would only end it. */
const readStatement = `
  select a.id::text, a.integration_id, a.source, a.fingerprint, a.status, a.severity, a.summary, a.service_id, a.incident_id, a.outcome,
    coalesce(i.status <> 'RESOLVED', false) as incident_open, d.payload, d.status as sent_status
  from alerts a left join incidents i on i.id = a.incident_id
    left join lateral (select payload, status from alert_deliveries where alert_id = a.id
      order by status = 'firing' desc, received_at desc, id limit 1) d on true
  where a.id = $1`;

/**
 * Delivers what an alert's source sent once more, by today's rules. What would be handled as it was is left alone; else it
 * leaves the incident it was in, which is told, and is taken in as if it came for the first time.
 * @throws NotRedelivered, IntakeUnavailable
 */
export async function redeliverAlert(deps: RedeliverDeps, redelivery: Redelivery, id: string, by: Actor): Promise<Redelivered> {
  const { pool } = deps.database;
  const { rows } = await pool.query<KnownAlert>(readStatement, [id]);
  const known = rows[0];
  if (known === undefined) throw gone();
  const alert = await readAgain(redelivery, known);
  const { serviceId, ruleId, severity, suppressed } = alert.routed;
  const before = { serviceId: known.service_id, incidentId: known.incident_id };
  const result = { summary: alert.event.summary, serviceId, ruleId, before };
  if (known.status === 'resolved') return { ...result, outcome: 'ended', incidentId: known.incident_id };

  const goesWhereItWas = serviceId === known.service_id && severity === known.severity && suppressed === (known.outcome === 'suppressed');
  if (goesWhereItWas && (suppressed || known.incident_open)) return { ...result, outcome: 'unchanged', incidentId: known.incident_id };

  if (!(await setAside(pool, known))) throw conflict('The alert has just changed: it was redelivered, or it resolved.');
  let stored;
  try {
    [stored] = await redelivery.submit([alert]);
  } catch (error) {
    await putBack(pool, known);
    throw error;
  }
  deps.log.info({ alertId: id, by: by.name, outcome: stored?.outcome }, 'alert redelivered');
  const incidentId = stored?.incidentId ?? null;
  if (known.incident_id !== null && known.incident_open && known.incident_id !== incidentId) {
    const { incident_id: left } = known;
    await sayItLeft(deps, { left, incidentId, serviceId, by });
    await tellEnded(pool, { incidentId: left, alertId: known.id, summary: known.summary, severity: known.severity });
  }
  return { ...result, outcome: stored?.outcome ?? 'known', incidentId };
}

async function readAgain(redelivery: Redelivery, known: KnownAlert): Promise<IncomingAlert> {
  if (known.payload === null || known.payload === undefined) throw conflict('The payload of this alert is no longer kept.');
  const parsed = redelivery.readAlert(known.source, known.payload, known.sent_status ?? 'firing');
  if (!parsed.ok) throw notUnderstood(parsed.problem);
  const [event] = parsed.alerts;
  if (event === undefined) throw conflict('The payload no longer counts as an alert.');
  return incoming(event, known.integration_id, await redelivery.settings());
}

/** Kept before the end is told, which may resolve the incident: its readers should know by then why. */
async function sayItLeft(
  { database, incidents }: RedeliverDeps,
  { left, incidentId, serviceId, by }: { left: string; incidentId: string | null; serviceId: string; by: Actor },
): Promise<void> {
  const { rows } = await database.pool.query<{ service: string; short_id: string | null }>(
    'select s.name as service, (select short_id from incidents where id = $2) as short_id from services s where s.id = $1',
    [serviceId, incidentId],
  );
  const row = rows[0];
  const what =
    row?.short_id == null ? said('entry.alertWithdrawn') : said('entry.alertMoved', { service: row.service, incident: row.short_id });
  const body = { kind: 'comment' as const, text: words(what), said: what };
  await incidents.command({ id: randomUUID(), incidentId: left, actor: by, body, waitMs: 0 });
}
