/** An instant as a field for local date and time takes it, in the reader's zone: `2026-11-28T04:00`. Empty for none. */
export function toLocalTime(iso: string): string {
  if (iso === '') return '';
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What was entered there, as an RFC 3339 instant. Empty for what is no time. */
export function fromLocalTime(local: string): string {
  const ms = local === '' ? Number.NaN : new Date(local).getTime();
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}
