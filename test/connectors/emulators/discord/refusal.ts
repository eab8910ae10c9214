import type { z } from 'zod';

/** An error as Discord answers it: docs.discord.com/developers/reference, error messages. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: object, headers: Readonly<Record<string, string>> = {}) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

const texts: Readonly<Record<number, readonly [status: number, message: string]>> = {
  0: [401, '401: Unauthorized'],
  10003: [404, 'Unknown Channel'],
  10004: [404, 'Unknown Guild'],
  10007: [404, 'Unknown Member'],
  10008: [404, 'Unknown Message'],
  10013: [404, 'Unknown User'],
  10015: [404, 'Unknown Webhook'],
  10062: [404, 'Unknown interaction'],
  30013: [400, 'Maximum number of server channels reached (500)'],
  40060: [400, 'Interaction has already been acknowledged.'],
  50001: [403, 'Missing Access'],
  50005: [403, 'Cannot edit a message authored by another user'],
  50006: [400, 'Cannot send an empty message'],
  50007: [403, 'Cannot send messages to this user'],
  50008: [400, 'Cannot send messages in a non-text channel'],
  50013: [403, 'Missing Permissions'],
  50019: [403, 'A message can only be pinned in the channel it was sent in'],
  50024: [400, 'Cannot execute action on this channel type'],
  50027: [401, 'Invalid Webhook Token'],
  50033: [400, 'Invalid Recipient(s)'],
  160002: [403, 'Cannot reply without permission to read message history'],
};

/** docs.discord.com/developers/topics/opcodes-and-status-codes, JSON error codes. */
export function refuse(code: number): never {
  const [status, message] = texts[code] ?? [400, 'Bad Request'];
  throw new Refusal(status, { message, code });
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly code: string;
  readonly message: string;
}

/** 50035, with the problems where they are: `{"embeds":{"0":{"title":{"_errors":[…]}}}}`. */
export function invalidForm(problems: readonly Problem[]): never {
  const errors: Record<string, unknown> = {};
  for (const { path, code, message } of problems) {
    let at = errors;
    for (const name of path) at = (at[String(name)] ??= {}) as Record<string, unknown>;
    at['_errors'] = [...((at['_errors'] as unknown[] | undefined) ?? []), { code, message }];
  }
  throw new Refusal(400, { message: 'Invalid Form Body', code: 50035, errors });
}

const codes: Readonly<Record<string, string>> = {
  too_big: 'BASE_TYPE_MAX_LENGTH',
  too_small: 'BASE_TYPE_BAD_LENGTH',
  invalid_type: 'BASE_TYPE_REQUIRED',
  unrecognized_keys: 'UNKNOWN_FIELD',
};

/** A body that has the shape, or 50035. */
export function parse<T>(schema: z.ZodType<T>, json: unknown): T {
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  return invalidForm(error.issues.map(({ path, code, message }) => ({ path, code: codes[code] ?? 'BASE_TYPE_CHOICES', message })));
}

/** docs.discord.com/developers/topics/rate-limits: the header in whole seconds, the body more exactly. */
export function limited(seconds: number, scope: 'user' | 'shared' | 'global'): Refusal {
  const bucket = {
    'x-ratelimit-limit': '5',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Date.now() / 1000 + seconds),
    'x-ratelimit-reset-after': String(seconds),
    'x-ratelimit-bucket': 'abcd1234',
  };
  return new Refusal(
    429,
    {
      message: scope === 'shared' ? 'The resource is being rate limited.' : 'You are being rate limited.',
      retry_after: seconds,
      global: scope === 'global',
    },
    {
      'retry-after': String(Math.ceil(seconds)),
      'x-ratelimit-scope': scope,
      ...(scope === 'global' ? { 'x-ratelimit-global': 'true' } : bucket),
    },
  );
}
