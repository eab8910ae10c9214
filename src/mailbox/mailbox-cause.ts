import { EgressFailed, EgressRefused } from '../egress/egress.ts';

/** Why a mailbox could not be read, as a word: never what the server said, since some repeat what they were sent. */
export function causeOf(error: unknown): string {
  if (error instanceof EgressRefused || error instanceof EgressFailed) return error.said.code;
  const { authenticationFailed, code, responseStatus } = (error ?? {}) as Record<string, unknown>;
  if (authenticationFailed === true) return 'LOGIN_REFUSED';
  if (typeof code === 'string' && /^[A-Za-z0-9_]{2,60}$/.test(code)) return code;
  return responseStatus === 'NO' || responseStatus === 'BAD' ? 'COMMAND_REFUSED' : 'UNKNOWN';
}
