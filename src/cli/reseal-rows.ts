import type { Pool, PoolClient } from 'pg';
import { providerPlace } from '../connections/provider.ts';
import { resealConfig } from '../connections/stored-config.ts';
import type { StoredConfig } from '../connectors/secret-values.ts';
import { devicePlace } from '../people/devices.ts';
import { inTransaction } from '../db/in-transaction.ts';
import { SecretUnreadable, type SecretBox } from '../secrets/secret-box.ts';

export interface ResealReport {
  /** Values that were sealed anew. */
  readonly resealed: number;
  /** What no known key opens, as `providers/<id>/password`; left as it was. */
  readonly unreadable: readonly string[];
}

/**
 * Seals everything that is stored under the current key, row by row, each in a transaction of its own that locks it: what
 * people change meanwhile is not lost, and who reads finds a value that opens under one of the two keys. Running it again
 * does no harm.
 */
export async function reseal(pool: Pool, box: SecretBox): Promise<ResealReport> {
  const unreadable: string[] = [];
  let resealed = 0;

  async function resealRow(
    table: 'providers' | 'alert_sources' | 'devices',
    id: string,
    work: (client: PoolClient) => Promise<number>,
  ): Promise<void> {
    resealed += await inTransaction(pool, work).catch((error: unknown) => {
      throw new Error(`${table}/${id} could not be sealed anew`, { cause: error });
    });
  }

  const providers = await pool.query<{ id: string }>('select id from providers order by id');
  for (const { id } of providers.rows) {
    await resealRow('providers', id, async (client) => {
      const { rows } = await client.query<{ config: StoredConfig }>('select config from providers where id = $1 for update', [id]);
      if (rows[0] === undefined) return 0;
      const done = resealConfig(providerPlace(id), rows[0].config, box);
      unreadable.push(...done.unreadable.map((path) => `${providerPlace(id)}/${path}`));
      if (done.changed > 0) await client.query('update providers set config = $2 where id = $1', [id, JSON.stringify(done.config)]);
      return done.changed;
    });
  }

  const alertSources = await pool.query<{ id: string }>('select id from alert_sources where signing_secret is not null order by id');
  for (const { id } of alertSources.rows) {
    await resealRow('alert_sources', id, async (client) => {
      const { rows } = await client.query<{ sealed: string | null }>(
        'select signing_secret as sealed from alert_sources where id = $1 for update',
        [id],
      );
      const anew = resealText(rows[0]?.sealed ?? null, `integrations/${id}/signing_secret`);
      if (anew !== null) await client.query('update alert_sources set signing_secret = $2 where id = $1', [id, anew]);
      return anew === null ? 0 : 1;
    });
  }

  const devices = await pool.query<{ id: string }>('select id from devices order by id');
  for (const { id } of devices.rows) {
    await resealRow('devices', id, async (client) => {
      const { rows } = await client.query<{ sealed: string }>('select reached_by as sealed from devices where id = $1 for update', [id]);
      const anew = resealText(rows[0]?.sealed ?? null, devicePlace(id));
      if (anew !== null) await client.query('update devices set reached_by = $2 where id = $1', [id, anew]);
      return anew === null ? 0 : 1;
    });
  }

  resealed += await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ sealed: string }>('select sealed from archive_head for update');
    const anew = resealText(rows[0]?.sealed ?? null, 'archive_head/sealed');
    if (anew !== null) await client.query('update archive_head set sealed = $1', [anew]);
    return anew === null ? 0 : 1;
  });
  return { resealed, unreadable };

  function resealText(sealed: string | null, boundTo: string): string | null {
    if (sealed === null || box.isCurrent(sealed)) return null;
    try {
      return box.seal(box.open(sealed, boundTo), boundTo);
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      unreadable.push(boundTo);
      return null;
    }
  }
}
