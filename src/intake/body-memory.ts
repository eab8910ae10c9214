/** Three of the largest bodies, or tens of thousands of ordinary ones. What they are parsed into takes some six times as much. */
const maxHeldBytes = 48 * 1024 * 1024;
/** What of it anybody may take; the rest is for senders whose secret is known before their body. */
const unprovenShare = 2 / 3;

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
  private heldUnproven = 0;
  private readonly limit: number;

  constructor(limit = maxHeldBytes) {
    this.limit = limit;
  }

  /** @param isProven false for one who may be a stranger: a signature can be checked only when the whole body is there. */
  enter(isProven: boolean): BodyRoom {
    let own = 0;
    return {
      take: (bytes) => {
        if (this.held + bytes > this.limit) return false;
        if (!isProven && this.heldUnproven + bytes > this.limit * unprovenShare) return false;
        this.held += bytes;
        if (!isProven) this.heldUnproven += bytes;
        own += bytes;
        return true;
      },
      leave: () => {
        this.held -= own;
        if (!isProven) this.heldUnproven -= own;
        own = 0;
      },
    };
  }
}
