const recovered: ReadonlySet<string> = new Set(
  [
    ['resolved', 'resolve', 'recovered', 'recovery', 'closed', 'close', 'cleared', 'clear', 'fixed', 'solved', 'ended', 'end'],
    ['ok', 'okay', 'normal', 'healthy', 'good', 'green', 'success', 'succeeded', 'passing', 'passed', 'up', 'inactive', 'expired'],
  ].flat(),
);

/** Everything that is no word of recovery fires: a new word for trouble must page. */
export const statusOfWord = (value: string | null | undefined): 'firing' | 'resolved' =>
  recovered.has((value ?? '').slice(0, 100).trim().toLowerCase()) ? 'resolved' : 'firing';
