import { attempt } from '../connections/attempt.ts';
import { createCall } from '../connectors/call.ts';
import type { Documents } from '../connectors/connector.ts';
import type { Failure, Outcome, Ref } from '../connectors/outcome.ts';
import { anyReader } from '../domain/reader.ts';
import { readDocumentFacts, type StandingFacts } from '../incidents/document-facts.ts';
import type { IncidentNow } from '../incidents/incident-now.ts';
import type { ActivityDeps } from './deps.ts';

/** Of the connector that keeps documents at Google. */
const googleDocuments = 'google-docs';

export interface DocumentInStep {
  /** Where it is, until the incident links it. */
  readonly made: string | null;
  /** Null where all went well, and where nobody set up such documents. */
  readonly failure: Failure | null;
}

const nothing: DocumentInStep = { made: null, failure: null };
const timeoutMs = 60_000;

/** Makes the incident's document in the system that was set up for that, and brings the sections that are ours up to date. */
export async function keepDocumentInStep(
  { config, database: { pool }, egress, log, registry }: ActivityDeps,
  incidentId: string,
  now: IncidentNow,
  givenUp: AbortSignal,
): Promise<DocumentInStep> {
  const connector = registry.byId(googleDocuments);
  const { documents } = connector ?? {};
  if (config.googleDrive == null || connector === undefined || documents === undefined) return nothing;
  const signal = AbortSignal.any([givenUp, AbortSignal.timeout(timeoutMs)]);
  const call = createCall(connector, {
    config: config.googleDrive,
    door: egress,
    actId: `${incidentId}/document`,
    maybeDone: true,
    signal,
  });
  const about = log.child({ incidentId });
  const act = (ask: (abilities: Documents<unknown>) => Promise<Outcome<Ref>>): Promise<Outcome<Ref>> =>
    attempt(call, about, () => ask(documents as Documents<unknown>));
  const facts = await readDocumentFacts(pool, incidentId, await standingFacts(pool, incidentId, now));
  const known = await readRef(pool, incidentId);
  const linked = facts.incident.links.document;
  // Our own took its place, or was there before.
  if (linked !== null && linked !== known?.url) return nothing;
  if (known === null) {
    const made = await act((abilities) => abilities.ensure(call, incidentId, facts));
    if (!made.ok) return { made: null, failure: made };
    await pool.query(
      'insert into external_documents (incident_id, ref) values ($1, $2) on conflict (incident_id) do update set ref = excluded.ref',
      [incidentId, JSON.stringify(made.value)],
    );
    return { made: made.value.url, failure: null };
  }
  // Whoever made it may have died before its answer was kept.
  if (linked === null) return { made: known.url, failure: null };
  if (documents.render === undefined) return nothing;
  const rendered = await act(async (abilities) => (await abilities.render?.(call, known, facts)) ?? { ok: true, value: known });
  return { made: null, failure: rendered.ok ? null : rendered };
}

async function readRef(pool: ActivityDeps['database']['pool'], incidentId: string): Promise<Ref | null> {
  const { rows } = await pool.query<{ ref: Ref }>('select ref from external_documents where incident_id = $1', [incidentId]);
  return rows[0]?.ref ?? null;
}

async function standingFacts(pool: ActivityDeps['database']['pool'], incidentId: string, now: IncidentNow): Promise<StandingFacts> {
  const { rows } = await pool.query<{
    acknowledged_at: Date | null;
    acknowledged_by: string | null;
    resolved_at: Date | null;
    scopes: string[];
  }>(
    `select i.acknowledged_at, i.acknowledged_by, i.resolved_at,
       coalesce((select array_agg(name order by name) from impact_scopes where id = any(i.impact_scope_ids)), '{}') as scopes
     from incidents i where i.id = $1`,
    [incidentId],
  );
  const [row] = rows;
  const { links, ...incident } = now.summaryFor(anyReader);
  return {
    incident: { ...incident, links: { document: links.document, warRoom: links.warRoom, runbook: links.runbook } },
    acknowledged: row?.acknowledged_at == null ? null : { at: row.acknowledged_at.toISOString(), by: row.acknowledged_by },
    resolvedAt: row?.resolved_at?.toISOString() ?? null,
    impactScopes: row?.scopes ?? [],
  };
}
