import type { Said } from '../domain/said.ts';

/** As tables keep what was said: a code with values, or the words of a process of the version before, which then count. */
export interface StoredSaid {
  readonly said: Said | null;
  readonly message: string | null;
}

export const storedSaid = ({ said, message }: StoredSaid): Said | string => (said === null || message ? (message ?? '') : said);
