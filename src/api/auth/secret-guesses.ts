import type { Logger } from 'pino';
import type { SecretGuesses } from '../../intake/secret-guesses.ts';
import type { Guesses } from './guesses.ts';

/** Bounds what is kept in mind; the oldest leave first. */
const mostKept = 10_000;
const knownForMs = 30 * 24 * 3600_000;
/** Who was right is noted again after so long. */
const notedForMs = 24 * 3600_000;
/** Counting wrong secrets takes no more of the store's connections than this from the alerts. */
const mostUnderWay = 4;
const waitWithoutCountMs = 1_000;

/** Counts in Postgres, for all API processes; what to do about it each keeps in mind. */
export function createSecretGuesses(guesses: Guesses, log: Logger, now: () => number = Date.now): SecretGuesses {
  const waitsUntil = new Map<string, number>();
  const knownUntil = new Map<string, number>();
  let underWay = 0;
  const keyOf = (address: string, network: string): string => `${address} ${network}`;
  const isKnown = (key: string): boolean => (knownUntil.get(key) ?? 0) > now();

  return {
    waitSeconds(address, network) {
      if (waitsUntil.size === 0) return 0;
      const key = keyOf(address, network);
      if (isKnown(key)) return 0;
      return Math.max(0, Math.ceil(((waitsUntil.get(key) ?? 0) - now()) / 1_000));
    },
    async wasWrong(address, network) {
      const key = keyOf(address, network);
      if (isKnown(key)) return;
      if (underWay >= mostUnderWay) return keep(waitsUntil, key, now() + waitWithoutCountMs);
      underWay += 1;
      try {
        const wait = await guesses.count([['webhook', address, network]]);
        if (wait > 0) keep(waitsUntil, key, now() + wait);
      } catch (error) {
        log.warn({ err: error }, 'a wrong secret of an alert source could not be counted');
      } finally {
        underWay -= 1;
      }
    },
    wasRight(address, network) {
      const key = keyOf(address, network);
      if ((knownUntil.get(key) ?? 0) < now() + knownForMs - notedForMs) keep(knownUntil, key, now() + knownForMs);
    },
  };
}

function keep(map: Map<string, number>, key: string, value: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > mostKept && oldest !== undefined) map.delete(oldest);
}
