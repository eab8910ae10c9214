/** One field that was wrong: `field` is a path like `levels[0].targets[1].id`. */
export interface FieldError {
  readonly field: string;
  readonly reason: string;
}

const longestSegment = 80;
const longestPath = 300;

/** `['alerts', 2, 'labels']` as `alerts[2].labels`; `body` for the whole. Safe to store and to print, whatever the keys hold. */
export function fieldPath(segments: readonly PropertyKey[]): string {
  let path = '';
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`;
    else path += (path === '' ? '' : '.') + printable(String(segment));
    if (path.length > longestPath) break;
  }
  return path === '' ? 'body' : path;
}

function printable(name: string): string {
  const safe = name.toWellFormed().replace(/\p{Cc}/gu, '\ufffd');
  return safe.length > longestSegment ? `${safe.slice(0, longestSegment).toWellFormed()}…` : safe;
}
