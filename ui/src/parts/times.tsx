import type { ReactNode } from 'react';
import { useNow } from '../live/clock.ts';
import { useFormats } from './formats.ts';

interface TimeProps {
  /** RFC 3339. */
  readonly at: string;
}

/** `14 minutes ago`; the exact time is in its title. */
export function Ago({ at }: TimeProps): ReactNode {
  const formats = useFormats();
  const isFresh = Math.abs(Date.now() - Date.parse(at)) < 90_000;
  const nowMs = useNow(isFresh ? 1000 : 15_000);
  return (
    <time dateTime={at} title={formats.exact(at)}>
      {formats.relative(at, nowMs)}
    </time>
  );
}

/** `10:21:04`, in the reader's zone; the whole of it, zone and all, is in its title. */
export function Clock({ at }: TimeProps): ReactNode {
  const formats = useFormats();
  const nowMs = useNow(60_000);
  return (
    <time dateTime={at} title={formats.exact(at)} className="tabular">
      {formats.clock(at, nowMs)}
    </time>
  );
}

/** The preposition before a `Clock`: `at` a time of today, `on` another day. French has two words where English may have one. */
export function useAtOrOn(at: string): 'at' | 'on' {
  const nowMs = useNow(60_000);
  return useFormats().isToday(at, nowMs) ? 'at' : 'on';
}

/** How long something lasts, or lasted: `14 min`. */
export function Elapsed({ from, to }: { readonly from: string; readonly to: string | null }): ReactNode {
  const formats = useFormats();
  const nowMs = useNow(1000);
  const untilMs = to === null ? nowMs : Date.parse(to);
  return (
    <time dateTime={from} title={formats.exact(from)} className="tabular">
      {formats.duration((untilMs - Date.parse(from)) / 1000)}
    </time>
  );
}

/** `4:12`, `1:04:12`. Not read aloud every second: the sentence beside it says when. */
export function Countdown({ at }: TimeProps): ReactNode {
  const formats = useFormats();
  const leftSeconds = Math.max(0, Math.round((Date.parse(at) - useNow(1000)) / 1000));
  return (
    <time dateTime={at} title={formats.exact(at)} className="tabular" role="timer">
      {clockOf(leftSeconds)}
    </time>
  );
}

export function clockOf(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
