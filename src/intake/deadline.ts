/** Gives up waiting for what takes too long. All have the same time, so one timer serves them all, however many wait. */
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

  /** The work itself goes on. */
  within<T>(work: Promise<T>): Promise<T> {
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
