import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { ann, bob, chief } from './people.ts';
import type { Recipients, ReceivedMail } from './recipients.ts';
import type { TrafficRecord } from './traffic.ts';

export interface Death {
  readonly atMs: number;
  readonly who: string;
  readonly how: string;
}

export interface Verdict {
  readonly accepted: number;
  readonly incidents: number;
  readonly mails: number;
  readonly calls: number;
  /** Copies beyond the first, of mails; each is flagged or a violation. */
  readonly doubleMails: number;
  /** Copies that a recipient which honours the delivery id dropped. */
  readonly droppedCalls: number;
  /** Pages that the auditor sent by itself. */
  readonly auditPages: number;
  readonly violations: readonly string[];
}

interface IncidentRow {
  readonly id: string;
  readonly short_id: string;
  readonly title: string;
  readonly status: string;
  readonly sequence: number;
  readonly firing: number;
  readonly known_firing: number;
}

interface PageSaid {
  readonly incident_id: string;
  readonly page_id: string;
  readonly type: string;
  readonly perhaps_twice: boolean;
}

/** A page may leave right before an acknowledgement is taken, and arrive a moment after it was answered. */
const onTheWayMs = 10_000;

/** Compares what was answered, what the store says, and what arrived. */
export async function judge(pool: Pool, record: TrafficRecord, recipients: Recipients, deaths: readonly Death[]): Promise<Verdict> {
  const violations: string[] = [];
  const { rows: incidents } = await pool.query<IncidentRow>(
    `select i.id, i.short_id, i.title, i.status, i.sequence, coalesce((i.state -> 'alerts' ->> 'firing')::int, 0) as known_firing,
      (select count(*)::int from alerts a where a.incident_id = i.id and a.status = 'firing') as firing from incidents i`,
  );
  violations.push(...(await lostAlerts(pool, record)), ...(await brokenRecords(pool, incidents, record)));
  const { rows: pages } = await pool.query<PageSaid>(
    `select incident_id, data ->> 'page_id' as page_id, type, coalesce((data ->> 'perhaps_twice')::boolean, false) as perhaps_twice
     from timeline_entries where type in ('ALERT_SENT', 'DELIVERY_FAILED', 'DELIVERY_SKIPPED')`,
  );
  const { rows: ledger } = await pool.query<{ delivery_id: string; purpose: string }>(
    'select distinct delivery_id, purpose from deliveries',
  );
  const pageIds = new Set(ledger.filter(({ purpose }) => purpose === 'page').map(({ delivery_id: id }) => id));
  const deliveryOf = new Map(ledger.map(({ delivery_id: id }) => [createHash('sha256').update(id).digest('hex').slice(0, 40), id]));
  const mails = recipients.mails.map((mail) => ({ ...mail, deliveryId: deliveryOf.get(mail.messageId.replace(/^<|@.*$/g, '')) ?? null }));

  for (const mail of mails) if (mail.deliveryId === null) violations.push(`a mail that the ledger does not know: ${mail.subject}`);
  for (const incident of incidents) violations.push(...missingPages(incident, record, mails, recipients, pageIds));
  for (const [id, atMs] of record.acknowledged) {
    const late = mails.filter(
      (mail) =>
        mail.to === bob && mail.deliveryId?.startsWith(id) === true && pageIds.has(mail.deliveryId) && mail.atMs > atMs + onTheWayMs,
    );
    if (late.length > 0) violations.push(`${id}: the next level was paged ${late[0]!.atMs - atMs} ms after the acknowledgement`);
  }

  const copies = Map.groupBy(
    mails.filter((mail) => mail.deliveryId !== null),
    (mail) => mail.deliveryId as string,
  );
  let doubleMails = 0;
  for (const [deliveryId, same] of copies) {
    if (same.length === 1) continue;
    doubleMails += same.length - 1;
    const [incidentId, pageId] = deliveryId.split(/\/(.*)/s);
    const flagged = pages.some((page) => page.incident_id === incidentId && page.page_id === pageId && page.perhaps_twice);
    if (!flagged && !deliveryId.includes('/audit.'))
      violations.push(`${deliveryId}: ${same.length} mails, and the timeline does not say so`);
    const first = Math.min(...same.map(({ atMs }) => atMs));
    const last = Math.max(...same.map(({ atMs }) => atMs));
    const killed = deaths.filter(({ atMs }) => atMs >= first - 2_000 && atMs <= last).length;
    if (same.length - 1 > killed) violations.push(`${deliveryId}: ${same.length} mails, though only ${killed} deaths lie between them`);
  }
  const auditPages = new Set(ledger.filter(({ delivery_id: id }) => id.includes('/audit.'))).size;
  const kept = new Set(recipients.calls.map(({ id }) => id));
  return {
    accepted: record.accepted.length,
    incidents: incidents.length,
    mails: mails.length,
    calls: recipients.calls.length,
    doubleMails,
    droppedCalls: recipients.calls.length - kept.size,
    auditPages,
    violations,
  };
}

