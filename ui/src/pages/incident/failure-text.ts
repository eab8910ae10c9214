import type { useTranslation } from 'react-i18next';

type Translate = ReturnType<typeof useTranslation>['t'];

/** What is said of a host alone: by the egress door, with the system's code behind it, or of a mail server. */
const ofHost = {
  'refused the connection': 'cause.refusedConnection',
  'dropped the connection': 'cause.droppedConnection',
  'was not found': 'cause.notFound',
  'has no address': 'cause.notFound',
  'could not be looked up': 'cause.noLookup',
  'did not resolve in time': 'cause.noLookup',
  'cannot be reached from here': 'cause.unreachable',
  'did not answer in time': 'cause.noAnswer',
  'was not waited for': 'cause.noAnswer',
  'has an expired certificate': 'cause.certificateExpired',
  'has a certificate that nobody known has signed': 'cause.certificateUnknown',
  'has a certificate of another name': 'cause.certificateName',
  'does not speak TLS there': 'cause.noTls',
  'could not be called': 'cause.notCalled',
} as const;
const hostWords = Object.keys(ofHost).join('|');

/** Whole reasons; what is in the groups stays as it is. */
const reasons: readonly [RegExp, (groups: Readonly<Record<string, string>>, t: Translate) => string][] = [
  [
    new RegExp(`^(?<host>\\S+) (?<words>${hostWords})(?<code> \\([A-Z_]+\\))?\\.$`),
    ({ host = '', words = '', code = '' }, t) => `${t(ofHost[words as keyof typeof ofHost], { host })}${code}.`,
  ],
  [/^(?<host>\S+) cannot take the mail now: (?<said>.*)$/s, (groups, t) => t('cause.mailNotNow', groups as Said)],
  [/^(?<host>\S+) refused the login: (?<said>.*)$/s, (groups, t) => t('cause.loginRefused', groups as Said)],
  [/^(?<host>\S+) refused the mail: (?<said>.*)$/s, (groups, t) => t('cause.mailRefused', groups as Said)],
  [/^(?<host>\S+): no safe connection \((?<said>.*)\)\.$/s, (groups, t) => t('cause.notSafe', groups as Said)],
  [/^(?<host>\S+): the connection failed \((?<said>.*)\)\.$/s, (groups, t) => t('cause.connectionFailed', groups as Said)],
  [/^(?<host>\S+): the sender or the recipient is not valid\.$/, (groups, t) => t('cause.envelope', groups as { host: string })],
  [
    /^(?<host>\S+) may not be reached: it is an? .* address\. IMAS_EGRESS_ALLOW can allow it\.$/,
    (groups, t) => t('cause.notAllowed', groups as { host: string }),
  ],
  [/^The provider did not answer in time\.$/, (_, t) => t('cause.providerSilent')],
  [/^The provider was removed or switched off\.$/, (_, t) => t('cause.providerOff')],
  [/^The secrets of the provider cannot be read: its key is gone\.$/, (_, t) => t('cause.secretsGone')],
  [/^The config of the provider is not valid any more\.$/, (_, t) => t('cause.configInvalid')],
  [/^There is no mail address to send to\.$/, (_, t) => t('cause.noAddress')],
  [/^No mail server is configured\.$/, (_, t) => t('cause.noMailServer')],
  [/^There is no sender address\.$/, (_, t) => t('cause.noSender')],
  [/^no provider that has rooms is set up$/, (_, t) => t('cause.noRooms')],
  [/^(?<who>.+) has just taken it$/s, (groups, t) => t('cause.justTaken', groups as { who: string })],
  [/^acknowledged by (?<who>.+)$/s, (groups, t) => t('cause.acknowledgedBy', groups as { who: string })],
  [/^resolved$/, (_, t) => t('cause.resolved')],
  [/^the escalation has begun anew$/, (_, t) => t('cause.begunAnew')],
  [/^no longer wanted$/, (_, t) => t('cause.notWanted')],
];

interface Said extends Record<'host' | 'said', string> {}

/** What would help, behind the reason. */
const cures = {
  'Check host, port and TLS: 587 goes with use_tls, 465 with use_ssl.': 'cure.hostAndPort',
  'Check username and password; some hosts want an app password.': 'cure.password',
  'Check the recipient address.': 'cure.recipient',
  'Check from_email, and whether the server wants a login.': 'cure.sender',
  "Ask the mail server's operator what its answer means.": 'cure.askOperator',
  'Allow the mail server in IMAS_EGRESS_ALLOW.': 'cure.allow',
  'Correct the URL, or allow its network in IMAS_EGRESS_ALLOW.': 'cure.urlOrAllow',
  'Check that the other side is up and can be reached from here.': 'cure.otherSide',
  'Give the contact method an address.': 'cure.address',
  'Enter the host, or set EMAIL_HOST in the environment.': 'cure.enterHost',
  'Enter from_email, or set DEFAULT_FROM_EMAIL in the environment.': 'cure.enterSender',
  'The address redirects, which is not followed: enter the address that it leads to.': 'cure.redirects',
  'Check the credentials in the headers, and what they may do.': 'cure.credentials',
  'Check the URL: the other side knows nothing there (any more).': 'cure.url',
  'Check the method and the URL.': 'cure.method',
  'The other side does not understand the body: check the format or the template.': 'cure.body',
} as const;

/**
 * Why something was not sent, in the reader's language: what this system says of it, and what would help. A provider's
 * own words stay as they are.
 */
export function failureText(detail: string, t: Translate): string {
  const cure = Object.entries(cures).find(([words]) => detail.endsWith(` ${words}`));
  if (cure !== undefined) return `${failureText(detail.slice(0, -cure[0].length - 1), t)} ${t(cure[1])}`;
  for (const [shape, say] of reasons) {
    const found = shape.exec(detail);
    if (found !== null) return say(found.groups ?? {}, t);
  }
  return detail;
}
