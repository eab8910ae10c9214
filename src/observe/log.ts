import { pino, type DestinationStream, type Logger } from 'pino';

/** Fields that may hold a secret, wherever they hang: their values never reach a log. */
const secretNames = [
  'authorization',
  'Authorization',
  'cookie',
  'Cookie',
  'set-cookie',
  'password',
  'password_hash',
  'secret',
  'signing_secret',
  'token',
  'access_token',
  'api_token',
  'api_key',
  'bot_token',
  'secretKey',
];

// pino's paths know no "at any depth": three levels hold everything that is logged here.
const redacted = secretNames.flatMap((name) => ['', '*.', '*.*.'].map((above) => `${above}${name.includes('-') ? `["${name}"]` : name}`));

export interface LogOptions {
  readonly level: string;
  /** Which process speaks: `api`, `worker`. */
  readonly name: string;
  /** Standard output when absent. */
  readonly destination?: DestinationStream;
}

/** JSON lines; times are RFC 3339. */
export function createLog(options: LogOptions): Logger {
  const settings = {
    level: options.level,
    base: { process: options.name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: redacted.map((path) => path.replace('.[', '[')), censor: '[redacted]' },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
