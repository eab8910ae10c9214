/** Gives up waiting for what takes too long. Nearly all have the same time, so one timer serves them all, however many wait. */
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

  /** The work itself goes on. `moreMs` is for work that may take longer than the rest. */
  within<T>(work: Promise<T>, moreMs = 0): Promise<T> {
    if (moreMs > 0) return this.alone(work, this.ms + moreMs);
    return new Promise((resolve, reject) => {
      const one = { untilMs: performance.now() + this.ms, reject };
      this.waiting.add(one);
      this.timer ??= setTimeout(() => this.sweep(), this.ms);
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

  private async alone<T>(work: Promise<T>, ms: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(this.late()), ms)));
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private sweep(): void {
    const nowMs = performance.now();
    this.timer = null;
    // In the order in which they came, so the first that still has time is the next to run out.
    for (const one of this.waiting) {
      if (one.untilMs > nowMs) {
        this.timer = setTimeout(() => this.sweep(), one.untilMs - nowMs);
        return;
      }
      this.waiting.delete(one);
      one.reject(this.late());
    }
  }
}

interface Waiting {
  readonly untilMs: number;
  readonly reject: (error: Error) => void;
}
