import { EgressFailed, EgressRefused } from './egress.ts';

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'dropped the connection',
  EPIPE: 'dropped the connection',
  UND_ERR_SOCKET: 'dropped the connection',
  ENOTFOUND: 'was not found',
  EAI_AGAIN: 'could not be looked up',
  ENETUNREACH: 'cannot be reached from here',
  EHOSTUNREACH: 'cannot be reached from here',
  ETIMEDOUT: 'did not answer in time',
  CERT_HAS_EXPIRED: 'has an expired certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that nobody known has signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that nobody known has signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that nobody known has signed',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a certificate that nobody known has signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate of another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS there',
  ABORTED: 'was not waited for',
  UND_ERR_INVALID_ARG: 'cannot be called so: a header or the method is not valid',
};

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Says what happened by the host's name alone: an error's own text may hold a path, an address, or a header. */
export function toEgressError(error: unknown, host: string, aborted: boolean): EgressRefused | EgressFailed {
  if (error instanceof EgressRefused || error instanceof EgressFailed) return error;
  const code = aborted ? 'ABORTED' : codeOf(error);
  return new EgressFailed(`${host} ${words[code] ?? 'could not be called'} (${code}).`, code);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'ETIMEDOUT';
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') return timeouts.has(code) ? 'ETIMEDOUT' : code;
  return error instanceof AggregateError && error.errors.length > 0 ? codeOf(error.errors[0]) : 'UNKNOWN';
}
