/**
 * JSON that Postgres takes whatever texts are in it: half a surrogate pair (a text that was cut) and NUL become U+FFFD.
 * https://www.postgresql.org/docs/current/datatype-json.html, "RFC 7159 permits…".
 */
export const storable = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => (typeof member === 'string' ? storableText(member) : member));

export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');
