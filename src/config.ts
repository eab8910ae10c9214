import { z } from 'zod';
import { areEgressRules } from './egress/address-rules.ts';
import { GoogleDriveSettingsError, readGoogleDriveSettings, type GoogleDriveSettings } from './google-drive-settings.ts';
import { areNetworks } from './egress/networks.ts';
import { MailAnswerSettingsError, readMailAnswerSettings, type MailAnswerSettings } from './mail-answer-settings.ts';
import { failPoints, type ArmedFailPoint } from './observe/fail-point.ts';
import type { RetentionSettings } from './retention/settings.ts';
import { readTemporalSettings, TemporalSettingsError, withoutOtherServer, type TemporalSettings } from './temporal-settings.ts';

/**
 * The only reader of `process.env`. All problems are told at once, each with the variable's name; no value is repeated,
 * since it may be a secret.
 */
const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

const port = z.coerce.number().int().min(1).max(65535);
/** 0 for no limit. */
const atMost = z.coerce.number().int().min(0).max(1_000_000_000);
const limit = (value: number): number | null => (value === 0 ? null : value);
const withoutEndSlash = (text: string): string => (text.endsWith('/') ? withoutEndSlash(text.slice(0, -1)) : text);
const url = z
  .url({ protocol: /^https?$/ })
  .transform(withoutEndSlash)
  .optional();

/** Its path is written into pages: it needs no escaping anywhere. */
const baseUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => /^(\/[A-Za-z0-9._~-]+)*\/*$/.test(new URL(text).pathname) && !/[?#]/.test(text), {
    message: 'its path may have letters, digits, ".", "_", "~" and "-" between slashes, and nothing after it',
    abort: true,
  })
  .transform((text) => text.replace(/\/{1,9}$/, ''))
  .optional();

/** `relay-signalled`, or `relay-signalled:3` for the third time. */
const failPoint = z.string().transform((text, context): ArmedFailPoint | typeof z.NEVER => {
  const [name, nth = '1'] = text.split(':');
  const step = failPoints.find((known) => known === name);
  if (step !== undefined && /^[1-9]\d*$/.test(nth)) return { step, nth: Number(nth) };
  context.addIssue({ code: 'custom', message: `must be one of ${failPoints.join(', ')}, with :n for the n-th time` });
  return z.NEVER;
});

