import type { Pool } from 'pg';
import { explain, type ExplainedPage, type Explanation, type WhoIs } from '../domain/incident/explain.ts';
import { planKey, type Plan } from '../domain/incident/paging.ts';
import { planReason } from '../domain/incident/plan-reason.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Directory } from '../domain/routing/directory.ts';
import { whomToTell } from '../domain/routing/whom-to-tell.ts';
import { asSaid, type Said } from '../domain/said.ts';

/**
 * What the incident's workflow wrote last, and what the ledger knows since: the workflow hears of a page when it has left or failed for
 * good, and writes of those under way only when there is something else to write.
 */
export async function readExplanation(pool: Pool, state: IncidentState, directory: Directory): Promise<Explanation> {
  const explanation = explain(state, whoIsBy(state, directory));
  const pending = new Set(explanation.pages.filter(({ outcome }) => outcome === 'pending').map(({ pageId }) => pageId));
  if (state.plans.length === 0 && pending.size === 0) return explanation;
  const deliveries = await readDeliveries(pool, state, [...pending]);
  const known = new Set(explanation.pages.map(({ pageId }) => pageId));
  const begun = [...deliveries.values()].filter(({ page_id }) => !known.has(page_id)).map((row) => asDelivered(pageOf(row, state), row));
  const written = explanation.pages.map((page) => {
    const row = pending.has(page.pageId) ? deliveries.get(page.pageId) : undefined;
    return row === undefined ? page : asDelivered(page, row);
  });
  return { ...explanation, pages: [...written, ...begun].toSorted((a, b) => a.atMs - b.atMs) };
}

/** By who is on call then, and can be reached, as the directory stands now. */
export const whoIsBy =
  (state: IncidentState, directory: Directory): WhoIs =>
  (plan, atMs) =>
    whomToTell(plan, state, atMs, directory, { team: null, impactScopes: [], told: [], taken: null });

interface DeliveryRow {
  readonly page_id: string;
  readonly attempt: number;
  readonly state: 'sending' | 'sent' | 'failed' | 'skipped' | 'unknown';
  readonly permanent: boolean;
  readonly at: Date;
  readonly retry_at: Date | null;
  readonly provider: string;
  readonly user_id: string | null;
  readonly user_name: string | null;
  readonly address: string | null;
  /** Of the last attempt that did not succeed. */
  readonly reason: Said | string | null;
  readonly cure: Said | null;
}

/** The last attempt of each page that is under way: those that the workflow wrote down, and those of plans that it has yet to. */
async function readDeliveries(pool: Pool, state: IncidentState, pageIds: readonly string[]): Promise<Map<string, DeliveryRow>> {
  const { rows } = await pool.query<DeliveryRow>({
    name: 'deliveries-under-way',
    text: `select distinct on (d.delivery_id) substr(d.delivery_id, length($1) + 2) as page_id, d.attempt, d.state, d.permanent,
        coalesce(d.finished_at, d.started_at) as at, d.retry_at, coalesce(p.name, d.provider_type) as provider,
        d.user_id, coalesce(nullif(u.display_name, ''), u.username) as user_name, coalesce(v.name, d.address) as address,
        coalesce(f.reason, to_jsonb(f.error)) as reason, f.cure
      from deliveries d left join providers p on p.id = d.provider_id left join users u on u.id = d.user_id left join devices v on v.id::text = d.address
        left join lateral (
          select reason, error, cure from deliveries
          where delivery_id = d.delivery_id and state in ('failed', 'unknown', 'skipped') order by attempt desc limit 1
        ) f on true
      where d.incident_id = $1::uuid and (
        d.delivery_id = any(select $1 || '/' || id from unnest($2::text[]) id)
        or exists (select from unnest($3::text[]) plan where starts_with(d.delivery_id, $1 || '/' || plan || '.'))
      )
      order by d.delivery_id, d.attempt desc`,
    values: [state.incidentId, pageIds, state.plans.map(planKey)],
  });
  return new Map(rows.map((row) => [row.page_id, row]));
}

/** A page that the ledger alone knows yet. */
function pageOf(row: DeliveryRow, state: IncidentState): ExplainedPage {
  const plan = state.plans.find((candidate) => row.page_id.startsWith(`${planKey(candidate)}.`)) as Plan;
  return {
    pageId: row.page_id,
    outcome: 'pending',
    who: row.user_name ?? row.address ?? row.provider,
    userId: row.user_id,
    by: row.address === null ? row.provider : `${row.provider} (${row.address})`,
    atMs: row.at.getTime(),
    reasons: [planReason(plan, state)],
    event: plan.for === 'event' ? plan.event : null,
    detail: null,
    cure: null,
    attempt: null,
  };
}

function asDelivered(page: ExplainedPage, row: DeliveryRow): ExplainedPage {
  const failure = { detail: row.reason === null ? null : asSaid(row.reason), cure: row.cure };
  switch (row.state) {
    case 'sent':
      return { ...page, outcome: 'sent', atMs: row.at.getTime() };
    case 'skipped':
      return { ...page, ...failure, outcome: 'skipped', atMs: row.at.getTime() };
    case 'sending':
      return { ...page, ...failure, attempt: { number: row.attempt, underWay: true, nextAtMs: null } };
    case 'failed':
    case 'unknown':
      if (row.permanent) return { ...page, ...failure, outcome: 'failed', atMs: row.at.getTime() };
      return { ...page, ...failure, attempt: { number: row.attempt, underWay: false, nextAtMs: row.retry_at?.getTime() ?? null } };
  }
}
