import { setTimeout as delay } from 'node:timers/promises';
import { attempt } from '../connections/attempt.ts';
import { openProvider } from '../connections/provider.ts';
import { createCall } from '../connectors/call.ts';
import type { Ref } from '../connectors/outcome.ts';
import type { RoomDeps } from './keep-room-in-step.ts';

export interface RoomCloser {
  /** Begins no other room, and waits for the one that it is at. */
  stop(): Promise<void>;
}

const lookEveryMs = 60_000;
const closeTimeoutMs = 20_000;
/** Rooms of one look. */
const atOnce = 20;

/** Closes the rooms of incidents that cannot reopen by themselves any more: some vendors open no room again, and a later reopening makes a new one. */
export function startRoomCloser(deps: RoomDeps): RoomCloser {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      await closeRooms(deps, signal).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'war rooms could not be closed; it is tried again'),
      );
      await delay(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

interface Due {
  readonly incident_id: string;
  readonly provider_id: string;
  readonly ref: Ref;
}

/** All that are due. What a vendor does not take now is tried in the next look; what it refuses for good counts as closed. */
export async function closeRooms(deps: RoomDeps, signal: AbortSignal): Promise<void> {
  const { pool } = deps.database;
  const { rows } = await pool.query<Due>(
    `select r.incident_id, r.provider_id, r.ref from war_rooms r join incidents i on i.id = r.incident_id join services s on s.id = i.service_id
     where r.closed_at is null and i.status = 'RESOLVED' and i.resolved_at + make_interval(secs => s.reopen_window_seconds) < now()
       and not exists (select from outbox o where o.incident_id = i.id)
     order by i.resolved_at limit $1`,
    [atOnce],
  );
  for (const room of rows) {
    if (signal.aborted) return;
    await close(deps, room, signal);
  }
}

async function close(
  { database, egress, log, ...deps }: RoomDeps,
  { incident_id: incidentId, provider_id: providerId, ref }: Due,
  givenUp: AbortSignal,
): Promise<void> {
  const opened = await openProvider({ database, ...deps }, providerId);
  if (opened.ok && opened.value.connector.rooms !== undefined) {
    const { connector, config } = opened.value;
    const signal = AbortSignal.any([givenUp, AbortSignal.timeout(closeTimeoutMs)]);
    const call = createCall(connector, { config, door: egress, actId: `${incidentId}/room/${ref.id}/close`, maybeDone: true, signal });
    const result = await attempt(
      call,
      log.child({ incidentId }),
      async () => (await connector.rooms?.close(call, ref)) ?? { ok: true, value: ref },
    );
    if (!result.ok && !result.permanent) return;
    if (!result.ok) log.warn({ incidentId, reason: result.reason.code }, 'a war room cannot be closed');
  }
  await database.pool.query('update war_rooms set closed_at = now() where incident_id = $1', [incidentId]);
}
