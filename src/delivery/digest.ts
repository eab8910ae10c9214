import type { Digest, DigestEntry } from '../connectors/notification.ts';
import type { Outcome, Ref } from '../connectors/outcome.ts';
import { occasionOf } from '../domain/incident/occasion.ts';
import type { Reader } from '../domain/reader.ts';
import { said, type Said } from '../domain/said.ts';
import { severityRank } from '../domain/vocabulary.ts';
import { readIncidents, type IncidentNow } from '../incidents/incident-now.ts';
import { whyUnwanted } from '../incidents/why-unwanted.ts';
import { failPoint } from '../observe/fail-point.ts';
import { readReader } from '../people/reader.ts';
import type { CrowdMessage } from './crowd.ts';
import { extendDigestLease, type Gathered, type Member } from './gather.ts';
import { keepTrying } from './keep-trying.ts';
import { ranks } from './line.ts';
import { beginTogether, endEmpty, endTogether, leaveOut } from './ledger-together.ts';
import { leaseMs } from './ledger.ts';
import type { Pacing } from './pacing.ts';
import { send, type SendDeps, type Sender } from './send.ts';

const longestRetryMs = 30_000;

export interface DigestSent {
  readonly result: Outcome<Ref>;
  /** Incidents that it tells of. */
  readonly incidents: number;
  readonly perhapsTwice: boolean;
}

/**
 * Sends what was gathered for the person and way of `message`, and keeps the result for each; null when nobody needed any of it any more.
 * What was acknowledged meanwhile is left out.
 */
export async function sendDigest(
  deps: SendDeps,
  pacing: Pacing,
  sender: Sender,
  message: CrowdMessage,
  gathered: Gathered,
): Promise<DigestSent | null> {
  const { pool } = deps.database;
  const timer = setInterval(() => void extendDigestLease(pool, gathered.digestId).catch(() => undefined), leaseMs / 5);
  try {
    return await sendLeased(deps, pacing, sender, message, gathered);
  } finally {
    clearInterval(timer);
  }
}

async function sendLeased(
  deps: SendDeps,
  pacing: Pacing,
  sender: Sender,
  message: CrowdMessage,
  { digestId, madeAtMs, attempts: earlierAttempts, members }: Gathered,
): Promise<DigestSent | null> {
  const { pool } = deps.database;
  const { providerId, providerType, address, signal } = message;
  await pacing.turn({ providerId, address, rank: message.isUrgent ? ranks.critical : ranks.page, signal }, sender.notify.pace);
  const [now, reader] = await Promise.all([
    readIncidents(
      pool,
      members.map(({ incidentId }) => incidentId),
      deps.config.baseUrl,
    ),
    readReader(pool, message.userId),
  ]);
  const looked = members.map((member) => ({ member, reason: reasonToLeaveOut(member, now) }));
  const unwanted = looked.flatMap(({ member, reason }) => (reason === null ? [] : [{ member, reason }]));
  await leaveOut(pool, message, digestId, unwanted);
  deps.metrics.deliveries.inc({ provider_type: providerType, result: 'skipped' }, unwanted.length);
  const wanted = looked.filter(({ reason }) => reason === null).map(({ member }) => member);
  const { attempts, earlierUnknown } = await beginTogether(pool, message, digestId, wanted);
  const told = wanted.filter(({ deliveryId }) => attempts.has(deliveryId));
  if (told.length === 0) {
    await endEmpty(pool, digestId);
    return null;
  }
  failPoint('send-begun');
  const digest = compose(told, now, { madeAtMs, reader, baseUrl: deps.config.baseUrl });
  const facts = { ...message, deliveryId: digestId, incidentId: null };
  const result = await send(deps, sender, { facts, what: { digest }, maybeDone: earlierUnknown, signal });
  if (result.ok) failPoint('send-accepted');
  const incidents = digest.entries.length;
  const perhapsTwice = earlierUnknown && !sender.notify.dropsDoubles(sender.config);
  const retryMs = result.ok ? 0 : (result.retryAfterMs ?? Math.min(1_000 * 2 ** earlierAttempts, longestRetryMs));
  await keepTrying(() => endTogether(pool, { digestId, attempts, incidents, perhapsTwice }, result, retryMs));
  deps.metrics.deliveries.inc({ provider_type: providerType, result: result.ok ? 'sent' : 'failed' }, told.length);
  failPoint('send-ended');
  return { result, incidents, perhapsTwice };
}

function reasonToLeaveOut({ incidentId, about }: Member, now: ReadonlyMap<string, IncidentNow>): Said | null {
  const incident = now.get(incidentId);
  return incident === undefined ? said('cause.goneOn') : whyUnwanted(about.plan, incident);
}

/** Of one incident what asks for somebody counts more than what informs, and the later more than what came before. */
function compose(
  members: readonly Member[],
  now: ReadonlyMap<string, IncidentNow>,
  { madeAtMs, reader, baseUrl }: { readonly madeAtMs: number; readonly reader: Reader; readonly baseUrl: string },
): Digest {
  const entries = new Map<string, DigestEntry>();
  for (const { incidentId, purpose, about } of members.toSorted((a, b) => a.about.atMs - b.about.atMs)) {
    const incident = now.get(incidentId);
    if (incident === undefined) continue;
    const isPage = purpose === 'page';
    if (!isPage && entries.get(incidentId)?.purpose === 'page') continue;
    entries.set(incidentId, {
      purpose: isPage ? 'page' : 'notice',
      event: about.plan.for === 'event' ? about.plan.event : 'incident.created',
      occasion: occasionOf(about.plan, about.atMs, incident),
      incident: incident.summaryFor(reader),
    });
  }
  return {
    entries: [...entries.values()].toSorted(inOrder),
    url: `${baseUrl}/dashboard/incidents/`,
    timestamp: new Date(madeAtMs).toISOString(),
    reader,
  };
}

const inOrder = (a: DigestEntry, b: DigestEntry): number =>
  Number(b.purpose === 'page') - Number(a.purpose === 'page') ||
  severityRank(a.incident.severity) - severityRank(b.incident.severity) ||
  (a.incident.createdAt < b.incident.createdAt ? -1 : 1);
