/** Three of the largest bodies, or tens of thousands of ordinary ones. What they are parsed into takes some six times as much. */
const maxHeldBytes = 48 * 1024 * 1024;

/** What one request holds of it. */
export interface BodyRoom {
  /** False where there is no more: then the sender is told to come again. */
  take(bytes: number): boolean;
  /** Gives back all that was taken. */
  leave(): void;
}

/** The bodies that are being read and worked on, all together: senders that send much at once cannot make the process run out of memory. */
export class BodyMemory {
  private held = 0;
  private readonly limit: number;

  constructor(limit = maxHeldBytes) {
    this.limit = limit;
  }

  enter(): BodyRoom {
    let own = 0;
    return {
      take: (bytes) => {
        if (this.held + bytes > this.limit) return false;
        this.held += bytes;
        own += bytes;
        return true;
      },
      leave: () => {
        this.held -= own;
        own = 0;
      },
    };
  }
}
