import type { Client } from 'pg';

/**
 * A change of many rows that would hold up a migration, and whoever waits for its locks, for too long. It runs after the migrations, while
 * old and new processes work: they must cope with rows of both kinds until it is done.
 */
export interface BatchedChange {
  /** For ever the same: `2026-12-fill-alert-rule`. */
  readonly name: string;
  /** How many rows it will go through, for the progress; an estimate will do. */
  total(client: Client): Promise<number>;
  /**
   * Changes the next rows, in a transaction that also keeps how far it came. It may be asked for a batch again that was rolled back.
   * @param after what the last batch gave; null for the first
   */
  batch(client: Client, after: string | null): Promise<Batch>;
}

export interface Batch {
  readonly rows: number;
  /** Where the next one goes on; null when there is none. */
  readonly next: string | null;
}

/** In the order in which they run; none is ever taken out. */
export const batchedChanges: readonly BatchedChange[] = [];
