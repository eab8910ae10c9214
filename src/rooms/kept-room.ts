import type { Pool } from 'pg';
import type { Ref } from '../connectors/outcome.ts';

/** A war room as it was left. */
export interface KeptRoom {
  readonly incidentId: string;
  readonly providerId: string;
  readonly providerType: string;
  readonly ref: Ref;
  readonly name: string;
  /** What topic and links are, as `lookKey` says; null before the first. */
  readonly shown: string | null;
  readonly welcome: Ref | null;
  readonly welcomeShown: string | null;
  readonly isPinned: boolean;
  /** Ids of those who were invited, or cannot be. */
  readonly invited: readonly string[];
  readonly isClosed: boolean;
}

const columns = `incident_id as "incidentId", provider_id as "providerId", provider_type as "providerType", ref, name, shown, welcome,
  welcome_shown as "welcomeShown", is_pinned as "isPinned", invited, closed_at is not null as "isClosed"`;

export async function readRoom(pool: Pool, incidentId: string): Promise<KeptRoom | null> {
  const { rows } = await pool.query<KeptRoom>({
    name: 'war-room',
    text: `select ${columns} from war_rooms where incident_id = $1`,
    values: [incidentId],
  });
  return rows[0] ?? null;
}

/** The open room that a vendor calls so; null where it is none of ours. */
export async function findRoom(pool: Pool, providerId: string, refId: string): Promise<KeptRoom | null> {
  const { rows } = await pool.query<KeptRoom>({
    name: 'war-room-by-ref',
    text: `select ${columns} from war_rooms where provider_id = $1 and ref ->> 'id' = $2 and closed_at is null`,
    values: [providerId, refId],
  });
  return rows[0] ?? null;
}

/** The incident's room from now on, in the place of one that was closed. */
export async function keepRoom(
  pool: Pool,
  { incidentId, providerId, providerType, ref, name }: Pick<KeptRoom, 'incidentId' | 'providerId' | 'providerType' | 'ref' | 'name'>,
): Promise<void> {
  await pool.query({
    name: 'keep-war-room',
    text: `with kept as (
        insert into war_rooms (incident_id, provider_id, provider_type, ref, name) values ($1, $2, $3, $4, $5)
        on conflict (incident_id) do update set provider_id = excluded.provider_id, provider_type = excluded.provider_type, ref = excluded.ref,
          name = excluded.name, shown = null, welcome = null, welcome_shown = null, is_pinned = false, invited = '{}', created_at = now(), closed_at = null
        where war_rooms.closed_at is not null or war_rooms.ref ->> 'id' <> excluded.ref ->> 'id'
      )
      update incidents set war_room_url = $6 where id = $1`,
    values: [incidentId, providerId, providerType, JSON.stringify(ref), name, ref.url],
  });
}

/** One step of the room is done: what a crash would forget is done again, and finds itself done. */
export async function keepStep(
  pool: Pool,
  incidentId: string,
  step: Partial<Pick<KeptRoom, 'shown' | 'welcome' | 'welcomeShown' | 'isPinned' | 'invited'>>,
): Promise<void> {
  await pool.query({
    name: 'keep-war-room-step',
    text: `update war_rooms set shown = coalesce($2, shown), welcome = coalesce($3, welcome), welcome_shown = coalesce($4, welcome_shown),
      is_pinned = coalesce($5, is_pinned), invited = coalesce($6, invited) where incident_id = $1`,
    values: [
      incidentId,
      step.shown ?? null,
      step.welcome == null ? null : JSON.stringify(step.welcome),
      step.welcomeShown ?? null,
      step.isPinned ?? null,
      step.invited ?? null,
    ],
  });
}
