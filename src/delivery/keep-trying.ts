import { setTimeout as delay } from 'node:timers/promises';

/** A result that is not kept is a second message: worth some waiting for a store that restarts. */
const keepResultForMs = 20_000;

/** Does it again until the store takes it. @throws what it throws when that takes too long */
export async function keepTrying(act: () => Promise<void>): Promise<void> {
  const deadlineMs = Date.now() + keepResultForMs;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await delay(500);
    }
  }
}
