import { createHash } from 'node:crypto';
import type { Headers } from '../../connectors/connector.ts';
import type { AlertEvent } from '../../domain/alert-event.ts';
import type { AlertSource } from '../authenticate.ts';
import { readJson } from '../read-json.ts';
import type { Redelivered } from './alert.ts';
import { conflict, gone, notUnderstood } from './not-redelivered.ts';
import { incoming, type RedeliverDeps, type Redelivery } from './source.ts';

interface Rejected {
  readonly source: string;
  readonly body: Buffer;
  readonly body_hash: Buffer;
  readonly headers: Headers;
}

/**
 * Reads a payload that was not understood once more. Understood now, its alerts are taken in and it leaves the list; else
 * it stays there, with today's reason.
 * @throws NotRedelivered, IntakeUnavailable
 */
export async function redeliverRejected(deps: RedeliverDeps, redelivery: Redelivery, id: string): Promise<Redelivered[]> {
  const { pool } = deps.database;
  const { rows } = await pool.query<Rejected>('select source, body, body_hash, headers from rejected_payloads where id = $1', [id]);
  const payload = rows[0];
  if (payload === undefined) throw gone();
  if (!createHash('sha256').update(payload.body).digest().equals(payload.body_hash)) {
    throw conflict('The payload was too long to be kept in full: have the sender send it again.');
  }
  const events = await readAgain(deps, redelivery, id, payload);
  const settings = await redelivery.settings();
  const sources = redelivery.sourcesAt(payload.source);
  const ways = settings.alertSources.filter(({ source }) => sources.has(source));
  const alerts = events.map((event) => incoming(event, wayOf(event, ways, payload.source), settings));
  const stored = alerts.length === 0 ? [] : await redelivery.submit(alerts);
  await pool.query('delete from rejected_payloads where id = $1', [id]);
  deps.log.info({ rejectedPayloadId: id, alerts: alerts.length }, 'rejected payload redelivered');
  return alerts.map(({ event, routed }, index) => ({
    outcome: stored[index]?.outcome ?? 'known',
    summary: event.summary,
    serviceId: routed.serviceId,
    ruleId: routed.ruleId,
    incidentId: stored[index]?.incidentId ?? null,
    before: null,
  }));
}

async function readAgain(
  { database }: RedeliverDeps,
  redelivery: Redelivery,
  id: string,
  { source, body, headers }: Rejected,
): Promise<readonly AlertEvent[]> {
  const json = readJson(body);
  const parsed = json.ok
    ? redelivery.readAt(source, json.value, headers)
    : { ok: false as const, problem: { field: 'body', reason: json.reason } };
  if (parsed.ok) return parsed.alerts;
  const { field, reason } = parsed.problem;
  await database.pool.query('update rejected_payloads set field = $2, reason = $3 where id = $1', [id, field, reason]);
  throw notUnderstood(parsed.problem);
}

function wayOf(event: AlertEvent, ways: readonly AlertSource[], source: string): string {
  const way = ways.find((alertSource) => alertSource.source === event.source) ?? ways[0];
  if (way === undefined) throw conflict(`No alert source of type ${source} is active.`);
  return way.id;
}
