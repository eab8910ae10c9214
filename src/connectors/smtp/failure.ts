import { said, type Said } from '../../domain/said.ts';
import { EgressFailed, EgressRefused } from '../../egress/egress.ts';
import type { Http } from '../http.ts';
import { shorten } from '../../domain/shorten.ts';
import { oneLine } from '../notification-text.ts';
import { failedForGood, failedForNow, type Failure } from '../outcome.ts';
import type { MailServer } from './config.ts';

interface SmtpError {
  readonly code: string;
  /** The server's three digits; undefined when it said nothing. */
  readonly responseCode: number | undefined;
  readonly response: string;
  readonly command: string;
}

/** Replies with 5 are for good and those with 4 are not: RFC 5321 §4.2.1. What breaks before a reply may work later. */
export function toFailure(error: unknown, server: MailServer, http: Pick<Http, 'shown'>): Failure {
  const connectionCure = { cure: said('cure.hostAndPort') };
  if (error instanceof EgressRefused) return failedForGood(error.said, { cure: said('cure.allow') });
  if (error instanceof EgressFailed) return failedForNow(error.said, connectionCure);
  const smtp = readError(error);
  const { code, responseCode } = smtp;
  const host = `${server.host}:${server.port}`;
  const answer = { host, said: saidBy(smtp, server, http) };
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500) return failedForNow(said('cause.mailNotNow', answer));
  if (code === 'ETLS' || isCertificateProblem(error))
    return failedForGood(said('cause.notSafe', { host, said: causeOf(error) }), { cure: said('cure.startTls') });
  if (code === 'EAUTH' || responseCode === 535) return failedForGood(said('cause.loginRefused', answer), { cure: said('cure.password') });
  // 503, bad sequence of commands, is about the session and not about the mail.
  if (responseCode !== undefined && responseCode >= 500 && responseCode !== 503)
    return failedForGood(said('cause.mailRefused', answer), { cure: refusalCure(smtp) });
  if (code === 'ECONNREFUSED') return failedForNow(said('cause.refusedConnection', { host, code }), connectionCure);
  const broken = { ...connectionCure, maybeDone: mayHaveLeft(smtp) };
  if (code === 'ETIMEDOUT' || code === 'EABORT') return failedForNow(said('cause.noAnswer', { host, code }), broken);
  if (code === 'EENVELOPE') return failedForGood(said('cause.envelope', { host }));
  return failedForNow(said('cause.connectionFailed', { host, said: code }), broken);
}

/** After DATA the server may have taken the mail without our hearing of it: RFC 5321 §4.5.3.2.6, RFC 1047. */
const mayHaveLeft = ({ code, command }: SmtpError): boolean => command === 'DATA' || code === 'EABORT';

function readError(error: unknown): SmtpError {
  const { code, responseCode, response, command, message } = (error ?? {}) as { [key in keyof SmtpError]?: unknown } & {
    message?: unknown;
  };
  // nodemailer gives its own code to what the socket says.
  const refused = typeof message === 'string' && message.includes('ECONNREFUSED');
  return {
    code: refused ? 'ECONNREFUSED' : typeof code === 'string' ? code : 'UNKNOWN',
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    response: typeof response === 'string' ? response : '',
    command: typeof command === 'string' ? command : '',
  };
}

function refusalCure({ command }: SmtpError): Said {
  if (command === 'RCPT TO') return said('cure.recipient');
  return command === 'MAIL FROM' ? said('cure.sender') : said('cure.askOperator');
}

const saidBy = ({ response, responseCode, code }: SmtpError, server: MailServer, http: Pick<Http, 'shown'>): string =>
  quoted(response === '' ? String(responseCode ?? code) : response, server, http);

/** A server may repeat what it was sent: the password never leaves in its words, also where it is the installation's own. */
export function quoted(answer: string, { auth }: MailServer, http: Pick<Http, 'shown'>): string {
  const line = oneLine(answer);
  if (auth === null || auth.pass === '') return http.shown(line);
  const sent = [auth.pass, Buffer.from(auth.pass).toString('base64'), Buffer.from(`\0${auth.user}\0${auth.pass}`).toString('base64')];
  // Before it is shortened: the cut must not go through a secret and leave its beginning.
  return http.shown(sent.reduce((text, secret) => text.replaceAll(secret, '********'), line));
}

const certificateCodes = /CERT|SIGNATURE|ISSUER|ALTNAME|ERR_SSL|ERR_TLS/;

const isCertificateProblem = (error: unknown): boolean => certificateCodes.test(causeOf(error));

/** OpenSSL's or nodemailer's word for it; never the server's text. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (cause instanceof Error) return causeOf(cause);
  if (/self-signed|unable to verify|certificate|altnames|wrong version/i.test(error.message))
    return `CERTIFICATE: ${shorten(oneLine(error.message), 120)}`;
  return typeof code === 'string' ? code : 'unknown';
}
