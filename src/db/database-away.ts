/** What pg says of a connection that is gone or never came; these errors have no code. */
const messages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed)/;

const socketCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Whether the database is away, going down, or full of connections: what failed may be tried again as it is.
 * SQLSTATE classes: https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function isDatabaseAway(error: Error): boolean {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return messages.test(error.message);
  return socketCodes.has(code) || /^08(?!P01)/.test(code) || code.startsWith('57P') || code === '53300';
}