/** `unset` says in the README what holds where no default is written. */
const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8000).describe('the port of the API and the web pages; `0` picks any free port'),
  HOST: z.string().default('127.0.0.1').describe('the address they listen on; with `IMAS_DEMO` one of the loopback'),
  IMAS_BASE_URL: baseUrl.meta({
    unset: '`http://localhost:$PORT`',
    description:
      'the public URL, used in every link in notifications; with a path (`https://ops.example.com/imas`), pages and API are served below it',
  }),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .meta({ unset: 'embedded Postgres', description: '`postgresql://user:password@host:5432/imas`; needed by `api`, `worker`, `migrate`' }),
  TEMPORAL_UI_URL: url.meta({
    unset: 'the embedded server’s UI where it is on, otherwise no links',
    description: 'where the pages link to an incident’s workflow',
  }),
  IMAS_TEMPORAL_UI: flag.default(false).meta({
    unset: '`0`',
    description:
      'whether the embedded Temporal serves its own UI, on the loopback. It knows no sign-in: everybody on this machine, and a web page that they open, can end incidents’ workflows there',
  }),
  IMAS_TEMPORAL_PORT: z.coerce.number().int().min(1).max(64535).optional().meta({
    unset: 'any free port',
    description: 'the port of the embedded Temporal, on the loopback; its UI is 1000 above (`7233` and `8233` are the usual ones)',
  }),
  IMAS_DATA_DIR: z.string().default('.data').describe('all data of the embedded parts'),
  IMAS_SECRET_KEY: z.string().min(16, 'must have at least 16 characters').optional().meta({
    unset: 'embedded: generated once, kept in the data folder',
    description: 'encrypts stored secrets; at least 16 characters, the same for every process',
  }),
  IMAS_SECRET_KEYS_OLD: list.default([]).describe('previous keys, comma-separated: used to decrypt, no longer to encrypt'),
  IMAS_ADMIN_USERNAME: z.string().min(1).default('admin').describe('the username of the first account'),
  IMAS_ADMIN_PASSWORD: z
    .string()
    .min(8, 'must have at least 8 characters')
    .optional()
    .meta({ unset: 'generated and printed at the first start', description: 'the password of the first account, at least 8 characters' }),
  IMAS_EGRESS_ALLOW: list
    .refine(areEgressRules, 'has an entry that is neither a network (10.0.0.0/8, fd00::/8) nor a host name')
    .optional()
    .meta({
      unset: '`up`: the loopback; otherwise none',
      description:
        'private networks (CIDR) and host names that providers may reach, comma-separated. Public addresses are always allowed; all others are refused when connecting',
    }),
  IMAS_TRUSTED_PROXIES: list.refine(areNetworks, 'has an entry that is no network (10.0.0.0/8, fd00::/8) or address').default([]).meta({
    unset: 'none',
    description:
      'networks (CIDR) of your load balancers, comma-separated, whose `X-Forwarded-For` is trusted. Without it, everybody behind a load balancer shares one limit on wrong passwords',
  }),
  IMAS_EGRESS_PROXY: z
    .url({ protocol: /^http$/, error: 'must be http://host:port, with user:password@ before the host where it asks for them' })
    .transform((text) => new URL(text))
    .optional()
    .describe(
      '`http://user:password@host:3128`: an HTTP proxy for everything except mail. Addresses are still resolved and checked here first; the proxy receives host names and resolves them itself, so have it refuse private addresses too',
    ),
  IMAS_DEMO: flag.default(false).meta({
    unset: '`1` for `npm start`, else `0`',
    description: 'sample data, the built-in inbox, and alert sources that need no secret; listens on the loopback alone',
  }),
  IMAS_DEMO_SMTP_PORT: port.default(2525).describe('where the built-in inbox receives mail, on the loopback'),
  IMAS_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('`trace`, `debug`, `info`, `warn`, `error`, `fatal`'),
  IMAS_METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(0)
    .meta({ unset: '`0`: off', description: 'the port on which a worker serves its metrics' }),
  IMAS_METRICS_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('the bearer token for reading metrics from outside the loopback; at least 16 characters'),
  IMAS_DEADMAN_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('dead man’s switch: called while all is well, so that an external service notices when the calls stop'),
  IMAS_DIGEST_AFTER: atMost
    .default(10)
    .describe(
      'notifications a minute that one person gets by one contact method; further ones arrive together in one message, and SEV1 pages count only each other. `0` for no limit',
    ),
  IMAS_ANSWER_LINKS: z
    .enum(['acknowledge', 'acknowledge,resolve', 'off'])
    .default('acknowledge')
    .describe(
      'what the links in a person’s own mails, SMS and push notifications may do without signing in: `acknowledge`, `acknowledge,resolve`, or `off`',
    ),
  IMAS_MAIL_REPLY_ADDRESS: z
    .string()
    .optional()
    .describe(
      '`replies@example.com`: where people answer the mails about an incident, as `replies+…@example.com`; see docs/answer-by-mail.md',
    ),
  IMAS_MAIL_INBOX: z
    .string()
    .optional()
    .describe('`imaps://user:password@host:993/INBOX`: the mailbox that these answers arrive in (`imap://` for STARTTLS)'),
  IMAS_MAIL_HOOK_SECRET: z
    .string()
    .optional()
    .describe('the bearer secret of `/api/v1/mail/inbound/`, to which a mail server may post answers instead; at least 16 characters'),
  IMAS_MAIL_AUTHSERV_ID: z
    .string()
    .optional()
    .describe(
      'the name of your mail server at the beginning of its `Authentication-Results`. Without it, answers by mail can comment, and neither acknowledge nor resolve',
    ),
  IMAS_KEEP_BODIES_DAYS: atMost
    .default(30)
    .describe('days to keep payloads of alert sources; `0` keeps them forever, as with the next three'),
  IMAS_KEEP_ALERTS_DAYS: atMost.default(400).describe('days to keep alerts that belong to no open incident'),
  IMAS_KEEP_DELIVERIES_DAYS: atMost.default(400).describe('days to keep delivery attempts'),
  IMAS_KEEP_INCIDENTS_DAYS: atMost.default(0).describe('days to keep resolved incidents'),
  IMAS_KEEP_BODIES_MB_PER_SOURCE: atMost
    .default(256)
    .describe('MB of payloads to keep per alert source, newest first; `0` for no limit, as with the next'),
  IMAS_KEEP_ALERTS_PER_SOURCE: atMost.default(1_000_000).describe('number of alerts to keep per alert source, newest first'),
  IMAS_FAIL_POINT: failPoint.optional().describe('for crash tests only: where the process kills itself'),
  EMAIL_HOST: z.string().optional().describe('the default mail server of SMTP providers'),
  EMAIL_PORT: port.default(587).describe('the port of `EMAIL_HOST`'),
  EMAIL_USE_TLS: flag.default(true).meta({ unset: '`1`', description: 'whether `EMAIL_HOST` must offer STARTTLS' }),
  EMAIL_HOST_USER: z.string().optional().describe('the username at `EMAIL_HOST`'),
  EMAIL_HOST_PASSWORD: z.string().optional().describe('the password at `EMAIL_HOST`'),
  DEFAULT_FROM_EMAIL: z.string().optional().describe('the default sender of SMTP providers'),
  GOOGLE_DRIVE_CREDENTIALS_PATH: z
    .string()
    .optional()
    .describe('a file with the JSON key of a Google service account, which keeps incident documents in Google Drive'),
  GOOGLE_DRIVE_CREDENTIALS_BASE64: z.string().optional().describe('the same key in base64, instead of a file'),
  GOOGLE_DRIVE_TEMPLATE_ID: z.string().optional().describe('the Google document that each incident document is a copy of'),
  GOOGLE_DRIVE_FOLDER_ID: z.string().optional().describe('the folder of a shared drive that the documents are put into'),
  GOOGLE_API_ROOT_URL: z.string().optional().describe('another server in the place of Google’s, for tests'),
});

