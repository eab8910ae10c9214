import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import type { MailDefaults } from '../../config.ts';
import { said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import type { Connector } from '../connector.ts';
import { done, failedForGood, type Outcome, type Ref } from '../outcome.ts';
import { writeAnnouncementMail } from './announcement-content.ts';
import { MailAddress } from './address.ts';
import { chooseMailServer, SmtpConfig, type MailServer } from './config.ts';
import { writeMail } from './content.ts';
import { writeDigestMail } from './digest-content.ts';
import { quoted, toFailure } from './failure.ts';
import type { MailContent } from './mail-parts.ts';

export interface SmtpOptions {
  /** For providers without a host. */
  readonly mail: MailDefaults | null;
  /** PEM of more authorities to trust; the system's own (and NODE_EXTRA_CA_CERTS) when absent. */
  readonly trusted?: string;
}

/** Milliseconds. The whole sending is bounded by the request's signal. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 15_000 } as const;

export function createSmtpConnector({ mail, trusted }: SmtpOptions): Connector<SmtpConfig> {
  return {
    id: 'smtp',
    title: 'Email',
    about: `Sends email through any mail server, as HTML and plain text. The address of a contact method is one email address.

People can answer emails about an incident, once that is set up (\`docs/answer-by-mail.md\`). All emails of an incident form one thread. When many messages would reach one person within a minute, one email lists them. A retry carries the same \`Message-ID\`, by which many servers drop the duplicate.

| failure | cure |
|---|---|
| connection refused | check host, port and TLS: 587 goes with \`use_tls\`, 465 with \`use_ssl\` |
| 535, login refused | check username and password; some providers require an app password |
| no secure connection | the server does not offer STARTTLS, or its certificate is not trusted here: add a private authority with \`NODE_EXTRA_CA_CERTS\` |

Certificates are always verified. A server in a private network must be named in \`IMAS_EGRESS_ALLOW\`.`,
    config: SmtpConfig,
    notify: {
      medium: 'mail',
      dropsDoubles: () => false,
      pace: { perSecond: 5 },
      address: MailAddress,
      send: (call, to, about) => send(call, to, writeMail(about, call.actId), { mail, trusted }),
      digest: {
        may: () => true,
        send: (call, to, about) => send(call, to, writeDigestMail(about, call.actId), { mail, trusted }),
      },
      announce: (call, to, what) => send(call, to, writeAnnouncementMail(what, call.actId, 'imas.invalid'), { mail, trusted }),
    },
  };
}

async function send(
  call: Call<SmtpConfig>,
  to: string | null,
  content: MailContent,
  { mail, trusted }: { mail: MailDefaults | null; trusted: string | undefined },
): Promise<Outcome<Ref>> {
  if (to === null) return failedForGood(said('cause.noAddress'), { cure: said('cure.address') });
  if (!MailAddress.safeParse(to).success) return failedForGood(said('cause.badMailAddress'), { cure: said('cure.recipient') });
  const choice = chooseMailServer(call.config, mail);
  if (!choice.ok) return failedForGood(choice.reason, { cure: choice.cure });
  try {
    return done(await deliver(choice.server, to, content, call, trusted));
  } catch (error) {
    return toFailure(error, choice.server, call.http);
  }
}

/** The mail's id with the server's answer to it. Connects to the very address that the door has checked, and verifies the name. */
async function deliver(
  server: MailServer,
  to: string,
  mail: MailContent,
  { door, http, signal }: Call<SmtpConfig>,
  trusted: string | undefined,
): Promise<Ref> {
  const { address } = await door.resolve(server.host);
  const transport = createTransport({
    host: address,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    ...(isIP(server.host) === 0 && { servername: server.host }),
    tls: {
      ...(isIP(server.host) === 0 && { servername: server.host }),
      ...(trusted !== undefined && { ca: trusted }),
      minVersion: 'TLSv1.2',
    },
    ...(server.auth !== null && { auth: server.auth }),
    ...timeouts,
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const sent = await transport.sendMail({
    from: { name: server.from.name, address: server.from.address },
    to: { name: '', address: to },
    envelope: { from: server.from.address, to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: `<${mail.messageId}>`,
    ...threadOf(mail),
    ...(mail.replyTo !== undefined && { replyTo: { name: '', address: mail.replyTo } }),
    date: new Date(mail.date),
    ...(mail.isUrgent && { priority: 'high' as const }),
    headers: {
      // RFC 3834 §5: so that no holiday responder answers.
      'Auto-Submitted': mail.inReplyTo === undefined ? 'auto-generated' : 'auto-replied',
      'X-Auto-Response-Suppress': 'All',
      // Said to keep mails with different values apart in Gmail (not in Google's documents), so it is the incident's and not the delivery's.
      'X-Entity-Ref-ID': mail.entityId,
    },
    signal,
  });
  const id = `<${mail.messageId}>`;
  return { id, url: null, receipt: `${quoted(sent.response, server, http)} ${id}` };
}

function threadOf({ threadId, inReplyTo }: MailContent): { readonly inReplyTo?: string; readonly references?: string[] } {
  if (inReplyTo !== undefined) {
    const { messageId, references } = inReplyTo;
    return messageId === null ? { references: [...references] } : { inReplyTo: messageId, references: [...references, messageId] };
  }
  return threadId === null ? {} : { inReplyTo: `<${threadId}>`, references: [`<${threadId}>`] };
}