/** Everything that was answered with 2xx is there, with an incident, in the state that was told last. */
async function lostAlerts(pool: Pool, { accepted, givenUp }: TrafficRecord): Promise<string[]> {
  const { rows } = await pool.query<{ instance: string; status: string; incident_id: string | null; count: number }>(
    `select labels ->> 'instance' as instance, min(status) as status, min(incident_id::text) as incident_id, count(*)::int as count from alerts group by 1`,
  );
  const stored = new Map(rows.map((row) => [row.instance, row]));
  const wanted = new Map<string, string>();
  for (const { instance, status } of accepted) if (wanted.get(instance) !== 'resolved') wanted.set(instance, status);
  const violations = givenUp > 0 ? [`${givenUp} requests were never answered with 2xx`] : [];
  for (const [instance, status] of wanted) {
    const row = stored.get(instance);
    if (row === undefined) violations.push(`alert ${instance} was accepted, and is not there`);
    else if (row.incident_id === null) violations.push(`alert ${instance} has no incident`);
    else if (row.count !== 1) violations.push(`alert ${instance} is there ${row.count} times`);
    else if (row.status !== status) violations.push(`alert ${instance} is ${row.status}, though it was told to be ${status}`);
  }
  return violations;
}

async function brokenRecords(pool: Pool, incidents: readonly IncidentRow[], record: TrafficRecord): Promise<string[]> {
  const violations: string[] = [];
  const titles = Map.groupBy(incidents, ({ title }) => title);
  for (const [title, same] of titles) if (same.length > 1) violations.push(`"${title}" has ${same.length} incidents`);
  for (const { short_id: shortId, firing, known_firing: known } of incidents)
    if (firing !== known) violations.push(`${shortId}: its workflow knows of ${known} firing alerts, the store of ${firing}`);
  const { rows: gaps } = await pool.query<{ short_id: string }>(
    `select i.short_id from incidents i where i.sequence <> (select count(*) from timeline_entries t where t.incident_id = i.id)
      or 1 <> (select count(*) from timeline_entries t where t.incident_id = i.id and t.type = 'INCIDENT_OPENED')`,
  );
  for (const { short_id: shortId } of gaps) violations.push(`${shortId}: its timeline has gaps or doubles`);
  const { rows: acknowledged } = await pool.query<{ incident_id: string }>(
    `select distinct incident_id from timeline_entries where type = 'STATUS_CHANGED' and data ->> 'status' = 'ACKNOWLEDGED'`,
  );
  const known = new Set(acknowledged.map(({ incident_id: id }) => id));
  for (const id of record.acknowledged.keys())
    if (!known.has(id)) violations.push(`${id}: an acknowledgement was accepted, and is not there`);
  for (const { id, short_id: shortId, status } of incidents) {
    if (record.ended.has(id) && status !== 'RESOLVED') violations.push(`${shortId}: its alerts have ended, and it is ${status}`);
  }
  return violations;
}

type KnownMail = ReceivedMail & { readonly deliveryId: string | null };

function missingPages(
  { id, short_id: shortId }: IncidentRow,
  record: TrafficRecord,
  mails: readonly KnownMail[],
  { calls }: Recipients,
  pageIds: ReadonlySet<string>,
): string[] {
  const violations: string[] = [];
  const own = mails.filter(({ deliveryId }) => deliveryId?.startsWith(`${id}/`) === true && pageIds.has(deliveryId));
  const distinct = (to: string): number => new Set(own.filter((mail) => mail.to === to).map(({ deliveryId }) => deliveryId)).size;
  const hooks = new Set(calls.filter((call) => call.incidentId === id && pageIds.has(call.id)).map((call) => call.id)).size;
  if (distinct(ann) === 0) violations.push(`${shortId}: the first level got no mail`);
  if (hooks === 0) violations.push(`${shortId}: the first level got no webhook`);
  if (distinct(ann) > 1 || hooks > 1) violations.push(`${shortId}: ${distinct(ann)} mails and ${hooks} webhooks to the first level`);
  const isTaken = record.acknowledged.has(id) || record.ended.has(id);
  if (!isTaken && distinct(bob) !== 1) violations.push(`${shortId}: nobody took it, and the second level got ${distinct(bob)} mails`);
  if (distinct(chief) > 0) violations.push(`${shortId}: the fallback was paged too early`);
  return violations;
}
