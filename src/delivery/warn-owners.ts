import { setTimeout as delay } from 'node:timers/promises';
import type { Announcement } from '../connectors/notification.ts';
import type { SendDeps } from './send.ts';
import { tellPerson } from './tell-person.ts';
import { said } from '../domain/said.ts';
import { readDirectory } from '../people/directory.ts';
import { readReader } from '../people/reader.ts';
import { words } from '../texts/languages.ts';
import { unseenAfterDays } from '../people/devices.ts';

export interface OwnerWarner {
  /** Warns nobody else, and waits for the one that it is at. */
  stop(): Promise<void>;
}

const lookEveryMs = 60_000;
const atOnce = 20;

/** Whoever relies on a device that nothing reaches any more learns it before the next page, by another way. */
export function startOwnerWarner(deps: SendDeps): OwnerWarner {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      await warnOwners(deps, signal).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'owners of devices could not be warned; it is tried again'),
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

interface Lost {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly is_gone: boolean;
  readonly since: Date;
}

/** Each device once, until it is seen again. One that its owner cannot be told of by any other way is tried in the next look. */
export async function warnOwners(deps: SendDeps, signal: AbortSignal): Promise<void> {
  const { pool } = deps.database;
  const { rows } = await pool.query<Lost>(
    `select d.id, d.user_id, d.name, d.gone_at is not null as is_gone, coalesce(d.gone_at, d.seen_at) as since
     from devices d join users u on u.id = d.user_id
     where u.is_active and d.warned_at is null and (d.gone_at is not null or d.seen_at < now() - make_interval(days => $1))
     order by since limit $2`,
    [unseenAfterDays, atOnce],
  );
  if (rows.length === 0) return;
  const directory = await readDirectory({ pool, ...deps });
  for (const device of rows) {
    const user = directory.users.get(device.user_id);
    if (signal.aborted || user === undefined) continue;
    const what = warningOf(device, deps.config.baseUrl, (await readReader(pool, user.id)).language);
    const actId = `device/${device.id}/${device.since.getTime()}`;
    const told = await tellPerson(deps, { user, directory, what, actId, may: (way) => way.address !== device.id, signal });
    if (told !== null) await pool.query('update devices set warned_at = now() where id = $1', [device.id]);
  }
}

function warningOf({ name, is_gone: isGone }: Lost, baseUrl: string, language: 'en' | 'fr'): Announcement {
  return {
    title: words(isGone ? said('device.gone.title', { name }) : said('device.unseen.title', { name, days: unseenAfterDays }), language),
    text: words(isGone ? said('device.gone.text', { name }) : said('device.unseen.text', { name, days: unseenAfterDays }), language),
    tone: 'bad',
    facts: [],
    links: [{ title: words(said('device.open'), language), url: `${baseUrl}/dashboard/profile/` }],
    mentionAll: false,
  };
}
