import { shorten } from '../../domain/shorten.ts';

export const textLimits = { name: 255, summary: 1_024, description: 16_384, annotation: 16_384, fingerprint: 256, url: 2_048 } as const;

/** On one line, with no spaces around. */
export const oneLine = (text: string, limit: number): string =>
  shorten(
    shorten(text, limit * 4)
      .replace(/\s+/g, ' ')
      .trim(),
    limit,
  );

/** The first that has anything but spaces in it. */
export function firstText(...candidates: readonly (string | null | undefined)[]): string | null {
  for (const candidate of candidates) if (candidate != null && candidate.trim() !== '') return candidate;
  return null;
}
