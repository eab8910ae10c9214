import { setImmediate as restOfTurn } from 'node:timers/promises';

/**
 * Lets requests that wait at the same time share one transaction: while flushes run, the next gathers. No timer: a lone
 * request waits for no more than the requests that were read from their sockets in the same turn of the event loop.
 *
 * Two flushes may be under way, so that the store has the next one at hand while the answers to the last one are sent. The
 * second starts only when it is worth its fixed cost.
 */
export class GroupCommit<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private waitingItems = 0;
  private flushingItems = 0;
  private readonly flushing = new Set<Promise<void>>();
  private isTurnAwaited = false;
  private readonly options: GroupCommitOptions<Item, Result>;

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.options = options;
  }

  /** Items that wait or are being written. */
  get backlog(): number {
    return this.waitingItems + this.flushingItems;
  }

  /**
   * Results in the order of the items. Rejects with whatever the write of these items failed with. More items than a flush may have are
   * flushed one part after another, and what one part has written stays, whatever becomes of the others.
   */
  async submit(items: readonly Item[]): Promise<readonly Result[]> {
    const { maxItems } = this.options;
    if (items.length <= maxItems) return this.enqueue(items);
    const parts = Array.from({ length: Math.ceil(items.length / maxItems) }, (_, n) => items.slice(n * maxItems, (n + 1) * maxItems));
    return (await Promise.all(parts.map((part) => this.enqueue(part)))).flat();
  }

  private enqueue(items: readonly Item[]): Promise<readonly Result[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ items, resolve, reject });
      this.waitingItems += items.length;
      this.flushSoon();
    });
  }

  /** Settles when nothing waits any more. */
  async drain(): Promise<void> {
    while (this.backlog > 0) await (this.flushing.size > 0 ? Promise.race(this.flushing) : restOfTurn());
  }

  private flushSoon(): void {
    if (this.isTurnAwaited || !this.isTime()) return;
    this.isTurnAwaited = true;
    setImmediate(() => {
      this.isTurnAwaited = false;
      this.flushNext();
    });
  }

  private isTime(): boolean {
    if (this.waiting.length === 0) return false;
    return this.flushing.size === 0 || (this.flushing.size === 1 && this.waitingItems >= this.options.worthwhileItems);
  }

  private flushNext(): void {
    if (!this.isTime()) return;
    const group = this.takeGroup();
    const size = group.reduce((sum, { items }) => sum + items.length, 0);
    this.waitingItems -= size;
    this.flushingItems += size;
    const flush = this.flush(group).then(() => {
      this.flushing.delete(flush);
      this.flushingItems -= size;
      this.flushSoon();
    });
    this.flushing.add(flush);
  }

  private takeGroup(): Waiting<Item, Result>[] {
    let size = 0;
    let count = 0;
    for (const { items } of this.waiting) {
      if (count > 0 && size + items.length > this.options.maxItems) break;
      size += items.length;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  /** One request that cannot be written must not take the others down: then each is tried for itself. */
  private async flush(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.write(group.flatMap(({ items }) => items));
      let offset = 0;
      for (const { items, resolve } of group) {
        resolve(results.slice(offset, offset + items.length));
        offset += items.length;
      }
    } catch (error) {
      const isFaultOfItems = this.options.isFaultOfItems(error);
      if (group.length > 1 && isFaultOfItems) {
        for (const one of group) await this.flush([one]);
        return;
      }
      if (isFaultOfItems) for (const { items } of group) await this.writeHalves(items);
      for (const { reject } of group) reject(error);
    }
  }

  /** Nor must one item its neighbours: all that can be written of a request is, though its sender hears of the failure. */
  private async writeHalves(items: readonly Item[]): Promise<void> {
    if (items.length < 2) return;
    const middle = Math.ceil(items.length / 2);
    for (const half of [items.slice(0, middle), items.slice(middle)]) {
      try {
        await this.options.write(half);
      } catch (error) {
        if (this.options.isFaultOfItems(error)) await this.writeHalves(half);
      }
    }
  }
}

export interface GroupCommitOptions<Item, Result> {
  readonly maxItems: number;
  /** From so many that wait, a second flush starts beside the first. */
  readonly worthwhileItems: number;
  /** Writes all or nothing; one result an item, in order. */
  write(items: readonly Item[]): Promise<readonly Result[]>;
  /** Whether the error comes from what was written, not from the store being away. */
  isFaultOfItems(error: unknown): boolean;
}

interface Waiting<Item, Result> {
  readonly items: readonly Item[];
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
}
