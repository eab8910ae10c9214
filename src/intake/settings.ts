import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { AlertRule, Routes } from '../domain/alert-rules.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { AlertSource, Signing } from './authenticate.ts';

/** What intake must know to let an alert in and to say whose it is. */
export interface IntakeSettings {
  /** Active ones only, the oldest first. */
  readonly alertSources: readonly AlertSource[];
  readonly routes: Routes;
}

export interface SettingsCache {
  /** The settings as they are or were a moment ago; the last ones known while Postgres is away; null while none ever were. */
  current(): Promise<IntakeSettings | null>;
  /** Reads them for the first time, however long it takes: a process that begins to listen has them at hand. Never rejects. */
  firstRead(): Promise<void>;
}

/** A copy is fresh for so long, or for twenty times as long as reading it took, so that reading never takes much of the time. */
const freshAtLeastMs = 50;
const freshAtMostMs = 2_000;
/** How long a request waits for a fresher copy before it takes the old one. */
const patienceMs = 250;
/** After a failed read, requests take the old copy at once for so long. */
const pauseMs = 1_000;
/** A connection that went silent would otherwise keep the reading waiting for ever. */
const readTimeoutMs = 2_000;

export interface SettingsCacheOptions {
  readonly pool: Pool;
  readonly secrets: SecretBox;
  readonly log: Logger;
  /** Sources without a secret are open, as in a demo. */
  readonly opensAll?: boolean;
  /** How long a copy is fresh, milliseconds; by default as long as reading it allows. */
  readonly freshForMs?: number | undefined;
}

/** Reads on demand, one read at a time for all requests: no timer, nothing to close. */
export function createSettingsCache({ pool, secrets, log, opensAll = false, freshForMs: fixed }: SettingsCacheOptions): SettingsCache {
  const read = createReader(pool, secrets, log, opensAll);
  let known: IntakeSettings | null = null;
  let readAtMs = -Infinity;
  let freshForMs = 0;
  let failedAtMs = -Infinity;
  let reading: Promise<void> | null = null;

  async function refresh(): Promise<void> {
    const startedAtMs = performance.now();
    try {
      known = await read();
      readAtMs = startedAtMs;
      failedAtMs = -Infinity;
      freshForMs = fixed ?? Math.min(freshAtMostMs, Math.max(freshAtLeastMs, (performance.now() - startedAtMs) * 20));
    } catch (error) {
      failedAtMs = performance.now();
      log.warn({ err: error }, 'intake settings cannot be read; the last known ones are used');
    } finally {
      reading = null;
    }
  }

  return {
    async current() {
      const nowMs = performance.now();
      if (nowMs - readAtMs < freshForMs || nowMs - failedAtMs < pauseMs) return known;
      reading ??= refresh();
      await atMost(reading, patienceMs);
      return known;
    },
    firstRead: () => (reading ??= refresh()),
  };
}

async function atMost(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

interface SettingsRow {
  readonly alertSources: readonly {
    id: string;
    source: string;
    secret_hash: string | null;
    signing_secret: string | null;
    open: boolean;
  }[];
  readonly services: readonly { id: string; name: string; is_catch_all: boolean; is_active: boolean }[];
  readonly rules: readonly (Omit<AlertRule, 'serviceId'> & { service_id: string | null })[];
}

/** One statement, so that the three belong together. */
const statement = `select
  (select coalesce(json_agg(json_build_object('id', id, 'source', source, 'secret_hash', encode(secret_hash, 'hex'),
     'signing_secret', signing_secret, 'open', open) order by created_at, id), '[]') from alert_sources where is_active) as "alertSources",
  (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'is_catch_all', is_catch_all, 'is_active', is_active)), '[]')
     from services where is_active or is_catch_all) as services,
  (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'source', source, 'conditions', conditions, 'service_id', service_id,
     'severity', severity, 'suppress', suppress) order by position, created_at, id), '[]') from alert_rules where is_active) as rules`;

function createReader(pool: Pool, secrets: SecretBox, log: Logger, opensAll: boolean): () => Promise<IntakeSettings> {
  const complained = new Set<string>();

  function openSigning(id: string, sealed: string | null): Signing {
    if (sealed === null) return { state: 'none' };
    try {
      return { state: 'set', secret: secrets.open(sealed, `integrations/${id}/signing_secret`) };
    } catch {
      if (!complained.has(id)) log.error({ alertSourceId: id }, 'signing secret cannot be decrypted; signed requests are refused');
      complained.add(id);
      return { state: 'unreadable' };
    }
  }

  const query = { name: 'intake-settings', text: statement, query_timeout: readTimeoutMs };
  return async () => {
    const { rows } = await pool.query<SettingsRow>(query);
    const row = rows[0] as SettingsRow;
    const catchAll = row.services.find((service) => service.is_catch_all);
    if (catchAll === undefined) throw new Error('there is no catch-all service');
    const active = new Map(row.services.filter((service) => service.is_active).map((service) => [service.id, service]));
    return {
      alertSources: row.alertSources.map(({ id, source, secret_hash, signing_secret, open }) => ({
        id,
        source,
        secretHash: secret_hash === null ? null : Buffer.from(secret_hash, 'hex'),
        signing: openSigning(id, signing_secret),
        isOpen: open || opensAll,
      })),
      routes: {
        // A rule that names a service which is switched off still sets severity and suppression.
        rules: row.rules.map(({ service_id, ...rule }) => ({
          ...rule,
          serviceId: service_id !== null && active.has(service_id) ? service_id : null,
        })),
        servicesByName: new Map([...active.values()].map((service) => [service.name.toLowerCase(), service.id])),
        catchAllServiceId: catchAll.id,
      },
    };
  };
}
