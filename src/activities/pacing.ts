import { setTimeout as delay } from 'node:timers/promises';

/** Keeps each provider's sends apart as its vendor bears them; bursts of one second's worth go at once. */
export class Pacing {
  private readonly nextFreeAtMs = new Map<string, number>();

  /** Waits for this provider's turn. @throws AbortError when given up meanwhile */
  async turn(providerId: string, perSecond: number, signal: AbortSignal): Promise<void> {
    const nowMs = Date.now();
    const burstMs = 1_000;
    const freeAtMs = Math.max(this.nextFreeAtMs.get(providerId) ?? 0, nowMs - burstMs) + 1_000 / perSecond;
    this.nextFreeAtMs.set(providerId, freeAtMs);
    if (freeAtMs > nowMs) await delay(freeAtMs - nowMs, undefined, { signal });
  }
}
