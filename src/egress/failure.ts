import { said, type SaidCode } from '../domain/said.ts';
import { EgressFailed, EgressRefused } from './egress.ts';

const causes: Readonly<Record<string, SaidCode>> = {
  ECONNREFUSED: 'cause.refusedConnection',
  ECONNRESET: 'cause.droppedConnection',
  EPIPE: 'cause.droppedConnection',
  UND_ERR_SOCKET: 'cause.droppedConnection',
  ENOTFOUND: 'cause.notFound',
  EAI_AGAIN: 'cause.noLookup',
  ENETUNREACH: 'cause.unreachable',
  EHOSTUNREACH: 'cause.unreachable',
  ETIMEDOUT: 'cause.noAnswer',
  ABORTED: 'cause.noAnswer',
  CERT_HAS_EXPIRED: 'cause.certificateExpired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'cause.certificateUnknown',
  SELF_SIGNED_CERT_IN_CHAIN: 'cause.certificateUnknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'cause.certificateUnknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'cause.certificateUnknown',
  ERR_TLS_CERT_ALTNAME_INVALID: 'cause.certificateName',
  ERR_SSL_WRONG_VERSION_NUMBER: 'cause.noTls',
  UND_ERR_INVALID_ARG: 'cause.badRequest',
};

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Says what happened by the host's name alone: an error's own text may hold a path, an address, or a header. */
export function toEgressError(error: unknown, host: string, aborted: boolean): EgressRefused | EgressFailed {
  if (error instanceof EgressRefused || error instanceof EgressFailed) return error;
  const code = aborted ? 'ABORTED' : codeOf(error);
  return new EgressFailed(said(causes[code] ?? 'cause.notCalled', { host, code }), code);
}

/** A header, the method or something else of a request is none. */
export const badRequest = (host: string): EgressFailed => new EgressFailed(said('cause.badRequest', { host }), 'UND_ERR_INVALID_ARG');

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'ETIMEDOUT';
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') return timeouts.has(code) ? 'ETIMEDOUT' : code;
  return error instanceof AggregateError && error.errors.length > 0 ? codeOf(error.errors[0]) : 'UNKNOWN';
}
