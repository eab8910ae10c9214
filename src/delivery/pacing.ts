import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Pace } from '../connectors/connector.ts';
import { Line, type Take, type Wait } from './line.ts';

/** Bursts of so much go at once. */
const burstMs = 1_000;
/** Turns are asked for as they are used, so that a process that dies takes no more than a second of them with it. */
const askTimeoutMs = 1_000;

export interface TurnOf extends Wait {
  readonly providerId: string;
  readonly address: string | null;
}

/**
 * Keeps the messages of all processes apart as their vendors bear them. When the next one may leave stands in the store, one row a
 * provider, and one an address where the vendor counts so.
 */
export class Pacing {
  private readonly pool: Pool;
  private readonly log: Logger;
  private readonly lines = new Map<string, Line>();
  /** Of this process alone, while the store does not answer: a page is never held up by that. */
  private readonly nextFreeAtMs = new Map<string, number>();

  constructor(pool: Pool, log: Logger) {
    this.pool = pool;
    this.log = log;
  }

  /** Waits for a turn of this provider, and of this address; by rank among those that wait here. @throws the signal's reason when given up meanwhile */
  async turn({ providerId, address, ...wait }: TurnOf, { perSecond, perAddressAndSecond }: Pace): Promise<void> {
    const ofProvider = (waiter: Wait): Promise<void> =>
      this.inLine(providerId, (most) => this.take(providerId, '', perSecond, most), waiter);
    if (perAddressAndSecond === undefined || address === null) return ofProvider(wait);
    // One of an address at a time, so that a busy one does not use up turns that others wait for.
    const ofBoth: Take = async (_, rank) => {
      await ofProvider({ rank });
      return this.take(providerId, address, perAddressAndSecond, 1);
    };
    return this.inLine(`${providerId} ${address}`, ofBoth, wait);
  }

  private async inLine(key: string, take: Take, wait: Wait): Promise<void> {
    const line = this.lines.get(key) ?? new Line(take);
    this.lines.set(key, line);
    await line.turn(wait).finally(() => {
      if (line.isEmpty) this.lines.delete(key);
    });
  }

  private async take(providerId: string, address: string, perSecond: number, most: number): Promise<readonly number[]> {
    const turns = Math.min(most, Math.max(1, Math.floor(perSecond)));
    const lastAtMs = await this.askStore(providerId, address, perSecond, turns).catch((error: unknown) => {
      this.log.warn({ err: error, providerId }, 'shared pacing is unavailable; this process paces by itself');
      return this.ownNext(`${providerId} ${address}`, perSecond, turns);
    });
    return Array.from({ length: turns }, (_, index) => lastAtMs - ((turns - 1 - index) * 1_000) / perSecond);
  }

  /** When the last of these turns is. */
  private async askStore(providerId: string, address: string, perSecond: number, turns: number): Promise<number> {
    const values = [providerId, address, turns / perSecond, burstMs / 1_000, 60 * Math.max(1, 1 / perSecond)];
    const query = { name: 'pacing', text: statement, values, query_timeout: askTimeoutMs };
    const { rows } = await this.pool.query<{ in_ms: number }>(query);
    return performance.now() + (rows[0]?.in_ms ?? 0);
  }

  private ownNext(key: string, perSecond: number, turns: number): number {
    const nowMs = performance.now();
    const freeAtMs = Math.max(this.nextFreeAtMs.get(key) ?? 0, nowMs - burstMs) + (turns * 1_000) / perSecond;
    this.nextFreeAtMs.set(key, freeAtMs);
    return freeAtMs;
  }
}

/** What lies more than $5 seconds ahead is of a clock that was set back since. */
const statement = `
  insert into pacing as p (provider_id, address, next_free_at)
  values ($1, $2, clock_timestamp() + make_interval(secs => $3::float8 - $4::float8))
  on conflict (provider_id, address) do update set next_free_at = greatest(
      case when p.next_free_at < clock_timestamp() + make_interval(secs => $5::float8) then p.next_free_at end,
      clock_timestamp() - make_interval(secs => $4::float8)
    ) + make_interval(secs => $3::float8)
  returning (extract(epoch from next_free_at - clock_timestamp()) * 1000)::float8 as in_ms`;
