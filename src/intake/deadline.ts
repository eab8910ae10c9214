const lookEveryMs = 25;

/** Gives up waiting for what takes too long. One timer serves all, however many wait, and only while some do. */
export class Deadline {
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | null = null;
  private readonly ms: number;
  private readonly late: () => Error;

  /** `late` makes the error that is thrown after `ms` milliseconds. */
  constructor(ms: number, late: () => Error) {
    this.ms = ms;
    this.late = late;
  }

  /** The work itself goes on. `moreMs` is for work that may take longer than the rest; below 0 for what has waited already. */
  within<T>(work: Promise<T>, moreMs = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      const one = { untilMs: performance.now() + this.ms + moreMs, reject };
      this.waiting.add(one);
      this.lookSoon();
      work.then(
        (value) => {
          this.waiting.delete(one);
          resolve(value);
        },
        (error: Error) => {
          this.waiting.delete(one);
          reject(error);
        },
      );
    });
  }

  private lookSoon(): void {
    this.timer ??= setTimeout(() => this.look(), lookEveryMs);
  }

  private look(): void {
    this.timer = null;
    const nowMs = performance.now();
    for (const one of this.waiting) {
      if (one.untilMs > nowMs) continue;
      this.waiting.delete(one);
      one.reject(this.late());
    }
    if (this.waiting.size > 0) this.lookSoon();
  }
}

interface Waiting {
  readonly untilMs: number;
  readonly reject: (error: Error) => void;
}
