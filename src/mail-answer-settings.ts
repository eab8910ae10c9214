type Environment = Readonly<Record<string, string | undefined>>;

/** Where people's mails to incidents come in. */
export interface MailAnswerSettings {
  /** `replies@example.com`: the mails of a person ask for answers at `replies+<token>@example.com` (RFC 5233). */
  readonly replyTo: { readonly local: string; readonly domain: string };
  /** The mailbox that takes them; null where a mail server posts them to us. */
  readonly inbox: InboxSettings | null;
  /** Who posts raw mails to us shows this. A secret; null where nobody does. */
  readonly hookSecret: string | null;
  /** By which the mail server that takes them names itself in `Authentication-Results` (RFC 8601 §2.5). Null: nothing vouches for a sender, and no mail commands. */
  readonly authservId: string | null;
}

export interface InboxSettings {
  readonly host: string;
  readonly port: number;
  /** Never in clear: TLS from the start, or STARTTLS before the login. */
  readonly security: 'tls' | 'starttls';
  readonly user: string;
  /** A secret. */
  readonly password: string;
  readonly folder: string;
}

/** Reading them failed: a line for each problem. They name variables, never what is in them. */
export class MailAnswerSettingsError extends Error {
  override readonly name = 'MailAnswerSettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const names = ['IMAS_MAIL_REPLY_ADDRESS', 'IMAS_MAIL_INBOX', 'IMAS_MAIL_HOOK_SECRET', 'IMAS_MAIL_AUTHSERV_ID'] as const;

/** Of a local part's 64 characters (RFC 5321 §4.5.3.1.1) the token and its `+` take 27. */
const longestLocal = 37;
const replyAddress = /^([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)@([a-z0-9.-]+)$/;
const shortestSecret = 16;

/**
 * Null where none of the variables is set: then no mail asks for an answer.
 * @throws MailAnswerSettingsError
 */
export function readMailAnswerSettings(env: Environment): MailAnswerSettings | null {
  const given = (name: (typeof names)[number]): string | null => env[name]?.trim() || null;
  if (names.every((name) => given(name) === null)) return null;
  const problems: string[] = [];
  const [, local = '', domain = ''] = replyAddress.exec(given('IMAS_MAIL_REPLY_ADDRESS')?.toLowerCase() ?? '') ?? [];
  if (local === '') problems.push('IMAS_MAIL_REPLY_ADDRESS: is needed as one address without a "+", such as replies@example.com');
  if (local.length > longestLocal) problems.push(`IMAS_MAIL_REPLY_ADDRESS: may have ${longestLocal} characters before the @`);
  const url = given('IMAS_MAIL_INBOX');
  const inbox = url === null ? null : readInbox(url);
  if (url !== null && inbox === null)
    problems.push(
      'IMAS_MAIL_INBOX: must be imaps://user:password@host:993/INBOX, or imap:// for STARTTLS, with special characters of user and password percent-encoded',
    );
  const hookSecret = given('IMAS_MAIL_HOOK_SECRET');
  if (hookSecret !== null && hookSecret.length < shortestSecret)
    problems.push(`IMAS_MAIL_HOOK_SECRET: must have at least ${shortestSecret} characters`);
  if (url === null && hookSecret === null)
    problems.push('IMAS_MAIL_INBOX: is needed, or IMAS_MAIL_HOOK_SECRET: answers have to come in somewhere');
  if (problems.length > 0) throw new MailAnswerSettingsError(problems);
  return { replyTo: { local, domain }, inbox, hookSecret, authservId: given('IMAS_MAIL_AUTHSERV_ID')?.toLowerCase() ?? null };
}

/** Null for what is none. */
function readInbox(text: string): InboxSettings | null {
  try {
    const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
    const isSecure = protocol === 'imaps:';
    const [user, pass, folder] = [username, password, pathname.replace(/^\//, '')].map(decodeURIComponent);
    if ((!isSecure && protocol !== 'imap:') || hostname === '' || !user || !pass || search !== '' || hash !== '') return null;
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase(),
      port: port === '' ? (isSecure ? 993 : 143) : Number(port),
      security: isSecure ? 'tls' : 'starttls',
      user,
      password: pass,
      folder: folder || 'INBOX',
    };
  } catch {
    return null;
  }
}