/** Variables that we hand on: Temporal's own reader takes its, Node the last. */
const handedOn: readonly SettingRow[] = [
  ['TEMPORAL_ADDRESS', 'embedded server', '`host:port`; needed by `api` and `worker`'],
  ['TEMPORAL_NAMESPACE', '`default`', 'where workflows run'],
  [
    'TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, `TEMPORAL_GRPC_META_*',
    '',
    'credentials for your own server: [Temporal’s standard variables](https://docs.temporal.io/develop/environment-configuration). `TEMPORAL_CONFIG_FILE` and `TEMPORAL_PROFILE` select a file with the same settings; no file is read unless one of them is set',
  ],
  ['NODE_EXTRA_CA_CERTS', '', 'a file with the certificates of private certificate authorities'],
];

type SettingRow = readonly [name: string, unset: string, about: string];

/** Every setting as the README shows it. */
export function settingsTable(): string {
  const own = Object.entries(Environment.shape).map(([name, schema]): SettingRow => {
    const { unset, description } = schema.meta() as { readonly unset?: string; readonly description: string };
    const preset = schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : '';
    return [name, unset ?? (preset === '' ? '' : `\`${preset}\``), description];
  });
  const rows = [...own, ...handedOn].map(([name, unset, about]) => `| \`${name}\` | ${unset} | ${about} |`);
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

export type Environment = z.infer<typeof Environment>;

/** Every variable that is read here. Those of Temporal (`TEMPORAL_*`) are read by its own library. */
export const settingNames: readonly string[] = Object.keys(Environment.shape);

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly baseUrl: string;
  /** Null: the embedded part is used, which `imas up` starts. */
  readonly databaseUrl: string | null;
  readonly temporal: TemporalSettings;
  /** Where people look at workflows; pages link there. */
  readonly temporalUiUrl: string | null;
  /** Of the embedded server; `port` null for any. */
  readonly embeddedTemporal: { readonly port: number | null; readonly withUi: boolean };
  readonly dataDir: string;
  readonly secretKey: string | null;
  readonly oldSecretKeys: readonly string[];
  readonly admin: { readonly username: string; readonly password: string | null };
  /** Null: the default of the way it runs (embedded: loopback; production: none). */
  readonly egressAllow: readonly string[] | null;
  /** Networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Through which HTTP leaves; it may hold a password. */
  readonly egressProxy: URL | null;
  readonly demo: boolean;
  /** Where the built-in inbox takes mail, on the loopback. */
  readonly demoSmtpPort: number;
  readonly logLevel: Environment['IMAS_LOG_LEVEL'];
  /** Where a worker offers its metrics; 0 for nowhere. */
  readonly metricsPort: number;
  /** Who sends it may read metrics from anywhere; null: they are for the loopback. */
  readonly metricsToken: string | null;
  readonly mail: MailDefaults | null;
  readonly retention: RetentionSettings;
  /** Where incident documents are kept in Google Drive; null: we keep them ourselves. It holds a private key. */
  readonly googleDrive: GoogleDriveSettings | null;
  /** Called while everything is well, so that somebody else notices when it is not. It may hold a token. */
  /** Notifications a minute to one person by one way; 0 for no limit. */
  readonly digestAfter: number;
  /** What may be done by a link in a message, without signing in. */
  readonly answerActs: readonly ('acknowledge' | 'resolve')[];
  readonly deadmanUrl: string | null;
  /** Where people answer by mail; null: nowhere. It holds secrets. */
  readonly mailAnswers: MailAnswerSettings | null;
  /** Where this process shall die: for trials of crashes only. */
  readonly failPoint: ArmedFailPoint | null;
}

