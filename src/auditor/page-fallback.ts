import type { Pool } from 'pg';
import { outboxChannel } from '../contract/names.ts';
import type { Composed } from '../delivery/deliver.ts';
import { severityAtStake, type Fault } from '../domain/audit.ts';
import type { PolicyDocument } from '../domain/escalation-policy.ts';
import type { PlannedRecipient, Way } from '../domain/incident/paging.ts';
import type { Directory } from '../domain/routing/directory.ts';
import { lastResort, recipientsOf } from '../domain/routing/targets.ts';
import { said, type Said, type SaidCode } from '../domain/said.ts';
import { aboutIncident } from '../incidents/about-incident.ts';
import { readIncident, type IncidentNow } from '../incidents/incident-now.ts';
import { readDirectory } from '../people/directory.ts';
import { readReader } from '../people/reader.ts';
import { words } from '../texts/languages.ts';
import type { AuditorDeps } from './deps.ts';
import { auditCommandPrefix, type IncidentRow } from './store.ts';

type PagingDeps = Pick<AuditorDeps, 'config' | 'database' | 'registry' | 'secrets' | 'deliver'>;

export interface Helpless {
  readonly incident: IncidentRow;
  readonly fault: Fault;
}

/** Nobody reads more at once; the last one says how many there are beside. The rest come with the next looks. */
const pagesALook = 100;
const atOnce = 10;
/** Looks go on while a provider is slow. */
const patienceMs = 60_000;

/**
 * Pages the final fallback of each incident's pinned policy without its workflow, the severest first. Each message has a
 * delivery id of its own, the same however often it is tried. Returns how many incidents' fallback was reached.
 */
export async function pageAll(deps: PagingDeps, helpless: readonly Helpless[]): Promise<number> {
  if (helpless.length === 0) return 0;
  const directory = await readDirectory({ pool: deps.database.pool, ...deps });
  const fallback = new FallbackPager(deps, directory);
  const now = helpless.slice(0, pagesALook);
  let reached = 0;
  let failed: PromiseRejectedResult | undefined;
  for (let index = 0; index < now.length; index += atOnce) {
    const some = now.slice(index, index + atOnce);
    const results = await Promise.allSettled(
      some.map((one, at) => fallback.page(one, index + at === pagesALook - 1 ? helpless.length - pagesALook : 0)),
    );
    reached += results.filter((result) => result.status === 'fulfilled' && result.value).length;
    failed ??= results.find((result) => result.status === 'rejected');
  }
  // Only now: what goes wrong with one must not keep the others' people from being paged.
  if (failed !== undefined) throw failed.reason;
  return reached;
}

const faultCodes: Record<Fault, SaidCode> = {
  never_started: 'reason.fault.neverStarted',
  not_running: 'reason.fault.notRunning',
  late: 'reason.fault.late',
  owed: 'reason.fault.owed',
  unanswered: 'reason.fault.unanswered',
};

/** What comes after somebody took it is told anew: under names of its own. */
const episodeOf = ({ amissSinceMs, taken }: IncidentRow): number => Math.round(Math.max(amissSinceMs ?? 0, taken?.atMs ?? 0));

type Attempted = 'sent' | 'perhaps_later' | 'refused';

class FallbackPager {
  private readonly deps: PagingDeps;
  private readonly directory: Directory;

  constructor(deps: PagingDeps, directory: Directory) {
    this.deps = deps;
    this.directory = directory;
  }

  /** Whether somebody was told: if not of the fallback, then of the administrators. Else it is tried again. */
  async page({ incident, fault }: Helpless, others: number): Promise<boolean> {
    const { pool } = this.deps.database;
    if ((await this.stillHelpless(incident)) === null) return false;
    const severity = severityAtStake(incident);
    const policy = await readPolicy(pool, incident);
    const { directory } = this;
    const moment = { severity, atMs: Date.now(), directory };
    const owner = incident.teamId === null ? null : (directory.teams.get(incident.teamId) ?? null);
    const found = policy === null ? [] : recipientsOf(policy.document.fallback, owner, moment).filter(({ ways }) => ways.length > 0);
    const what = said(faultCodes[fault]);
    const reasons = [
      policy === null
        ? said('reason.auditor.fallback', { fault: what })
        : said('reason.auditor.policy', { name: policy.name, version: incident.policyVersion, fault: what }),
      ...(others > 0 ? [said('reason.auditor.others', { count: others })] : []),
    ];
    const tellAll = async (recipients: readonly PlannedRecipient[]) => {
      const attempts = await Promise.all(recipients.map((recipient) => this.tell(recipient, incident, reasons)));
      const told = recipients.filter((_, index) => attempts[index] === 'sent').map(({ name }) => name);
      return { told, isLeft: attempts.includes('perhaps_later') };
    };
    let { told, isLeft } = await tellAll(found);
    if (told.length === 0 && !isLeft) ({ told, isLeft } = await tellAll(lastResort(moment)));
    if (isLeft) return false;
    await markPaged(pool, incident, told, what);
    return told.length > 0;
  }

