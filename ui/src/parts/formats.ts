import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '../i18n.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Times and numbers as the reader writes them, in the reader's own time zone. */
export interface Formats {
  /** `10:21:04`, with the day where it is not today's. */
  clock(iso: string, nowMs: number): string;
  /** `18:00` today, `Monday 09:00` within a week, else with the date. */
  dayAndTime(iso: string, nowMs: number): string;
  isToday(iso: string, nowMs: number): boolean;
  /** `21 November 2026 at 10:21:04 GMT+1`. */
  exact(iso: string): string;
  /** `14 minutes ago`, `in 3 minutes`. */
  relative(iso: string, nowMs: number): string;
  /** `14 min`, `2 h 5 min`, `3 d 4 h`. */
  duration(seconds: number): string;
  number(value: number): string;
  percent(share: number): string;
  hour(iso: string): string;
}

function createFormats(locale: string): Formats {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const dayAndTime = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', hour: '2-digit', minute: '2-digit' });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long' });
  const hours = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const unit = (name: 'second' | 'minute' | 'hour' | 'day') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0 });
  const units = { second: unit('second'), minute: unit('minute'), hour: unit('hour'), day: unit('day') };
  return {
    clock: (iso, nowMs) => (isToday(iso, nowMs) ? time : dayAndTime).format(new Date(iso)),
    dayAndTime(iso, nowMs) {
      if (isToday(iso, nowMs)) return hours.format(new Date(iso));
      return (Date.parse(iso) - nowMs < 6 * day * 1000 ? weekday : dayAndTime).format(new Date(iso));
    },
    isToday,
    exact: (iso) => exact.format(new Date(iso)),
    relative(iso, nowMs) {
      const seconds = (Date.parse(iso) - nowMs) / 1000;
      const size = Math.abs(seconds);
      if (size < 10) return relative.format(0, 'second');
      if (size < minute) return relative.format(Math.trunc(seconds), 'second');
      if (size < hour) return relative.format(Math.trunc(seconds / minute), 'minute');
      if (size < day) return relative.format(Math.trunc(seconds / hour), 'hour');
      return relative.format(Math.trunc(seconds / day), 'day');
    },
    duration(seconds) {
      const s = Math.max(0, Math.round(seconds));
      if (s < minute) return units.second.format(s);
      if (s < hour) return units.minute.format(Math.floor(s / minute));
      const [big, small] = s < day ? (['hour', 'minute'] as const) : (['day', 'hour'] as const);
      const [bigSize, smallSize] = s < day ? [hour, minute] : [day, hour];
      const rest = Math.floor((s % bigSize) / smallSize);
      const whole = units[big].format(Math.floor(s / bigSize));
      return rest === 0 ? whole : `${whole} ${units[small].format(rest)}`;
    },
    number: (value) => plain.format(value),
    percent: (share) => percent.format(share),
    hour: (iso) => hours.format(new Date(iso)),
  };
}

const isToday = (iso: string, nowMs: number): boolean => new Date(iso).toDateString() === new Date(nowMs).toDateString();

export function useFormats(): Formats {
  const { i18n } = useTranslation();
  return useMemo(() => createFormats(localeOf(i18n.language)), [i18n.language]);
}
