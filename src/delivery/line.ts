import { setTimeout as delay } from 'node:timers/promises';

/** Whose turn comes first: who is woken by the worst, who is woken, who is only told. */
export const ranks = { critical: 0, page: 1, notice: 2 } as const;

export interface Wait {
  /** Lower ones first; `ranks.notice` where it is missing. */
  readonly rank?: number;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives at least one turn, and at most as many as wait: when each is, on the clock of `performance.now()`. `rank`: of the first of them.
 */
export type Take = (most: number, rank: number) => Promise<readonly number[]>;

interface Waiting {
  readonly rank: number;
  resolve(): void;
}

/** Those who wait in this process for turns of one kind: by rank, and among equals first come, first served. */
export class Line {
  private readonly waiting: Waiting[] = [];
  private isMoving = false;
  private readonly take: Take;

  constructor(take: Take) {
    this.take = take;
  }

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return !this.isMoving && this.waiting.length === 0;
  }

  /** @throws the signal's reason when given up meanwhile: the turn goes to the next */
  async turn({ rank = ranks.notice, signal }: Wait = {}): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { rank, resolve };
    const leave = (): void => {
      const place = this.waiting.indexOf(waiting);
      // Its turn may have come in the same moment.
      if (place < 0) return;
      this.waiting.splice(place, 1);
      reject(signal?.reason as Error);
    };
    const behind = this.waiting.findIndex((other) => other.rank > rank);
    this.waiting.splice(behind === -1 ? this.waiting.length : behind, 0, waiting);
    signal?.addEventListener('abort', leave, { once: true });
    if (!this.isMoving) void this.move();
    await promise.finally(() => signal?.removeEventListener('abort', leave));
  }

  private async move(): Promise<void> {
    this.isMoving = true;
    while (this.waiting.length > 0) {
      for (const atMs of await this.take(this.waiting.length, this.waiting[0]?.rank ?? ranks.notice)) {
        const leftMs = atMs - performance.now();
        if (leftMs > 0) await delay(leftMs);
        this.waiting.shift()?.resolve();
      }
    }
    this.isMoving = false;
  }
}