  /** The incident now; null when somebody has taken it, or it went on, since the look began. */
  private async stillHelpless(incident: IncidentRow): Promise<IncidentNow | null> {
    const now = await readIncident(this.deps.database.pool, incident.id, this.deps.config.baseUrl);
    if (now === null || now.status !== incident.status) return null;
    if (now.isQuiet && !incident.waiting.some((kind) => kind === 'escalate' || kind === 'change_severity')) return null;
    if (now.pendingAtMs !== null && now.pendingAtMs > (incident.taken?.atMs ?? 0)) return null;
    return { ...now, summaryFor: (reader) => ({ ...now.summaryFor(reader), severity: severityAtStake(incident) }) };
  }

  /** By every way that is taken at once, then by the others until one works. */
  private async tell(recipient: PlannedRecipient, incident: IncidentRow, reasons: readonly Said[]): Promise<Attempted> {
    const send = (way: Way): Promise<Attempted> => this.send(recipient, way, incident, reasons);
    const first = await Promise.all(recipient.ways.filter((way) => way.atOnce).map(send));
    if (first.includes('sent')) return 'sent';
    let later = first.includes('perhaps_later');
    for (const way of recipient.ways.filter((other) => !other.atOnce)) {
      const attempted = await send(way);
      if (attempted === 'sent') return 'sent';
      later ||= attempted === 'perhaps_later';
    }
    return later ? 'perhaps_later' : 'refused';
  }

  private async send(recipient: PlannedRecipient, way: Way, incident: IncidentRow, reasons: readonly Said[]): Promise<Attempted> {
    const signal = AbortSignal.timeout(patienceMs);
    const reader = await readReader(this.deps.database.pool, recipient.userId);
    const compose = async (): Promise<Composed> => {
      const now = await this.stillHelpless(incident);
      if (now === null) return { unwanted: said('cause.goneOn') };
      const why = [...reasons, ...recipient.reasons, way.reason];
      return {
        notification: {
          ...aboutIncident(now, reader),
          purpose: 'page',
          event: 'incident.created',
          occasion: said('message.occasion.new'),
          reasons: why,
        },
      };
    };
    const delivered = await this.deps
      .deliver({
        deliveryId: `${incident.id}/audit.${episodeOf(incident)}.${severityAtStake(incident)}.${recipient.key}.${recipient.ways.indexOf(way)}`,
        incidentId: incident.id,
        providerId: way.providerId,
        providerType: way.providerType,
        userId: recipient.userId,
        address: way.address,
        purpose: 'audit',
        compose,
        signal,
      })
      .catch((error: unknown) => {
        if (signal.aborted) return null;
        throw error;
      });
    if (delivered?.outcome === 'sent') return 'sent';
    return delivered?.outcome === 'failed' && delivered.failure.permanent ? 'refused' : 'perhaps_later';
  }
}

async function readPolicy(
  pool: Pool,
  { policyId, policyVersion }: IncidentRow,
): Promise<{ name: string; document: PolicyDocument } | null> {
  const { rows } = await pool.query<{ name: string; document: PolicyDocument }>(
    `select p.name, v.document from escalation_policies p join escalation_policy_versions v on v.policy_id = p.id
     where p.id = $1 and v.version = $2`,
    [policyId, policyVersion],
  );
  return rows[0] ?? null;
}

/**
 * The ledger shows the pages at once. The timeline is written by the workflow alone: it is asked for a comment, as a person
 * would ask, and writes it when it is back.
 */
async function markPaged(pool: Pool, incident: IncidentRow, told: readonly string[], fault: Said): Promise<void> {
  const what = told.length === 0 ? said('entry.fallbackMissed', { fault }) : said('entry.fallbackPaged', { fault, who: told.join(', ') });
  await pool.query(
    `with paged as (
        update audit_findings set tried_at = now(), paged_at = case when $5::boolean then now() else paged_at end, paged_severity = case when $5::boolean then $6::text else paged_severity end
        where incident_id = $1
      ),
      asked as (
        insert into commands (id, incident_id, kind, actor, payload) values ($2, $1, 'comment', $3, $4) on conflict (id) do nothing returning id
      ),
      told as (insert into outbox (incident_id, rank, kind, payload) select $1, 4, 'command', json_build_object('commandId', id) from asked)
     select pg_notify('${outboxChannel}', '')`,
    [
      incident.id,
      `${auditCommandPrefix}${incident.id}/${episodeOf(incident)}/${severityAtStake(incident)}/${told.length > 0 ? 'told' : 'nobody'}`,
      JSON.stringify({ type: 'system', id: null, name: 'IMAS', via: 'auditor' }),
      JSON.stringify({ kind: 'comment', text: words(what), said: what }),
      told.length > 0,
      severityAtStake(incident),
    ],
  );
}
