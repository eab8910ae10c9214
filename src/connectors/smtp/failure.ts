import { EgressFailed, EgressRefused } from '../../egress/egress.ts';
import type { SendResult } from '../connector.ts';
import { oneLine, shorten } from '../notification-text.ts';
import type { MailServer } from './config.ts';

type Failed = Extract<SendResult, { outcome: 'failed' }>;

interface SmtpError {
  readonly code: string;
  /** The server's three digits; undefined when it said nothing. */
  readonly responseCode: number | undefined;
  readonly response: string;
  readonly command: string;
}

const connectionCure = 'Check host, port and TLS: 587 goes with use_tls, 465 with use_ssl.';

/** Replies with 5 are for good and those with 4 are not: RFC 5321 §4.2.1. What breaks before a reply may work later. */
export function toFailed(error: unknown, server: MailServer): Failed {
  if (error instanceof EgressRefused)
    return { outcome: 'failed', permanent: true, reason: error.message, cure: 'Allow the mail server in IMAS_EGRESS_ALLOW.' };
  if (error instanceof EgressFailed) return { outcome: 'failed', permanent: false, reason: error.message, cure: connectionCure };
  const smtp = readError(error);
  const { code, responseCode } = smtp;
  const where = `${server.host}:${server.port}`;
  const said = saidBy(smtp, server);
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500) {
    return { outcome: 'failed', permanent: false, reason: `${where} cannot take the mail now: ${said}` };
  }
  if (code === 'ETLS' || isCertificateProblem(error)) {
    const cure =
      'The server must offer STARTTLS (use_tls) with a certificate for its name that this machine trusts (NODE_EXTRA_CA_CERTS for a private one). 465 goes with use_ssl.';
    return { outcome: 'failed', permanent: true, reason: `${where}: no safe connection (${causeOf(error)}).`, cure };
  }
  if (code === 'EAUTH' || responseCode === 535) {
    return {
      outcome: 'failed',
      permanent: true,
      reason: `${where} refused the login: ${said}`,
      cure: 'Check username and password; some hosts want an app password.',
    };
  }
  // 503, bad sequence of commands, is about the session and not about the mail.
  if (responseCode !== undefined && responseCode >= 500 && responseCode !== 503) {
    return { outcome: 'failed', permanent: true, reason: `${where} refused the mail: ${said}`, cure: refusalCure(smtp) };
  }
  if (code === 'ECONNREFUSED')
    return { outcome: 'failed', permanent: false, reason: `${where} refused the connection.`, cure: connectionCure };
  if (code === 'ETIMEDOUT' || code === 'EABORT')
    return { outcome: 'failed', permanent: false, ...mayHaveLeft(smtp), reason: `${where} did not answer in time.`, cure: connectionCure };
  if (code === 'EENVELOPE') return { outcome: 'failed', permanent: true, reason: `${where}: the sender or the recipient is not valid.` };
  return {
    outcome: 'failed',
    permanent: false,
    ...mayHaveLeft(smtp),
    reason: `${where}: the connection failed (${code}).`,
    cure: connectionCure,
  };
}

/** After DATA the server may have taken the mail without our hearing of it: RFC 5321 §4.5.3.2.6, RFC 1047. */
const mayHaveLeft = ({ code, command }: SmtpError): { maybeSent?: true } =>
  command === 'DATA' || code === 'EABORT' ? { maybeSent: true } : {};

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

function refusalCure({ command }: SmtpError): string {
  if (command === 'RCPT TO') return 'Check the recipient address.';
  if (command === 'MAIL FROM') return 'Check from_email, and whether the server wants a login.';
  return "Ask the mail server's operator what its answer means.";
}

/** A server may repeat what it was sent: the password never leaves in its words. */
function saidBy({ response, responseCode, code }: SmtpError, { auth }: MailServer): string {
  const said = response === '' ? String(responseCode ?? code) : oneLine(response);
  if (auth === null || auth.pass === '') return shorten(said, 200);
  const sent = [auth.pass, Buffer.from(auth.pass).toString('base64'), Buffer.from(`\0${auth.user}\0${auth.pass}`).toString('base64')];
  // Before it is shortened: the cut must not go through a secret and leave its beginning.
  return shorten(
    sent.reduce((text, secret) => text.replaceAll(secret, '********'), said),
    200,
  );
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
