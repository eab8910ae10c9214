import { z } from 'zod';
import type { MailDefaults } from '../../config.ts';
import { said, type Said } from '../../domain/said.ts';
import { destination, secret } from '../secret.ts';
import { readMailbox, type Mailbox } from './address.ts';

const oneLine = z.string().regex(/^\P{Cc}*$/u, 'must be one line');

export const SmtpConfig = z.strictObject({
  host: destination(oneLine.trim())
    .optional()
    .describe(
      'Mail server. If empty, the one in `EMAIL_HOST`, `EMAIL_PORT`, `EMAIL_USE_TLS`, `EMAIL_HOST_USER` and `EMAIL_HOST_PASSWORD`.',
    ),
  port: destination(z.coerce.number().int().min(1).max(65_535))
    .default(587)
    .describe('587 for STARTTLS; servers with implicit TLS usually use 465.'),
  username: oneLine.optional().describe('If the server requires a login.'),
  password: secret(z.string()).optional().describe('Used only with a username.'),
  use_tls: destination(z.boolean()).default(true).describe('Require STARTTLS: nothing is sent to a server that does not offer it.'),
  use_ssl: destination(z.boolean()).default(false).describe('Implicit TLS; `use_tls` is then ignored.'),
  from_email: oneLine
    .refine((text) => readMailbox(text) !== null, 'must be one mail address, alone or as Name <address>')
    .optional()
    .describe('Sender: an address, or `Name <address>`. If empty, `DEFAULT_FROM_EMAIL`, otherwise the username.'),
  from_name: oneLine.max(100).optional().describe("The sender's name; takes precedence over the one in `from_email`."),
});

export type SmtpConfig = z.infer<typeof SmtpConfig>;

/** A mail server as it will be called. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'starttls' | 'tls' | 'none';
  readonly auth: { readonly user: string; readonly pass: string } | null;
  readonly from: Mailbox;
}

export type MailServerChoice =
  | { readonly ok: true; readonly server: MailServer }
  | { readonly ok: false; readonly reason: Said; readonly cure: Said };

/** The provider's own server, else the installation's: never one's address with the other's password. */
export function chooseMailServer(config: SmtpConfig, mail: MailDefaults | null): MailServerChoice {
  const own = config.host !== undefined;
  if (!own && mail === null) {
    return { ok: false, reason: said('cause.noMailServer'), cure: said('cure.enterHost') };
  }
  const username = own ? config.username : mail?.username;
  const from = readMailbox(config.from_email ?? mail?.from ?? username ?? '');
  if (from === null) {
    return { ok: false, reason: said('cause.noSender'), cure: said('cure.enterSender') };
  }
  const place =
    own || mail === null
      ? { host: config.host ?? '', port: config.port, security: securityOf(config), password: config.password }
      : { host: mail.host, port: mail.port, security: mail.useTls ? ('starttls' as const) : ('none' as const), password: mail.password };
  return {
    ok: true,
    server: {
      host: place.host,
      port: place.port,
      security: place.security,
      auth: username ? { user: username, pass: place.password ?? '' } : null,
      from: { name: config.from_name ?? from.name, address: from.address },
    },
  };
}

function securityOf({ use_ssl, use_tls }: SmtpConfig): MailServer['security'] {
  if (use_ssl) return 'tls';
  return use_tls ? 'starttls' : 'none';
}
