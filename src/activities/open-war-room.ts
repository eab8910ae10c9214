import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { attempt } from '../connections/attempt.ts';
import { openFirstProvider } from '../connections/provider.ts';
import { createCall } from '../connectors/call.ts';
import { typeOf, type Registry } from '../connectors/registry.ts';
import type { IncidentActivities } from '../contract/activities.ts';
import type { RoomResult } from '../domain/incident/happening.ts';
import { said } from '../domain/said.ts';
import { readIncident, type IncidentNow } from '../incidents/incident-now.ts';
import { keepRoomInStep } from '../rooms/keep-room-in-step.ts';
import { keepRoom, readRoom, type KeptRoom } from '../rooms/kept-room.ts';
import { roomLook } from '../rooms/look.ts';
import type { ActivityDeps } from './deps.ts';
import { incidentGone, toApplicationFailure } from './failed.ts';
import { isPrivateRoom, welcomeOf } from './room-now.ts';

/** Types of provider that have rooms. */
export const roomTypes = ({ all }: Registry): string[] => all.filter((connector) => connector.rooms !== undefined).map(typeOf);

/** By the first active provider that has rooms. What does not work of it at once is done with what keeps the incident in step. */
export function createOpenWarRoom(deps: ActivityDeps): IncidentActivities['openWarRoom'] {
  const { pool } = deps.database;
  return async ({ incidentId }): Promise<RoomResult> => {
    const now = await readIncident(pool, incidentId, deps.config.baseUrl);
    if (now === null) throw incidentGone();
    const isPrivate = await isPrivateRoom(pool, incidentId);
    const known = await readRoom(pool, incidentId);
    const room = known === null || known.isClosed ? await openRoom(deps, now, isPrivate) : known;
    if ('outcome' in room) return room;
    const signal = cancellationSignal();
    const { lacking, uninvited } = await keepRoomInStep(deps, { incidentId, isPrivate, about: welcomeOf(now), signal });
    return {
      outcome: 'done',
      url: room.ref.url ?? welcomeOf(now).incident.url,
      title: `#${room.name}`,
      ...(lacking.length > 0 && { lacking: lacking.map(({ reason, cure }) => ({ reason, cure })) }),
      ...(uninvited.length > 0 && { uninvited }),
    };
  };
}

async function openRoom(deps: ActivityDeps, now: IncidentNow, isPrivate: boolean): Promise<Pick<KeptRoom, 'ref' | 'name'> | RoomResult> {
  const { database, registry, egress, log } = deps;
  const { incident } = welcomeOf(now);
  const provider = await openFirstProvider(deps, roomTypes(registry));
  if (provider?.ok === false) return { outcome: 'failed', reason: provider.reason };
  const rooms = provider?.value.connector.rooms;
  if (provider === null || rooms === undefined) return { outcome: 'skipped', reason: said('cause.noRooms'), isNoNews: true };
  const { id: providerId, type: providerType, connector, config } = provider.value;
  const call = createCall(connector, {
    config,
    door: egress,
    actId: `${incident.id}/room`,
    maybeDone: activityInfo().attempt > 1,
    signal: cancellationSignal(),
  });
  const look = roomLook(incident, { isPrivate });
  const result = await attempt(call, log.child({ incidentId: incident.id }), () => rooms.ensure(call, look, incident));
  if (!result.ok) {
    if (result.permanent) return { outcome: 'failed', reason: result.reason };
    throw toApplicationFailure(result);
  }
  const room = { ref: result.value, name: look.name };
  await keepRoom(database.pool, { incidentId: incident.id, providerId, providerType, ...room });
  return room;
}
