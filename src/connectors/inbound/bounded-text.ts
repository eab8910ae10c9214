export const textLimits = { name: 255, summary: 1_024, description: 16_384, annotation: 16_384, fingerprint: 256, url: 2_048 } as const;

/** At most `limit` UTF-16 units; what is longer ends in `…`, and no character is cut in half. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}

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
