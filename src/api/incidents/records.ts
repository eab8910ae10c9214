import { createRoute, z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import { stragglersMs } from '../../domain/correlation.ts';
import { stateFrom, type Before } from '../../domain/incident/before.ts';
import { foresee, type Attempt, type ForeseenPlan } from '../../domain/incident/explain.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import type { Directory } from '../../domain/routing/directory.ts';
import { readExplanation, whoIsBy } from '../../incidents/explanation.ts';
import { readDirectory } from '../../people/directory.ts';
import type { ApiDeps } from '../deps.ts';
import { conditions, readKeyset } from '../keyset.ts';
import { listAnswer, listQuery } from '../list-answer.ts';
import { refsOf } from '../../resources/field-map/references.ts';
import { catalogue } from '../../resources/index.ts';
import { jsonResponse, listOf, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { presentSaid } from '../said.ts';
import { AlertList, listAlerts } from '../routes/alerts.ts';
import { createSharedReads } from '../../db/shared-reads.ts';
import { incidentIdOf } from './read.ts';
import { DeliveryRead, ExplanationRead, IncidentParam } from './wire.ts';

const tags = ['incidents'];

const explanation = createRoute({
  method: 'get',
  path: '/{id}/explain',
  tags,
  summary: 'Explain who was notified and why',
  description:
    'Says for every notification of the incident who got it, by which contact method, when and why; which ones were skipped or failed; and who is next. Returns 404 if there is no such incident.',
  request: { params: IncidentParam },
  responses: {
    200: jsonResponse(ExplanationRead, 'One entry per notification, oldest first, and what happens next.'),
    ...problems(401, 404),
  },
});

const deliveries = createRoute({
  method: 'get',
  path: '/{id}/deliveries',
  tags,
  summary: 'List delivery attempts',
  description:
    'Lists every attempt to send a notification for this incident, newest first: provider, recipient, result, and the provider’s receipt or error. A retry is an attempt of its own, with the same `delivery_id`.',
  request: { params: IncidentParam, query: z.object({ limit: listQuery.limit, cursor: listQuery.cursor }) },
  responses: { 200: jsonResponse(listOf(DeliveryRead, 'DeliveryList'), 'A page of delivery attempts.'), ...problems(401, 404, 422) },
});

const alerts = createRoute({
  method: 'get',
  path: '/{id}/alerts',
  tags,
  summary: 'List the alerts of an incident',
  description: 'Lists the alerts that belong to this incident, newest first. Use `?status=firing` to see only what still fires.',
  request: { params: IncidentParam, query: z.object({ ...listQuery, status: z.enum(['firing', 'resolved']).optional() }) },
  responses: { 200: jsonResponse(AlertList, 'A page of alerts.'), ...problems(401, 404, 422) },
});

interface DeliveryRow {
  readonly delivery_id: string;
  readonly attempt: number;
  readonly provider_id: string | null;
  readonly provider_type: string;
  readonly user_id: string | null;
  readonly address: string | null;
  readonly purpose: string;
  readonly state: z.infer<typeof DeliveryRead>['state'];
  readonly permanent: boolean;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly receipt: string | null;
  readonly error: string | null;
}

interface ExplainedRow {
  readonly state: Before<IncidentState> | null;
  readonly status: string;
  readonly opened_quietly: boolean;
  readonly reopen_window_seconds: number;
}

async function explanationOf(deps: ApiDeps, id: string, directory: () => Promise<Directory>): Promise<z.infer<typeof ExplanationRead>> {
  const { pool } = deps.database;
  const { rows } = await pool.query<ExplainedRow>(
    'select i.state, i.status, i.opened_quietly, s.reopen_window_seconds from incidents i join services s on s.id = i.service_id where i.id = $1',
    [id],
  );
  const row = rows[0];
  const reopening = { after_seconds: stragglersMs / 1000, window_seconds: row?.reopen_window_seconds ?? 0 };
  if (!row?.state) {
    return {
      incident_id: id,
      status: row?.status ?? '',
      policy: null,
      acknowledged_by_id: null,
      is_quiet: row?.opened_quietly ?? false,
      pages: [],
      next: null,
      escalation: null,
      reopening,
    };
  }
  const state = stateFrom(row.state);
  const people = await directory();
  const { pages, next, policy, status, acknowledgedBy } = await readExplanation(pool, state, people);
  const { rounds, escalating, beginningAgain } = foresee(state, Date.now(), whoIsBy(state, people));
  return {
    incident_id: id,
    status,
    policy,
    acknowledged_by_id: acknowledgedBy,
    is_quiet: state.quiet === true,
    pages: pages.map((page) => ({
      page_id: page.pageId,
      outcome: page.outcome,
      who: page.who,
      user_id: page.userId,
      by: page.by,
      at: instant(page.atMs),
      reasons: page.reasons.map(presentSaid),
      event: page.event,
      detail: page.detail === null ? null : presentSaid(page.detail),
      cure: page.cure === null ? null : presentSaid(page.cure),
      attempt: page.attempt === null ? null : presentAttempt(page.attempt),
    })),
    next: next === null ? null : { at: instant(next.atMs), what: presentSaid(next.what) },
    escalation: { rounds, next: presentPlan(escalating), first: presentPlan(beginningAgain) },
    reopening,
  };
}

const presentPlan = ({ level, round, who }: ForeseenPlan) => ({ level, round, who: [...new Set(who)] });

const instant = (ms: number): string => new Date(ms).toISOString();

const presentAttempt = ({ number, underWay, nextAtMs }: Attempt) => ({
  number,
  under_way: underWay,
  next_at: nextAtMs === null ? null : instant(nextAtMs),
});

/** What is kept about an incident beside itself. */
export function createIncidentRecords(deps: ApiDeps) {
  const { pool, orm } = deps.database;
  const router = createRouter();
  const shared = createSharedReads();

  router.openapi(explanation, async (c) => {
    const { id } = c.req.valid('param');
    const directory = () => shared('directory', () => readDirectory({ pool, registry: deps.registry, secrets: deps.secrets }));
    return c.json(await shared(`explain ${id}`, async () => explanationOf(deps, await incidentIdOf(pool, id), directory)), 200);
  });

  router.openapi(deliveries, async (c) => {
    const q = c.req.valid('query');
    const where = conditions();
    where.add('incident_id = ?', await incidentIdOf(pool, c.req.valid('param').id));
    const list = await readKeyset<DeliveryRow>(pool, {
      columns: '*',
      from: 'deliveries',
      conditions: where,
      order: { by: 'started_at', type: 'timestamptz', descending: true },
      id: { column: "(delivery_id || ' ' || attempt)", type: 'text' },
      cursor: q.cursor,
      limit: q.limit,
    });
    const lookup = { em: orm.em.fork() as EntityManager, targets: catalogue };
    const provider = await refsOf(
      lookup,
      'providers',
      list.rows.map((row) => row.provider_id),
    );
    const user = await refsOf(
      lookup,
      'users',
      list.rows.map((row) => row.user_id),
    );
    const results = list.rows.map((row) => ({
      delivery_id: row.delivery_id,
      attempt: row.attempt,
      provider: provider(row.provider_id),
      provider_type: row.provider_type,
      user: user(row.user_id),
      address: row.address,
      purpose: row.purpose,
      state: row.state,
      permanent: row.permanent,
      started_at: row.started_at.toISOString(),
      finished_at: row.finished_at?.toISOString() ?? null,
      receipt: row.receipt,
      error: row.error,
    }));
    return c.json(listAnswer(c, deps.config, list, results), 200);
  });

  router.openapi(alerts, async (c) => {
    const incidentId = await incidentIdOf(pool, c.req.valid('param').id);
    const list = await listAlerts(pool, { ...c.req.valid('query'), incidentId });
    return c.json(listAnswer(c, deps.config, list, list.rows), 200);
  });

  return router;
}
