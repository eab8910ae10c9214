import type { Notification } from '../connectors/notification.ts';
import type { IncidentActivities } from '../contract/activities.ts';
import type { SentMessage } from '../delivery/sent-before.ts';
import { standingOccasion } from '../domain/incident/occasion.ts';
import { anyReader } from '../domain/reader.ts';
import { asSaid, type Said } from '../domain/said.ts';
import { aboutIncident } from '../incidents/about-incident.ts';
import { ownDocumentUrl, readIncident } from '../incidents/incident-now.ts';
import { readReader } from '../people/reader.ts';
import { keepRoomInStep } from '../rooms/keep-room-in-step.ts';
import type { ActivityDeps } from './deps.ts';
import { keepDocumentInStep } from './document-in-step.ts';
import { incidentGone, toApplicationFailure } from './failed.ts';
import { isPrivateRoom, welcomeOf } from './room-now.ts';
import { whileAlive } from './while-alive.ts';

/** Brings what stands outside about an incident (messages that were sent, its war room) to what the incident is now. Can be done again at any time. */
export function createKeepInStep(deps: ActivityDeps): IncidentActivities['keepInStep'] {
  const { config, keepMessagesInStep } = deps;
  const { pool } = deps.database;
  return async ({ incidentId }) => {
    const now = await readIncident(pool, incidentId, config.baseUrl);
    if (now === null) throw incidentGone();
    const reasons = await readReasons(pool, incidentId);
    const compose = async (message: SentMessage): Promise<Notification> => ({
      purpose: message.purpose as Notification['purpose'],
      event: 'incident.created',
      occasion: standingOccasion(now),
      reasons: reasons.get(message.deliveryId) ?? [],
      ...aboutIncident(now, await readReader(pool, message.userId)),
    });
    const isPrivate = await isPrivateRoom(pool, incidentId);
    const [messages, room, document] = await whileAlive((signal) =>
      Promise.all([
        keepMessagesInStep({ incidentId, compose, signal }),
        keepRoomInStep(deps, { incidentId, isPrivate, about: welcomeOf(now), signal }),
        keepDocumentInStep(deps, incidentId, now, signal),
      ]),
    );
    const refused = document.failure?.permanent === true ? document.failure : null;
    // What was made is told, though another part has to be tried again: with the next change.
    if (document.made !== null) return { document: { url: document.made } };
    const [failure] = [...messages, ...room.passing, ...(document.failure === null || refused !== null ? [] : [document.failure])];
    if (failure !== undefined) throw toApplicationFailure(failure);
    if (refused === null) return {};
    const { reason, cure } = refused;
    return { noDocument: { reason, cure, url: ownDocumentUrl(config.baseUrl, now.summaryFor(anyReader).shortId) } };
  };
}

/** Why each message was sent, by its delivery, as the timeline tells it. */
async function readReasons(pool: ActivityDeps['database']['pool'], incidentId: string): Promise<ReadonlyMap<string, readonly Said[]>> {
  const { rows } = await pool.query<{ page_id: string; reasons: readonly (Said | string)[] | null }>({
    name: 'sent-reasons',
    text: `select data ->> 'page_id' as page_id, data -> 'reasons' as reasons from timeline_entries where incident_id = $1 and type = 'ALERT_SENT'`,
    values: [incidentId],
  });
  return new Map(rows.map(({ page_id: pageId, reasons }) => [`${incidentId}/${pageId}`, (reasons ?? []).map(asSaid)]));
}
