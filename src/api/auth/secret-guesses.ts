import type { Logger } from 'pino';
import type { Guesses } from './guesses.ts';

/** Slows guesses at the secrets of alert sources, without a look at Postgres for those that are right. */
export interface SecretGuesses {
  /** Seconds that a sender must wait before a secret of his is looked at; 0 for at once, which is the rule. */
  waitSeconds(source: string, network: string): number;
  /** It was wrong: counted, for all API processes. Never rejects: the sender hears 401 in any case. */
  wasWrong(source: string, network: string): Promise<void>;
  /** It was right: a network that alerts come from is not kept waiting by others who share it. */
  wasRight(source: string, network: string): void;
}

/** Bounds what is kept in mind; the oldest leave first. */
const mostKept = 10_000;
const knownForMs = 30 * 24 * 3600_000;

export function createSecretGuesses(guesses: Guesses, log: Logger, now: () => number = Date.now): SecretGuesses {
  const waitsUntil = new Map<string, number>();
  const knownUntil = new Map<string, number>();
  const keyOf = (source: string, network: string): string => `${source} ${network}`;
  return {
    waitSeconds(source, network) {
      if (waitsUntil.size === 0) return 0;
      const key = keyOf(source, network);
      if ((knownUntil.get(key) ?? 0) > now()) return 0;
      return Math.max(0, Math.ceil(((waitsUntil.get(key) ?? 0) - now()) / 1_000));
    },
    async wasWrong(source, network) {
      try {
        const wait = await guesses.count([['webhook', source, network]]);
        if (wait > 0) keep(waitsUntil, keyOf(source, network), now() + wait);
        else waitsUntil.delete(keyOf(source, network));
      } catch (error) {
        log.warn({ err: error }, 'a wrong secret of an alert source could not be counted');
      }
    },
    wasRight(source, network) {
      keep(knownUntil, keyOf(source, network), now() + knownForMs);
    },
  };
}

function keep(map: Map<string, number>, key: string, value: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > mostKept && oldest !== undefined) map.delete(oldest);
}
