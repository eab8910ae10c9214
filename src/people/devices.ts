import { hash, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { SecretUnreadable, type SecretBox } from '../secrets/secret-box.ts';

/** Where what a device is reached by is kept: it opens nowhere else. */
export const devicePlace = (id: string): string => `devices/${id}/reached_by`;

export interface DeviceStore {
  readonly pool: Pool;
  readonly secrets: SecretBox;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly provider_id: string;
  readonly provider: string;
  readonly provider_type: string;
  readonly added_at: Date;
  readonly seen_at: Date;
  readonly gone_at: Date | null;
}

/** A browser that was not opened for so long may have ended its subscription unnoticed. Days. */
export const unseenAfterDays = 7;

/** One person's; more are of no use to anybody. */
export const mostDevices = 20;

export interface NewDevice {
  readonly userId: string;
  readonly providerId: string;
  readonly name: string;
  /** What it is reached by, as the provider's system understands it: a push subscription as JSON. */
  readonly reachedBy: string;
  /** What of that is the same for as long as it is the same device: the endpoint. */
  readonly identity: string;
}

const identityHash = (identity: string): string => hash('sha256', identity, 'hex');

/**
 * Adds it, or renews the one that is reached in the same way: whose browser it was before, it is this person's now. Null where they have too
 * many already.
 */
export async function addDevice({ pool, secrets }: DeviceStore, device: NewDevice): Promise<string | null> {
  const { userId, providerId, name, reachedBy, identity } = device;
  const hashed = identityHash(identity);
  const { rows: known } = await pool.query<{ id: string }>('select id from devices where reached_by_hash = $1', [hashed]);
  const id = known[0]?.id ?? randomUUID();
  const { rows } = await pool.query<{ id: string }>(
    `insert into devices (id, user_id, provider_id, name, reached_by, reached_by_hash)
     select $1, $2, $3, $4, $5, $6 where (select count(*) from devices where user_id = $2 and reached_by_hash <> $6) < $7
     on conflict (reached_by_hash) do update
       set user_id = $2, provider_id = $3, name = $4, reached_by = $5, gone_at = null, warned_at = null, seen_at = now() where devices.id = $1
     returning id`,
    [id, userId, providerId, name, secrets.seal(reachedBy, devicePlace(id)), hashed, mostDevices],
  );
  return rows[0]?.id ?? null;
}

/** It was opened, and is reached like this now. False where this person has no such device. */
export async function renewDevice(
  { pool, secrets }: DeviceStore,
  id: string,
  { userId, reachedBy, identity }: Pick<NewDevice, 'userId' | 'reachedBy' | 'identity'>,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    // What is deleted beside an update is gone after it, unless the update waits for it by reading it.
    `with other as (
       delete from devices where reached_by_hash = $4 and id <> $1 and exists (select from devices where id = $1 and user_id = $2) returning id
     ), gone as (select count(*) from other)
     update devices set reached_by = $3, reached_by_hash = $4, seen_at = now(), gone_at = null, warned_at = null from gone where id = $1 and user_id = $2`,
    [id, userId, secrets.seal(reachedBy, devicePlace(id)), identityHash(identity)],
  );
  return rowCount === 1;
}

export async function devicesOf(pool: Pool, userId: string): Promise<readonly Device[]> {
  const { rows } = await pool.query<Device>(
    `select d.id, d.name, d.provider_id, p.name as provider, p.type as provider_type, d.added_at, d.seen_at, d.gone_at
     from devices d join providers p on p.id = d.provider_id where d.user_id = $1 order by d.added_at, d.id`,
    [userId],
  );
  return rows;
}

/** False where this person has no such device. */
export async function removeDevice(pool: Pool, id: string, userId: string): Promise<boolean> {
  const { rowCount } = await pool.query('delete from devices where id = $1 and user_id = $2', [id, userId]);
  return rowCount === 1;
}

/** What the device is reached by; null where there is none, or it has gone, or its owner was deactivated. */
export async function openDevice({ pool, secrets }: DeviceStore, id: string, providerId: string): Promise<string | null> {
  const { rows } = await pool.query<{ reached_by: string }>({
    name: 'open-device',
    text: `select d.reached_by from devices d join users u on u.id = d.user_id
      where d.id = $1 and d.provider_id = $2 and d.gone_at is null and u.is_active`,
    values: [id, providerId],
  });
  const [row] = rows;
  if (row === undefined) return null;
  try {
    return secrets.open(row.reached_by, devicePlace(id));
  } catch (error) {
    if (error instanceof SecretUnreadable) return null;
    throw error;
  }
}

/** Nothing reaches it any more: it is no way to its owner until it is added again. */
export async function deviceGone(pool: Pool, id: string): Promise<void> {
  await pool.query('update devices set gone_at = now(), warned_at = null where id = $1 and gone_at is null', [id]);
}
