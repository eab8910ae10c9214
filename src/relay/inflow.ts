import type { Pool } from 'pg';

/** A storm is known within this; one large batch counts as one for as long, which keeps nothing waiting that is urgent. */
const measureEveryMs = 250;

/** How fast the outbox fills, whoever fills it: told by the numbers of its rows. */
export class Inflow {
  private readonly pool: Pool;
  private perSecond = 0;
  private last: { readonly atMs: number; readonly id: number } | null = null;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Looks, where it is time to. @throws errors of the store */
  async measure(): Promise<void> {
    const atMs = performance.now();
    if (this.last !== null && atMs - this.last.atMs < measureEveryMs) return;
    const { rows } = await this.pool.query<{ id: number }>({
      name: 'relay-inflow',
      text: 'select last_value::float8 as id from outbox_id_seq',
    });
    const id = rows[0]?.id ?? 0;
    if (this.last !== null) this.perSecond = ((id - this.last.id) * 1_000) / (atMs - this.last.atMs);
    this.last = { atMs, id };
  }

  isAbove(perSecond: number): boolean {
    return this.perSecond > perSecond;
  }
}