const answerActs = {
  off: [],
  acknowledge: ['acknowledge'],
  'acknowledge,resolve': ['acknowledge', 'resolve'],
} as const satisfies Record<Environment['IMAS_ANSWER_LINKS'], Config['answerActs']>;

/** A config in which everything that a process of its own (`imas api`, `imas worker`) needs is given. */
export interface ProductionConfig extends Config {
  readonly databaseUrl: string;
  readonly secretKey: string;
  readonly temporal: TemporalSettings & { readonly address: string };
}

/** The mail server of an SMTP provider that names none. */
export interface MailDefaults {
  readonly host: string;
  readonly port: number;
  readonly useTls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  readonly from: string | null;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** What is wrong with it where it cannot be read. */
function googleDriveIn(env: Readonly<Record<string, string | undefined>>): GoogleDriveSettings | null | string[] {
  try {
    return readGoogleDriveSettings(env);
  } catch (error) {
    if (error instanceof GoogleDriveSettingsError) return [...error.problems];
    throw error;
  }
}

/** What is wrong with it where it cannot be read. */
function mailAnswersIn(env: Readonly<Record<string, string | undefined>>): MailAnswerSettings | null | string[] {
  try {
    return readMailAnswerSettings(env);
  } catch (error) {
    if (error instanceof MailAnswerSettingsError) return [...error.problems];
    throw error;
  }
}

/** @throws ConfigError with one line a problem. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(given);
  const temporal = temporalIn(given);
  const googleDrive = googleDriveIn(given);
  const mailAnswers = mailAnswersIn(given);
  if (!parsed.success || typeof temporal === 'string' || Array.isArray(googleDrive) || Array.isArray(mailAnswers)) {
    const problems = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
    throw new ConfigError([
      ...problems,
      ...(typeof temporal === 'string' ? [temporal] : []),
      ...(Array.isArray(googleDrive) ? googleDrive : []),
      ...(Array.isArray(mailAnswers) ? mailAnswers : []),
    ]);
  }
  const e = parsed.data;
  if (e.IMAS_DEMO && !isLoopback(e.HOST)) throw new ConfigError([demoElsewhere]);
  return Object.freeze({
    host: e.HOST,
    port: e.PORT,
    baseUrl: e.IMAS_BASE_URL ?? `http://localhost:${e.PORT}`,
    databaseUrl: e.DATABASE_URL ?? null,
    temporal,
    temporalUiUrl: e.TEMPORAL_UI_URL ?? null,
    embeddedTemporal: { port: e.IMAS_TEMPORAL_PORT ?? null, withUi: e.IMAS_TEMPORAL_UI },
    dataDir: e.IMAS_DATA_DIR,
    secretKey: e.IMAS_SECRET_KEY ?? null,
    oldSecretKeys: e.IMAS_SECRET_KEYS_OLD,
    admin: { username: e.IMAS_ADMIN_USERNAME, password: e.IMAS_ADMIN_PASSWORD ?? null },
    egressAllow: e.IMAS_EGRESS_ALLOW ?? null,
    trustedProxies: e.IMAS_TRUSTED_PROXIES,
    egressProxy: e.IMAS_EGRESS_PROXY ?? null,
    demo: e.IMAS_DEMO,
    demoSmtpPort: e.IMAS_DEMO_SMTP_PORT,
    logLevel: e.IMAS_LOG_LEVEL,
    metricsPort: e.IMAS_METRICS_PORT,
    metricsToken: e.IMAS_METRICS_TOKEN ?? null,
    retention: {
      bodiesDays: limit(e.IMAS_KEEP_BODIES_DAYS),
      alertsDays: limit(e.IMAS_KEEP_ALERTS_DAYS),
      deliveriesDays: limit(e.IMAS_KEEP_DELIVERIES_DAYS),
      incidentsDays: limit(e.IMAS_KEEP_INCIDENTS_DAYS),
      bodyBytesPerSource: limit(e.IMAS_KEEP_BODIES_MB_PER_SOURCE * 1024 * 1024),
      alertsPerSource: limit(e.IMAS_KEEP_ALERTS_PER_SOURCE),
    },
    googleDrive,
    digestAfter: e.IMAS_DIGEST_AFTER,
    answerActs: answerActs[e.IMAS_ANSWER_LINKS],
    deadmanUrl: e.IMAS_DEADMAN_URL ?? null,
    mailAnswers,
    failPoint: e.IMAS_FAIL_POINT ?? null,
    mail:
      e.EMAIL_HOST === undefined
        ? null
        : {
            host: e.EMAIL_HOST,
            port: e.EMAIL_PORT,
            useTls: e.EMAIL_USE_TLS,
            username: e.EMAIL_HOST_USER ?? null,
            password: e.EMAIL_HOST_PASSWORD ?? null,
            from: e.DEFAULT_FROM_EMAIL ?? null,
          },
  });
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

const demoElsewhere =
  'HOST: must be a loopback address, such as 127.0.0.1, in a demo, whose alert sources take alerts from anybody. Leave it out, or run without the demo: IMAS_DEMO=0';

/** The settings, else what is wrong with them. */
function temporalIn(env: Readonly<Record<string, string | undefined>>): TemporalSettings | string {
  try {
    return readTemporalSettings(env);
  } catch (error) {
    if (error instanceof TemporalSettingsError) return error.message;
    throw error;
  }
}

/** From the environment; `defaults` are for what is not set there. @throws ConfigError with one line a problem. */
export const loadConfig = (defaults: Readonly<Record<string, string>> = {}): Config =>
  readConfig({ ...defaults, ...Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== '')) });

/** What a child process inherits, with changes. */
export const environmentWith = (changes: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({ ...process.env, ...changes });

/** What a child process gets that shall know no Temporal server but the embedded one. */
export const embeddedTemporal = ({ address }: { readonly address: string }): Record<string, string> => ({
  ...withoutOtherServer(process.env),
  TEMPORAL_ADDRESS: address,
});
