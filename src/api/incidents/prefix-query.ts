/**
 * What people type into a search box, as a tsquery in which each word may be the beginning of one; undefined for nothing
 * to search by. Words are quoted, so that no operator of the query language gets through:
 * https://www.postgresql.org/docs/18/datatype-textsearch.html#DATATYPE-TSQUERY
 */
export function prefixQuery(text: string | undefined): string | undefined {
  const words = (text ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, 10);
  if (words.length === 0) return undefined;
  return words.map((word) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}':*`).join(' & ');
}
