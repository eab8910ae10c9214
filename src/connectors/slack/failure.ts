import { said, type Said, type SaidCode } from '../../domain/said.ts';
import type { Http } from '../http.ts';
import { failedForGood, failedForNow, type Failure } from '../outcome.ts';

/** What `@slack/web-api` throws, known by its `code` (docs.slack.dev/tools/node-slack-sdk/web-api#handle-errors), as far as it is read here. */
interface SdkError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly data?: {
    readonly error?: unknown;
    readonly needed?: string;
    readonly response_metadata?: { readonly messages?: readonly string[] };
    readonly errors?: unknown;
  };
  readonly original?: unknown;
  readonly retryAfter?: number;
  readonly statusCode?: number;
  readonly body?: unknown;
}

/** Slack's codes that may pass by themselves: the errors of docs.slack.dev/reference/methods/chat.postMessage and its like. */
const passing: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'too_many_requests',
  'service_unavailable',
  'request_timeout',
  'internal_error',
  'fatal_error',
  'update_failed',
  'external_channel_migrating',
  'team_added_to_org',
  'org_login_required',
  'invalid_cursor',
]);

/** "It's possible some aspect of the operation succeeded before the error was raised." */
const halfDone: ReadonlySet<string> = new Set(['internal_error', 'fatal_error']);

const cures: Readonly<Record<string, SaidCode>> = {
  invalid_auth: 'cure.slackToken',
  not_authed: 'cure.slackToken',
  token_revoked: 'cure.slackToken',
  token_expired: 'cure.slackToken',
  account_inactive: 'cure.slackToken',
  not_allowed_token_type: 'cure.slackToken',
  not_in_channel: 'cure.slackInvite',
  channel_not_found: 'cure.slackChannel',
  is_archived: 'cure.slackArchived',
  is_inactive: 'cure.slackArchived',
  name_taken: 'cure.slackNameTaken',
  users_not_found: 'cure.slackPerson',
  user_not_found: 'cure.slackPerson',
  user_disabled: 'cure.slackPerson',
  messages_tab_disabled: 'cure.slackMessagesTab',
  invalid_users: 'cure.slackGroup',
  no_such_subteam: 'cure.slackGroup',
  subteam_not_found: 'cure.slackGroup',
  plan_upgrade_required: 'cure.slackGroup',
  permission_denied: 'cure.slackAdmin',
  restricted_action: 'cure.slackAdmin',
  restricted_action_read_only_channel: 'cure.slackAdmin',
  restricted_action_thread_only_channel: 'cure.slackAdmin',
  restricted_action_non_threadable_channel: 'cure.slackAdmin',
  ekm_access_denied: 'cure.slackAdmin',
  access_denied: 'cure.slackAdmin',
  accesslimited: 'cure.slackAdmin',
};

/** Slack's word for why it refuses, `not_in_channel`; null for any other error. */
export function codeOf(error: unknown): string | null {
  const { code, data } = (error ?? {}) as SdkError;
  return code === 'slack_webapi_platform_error' ? String(data?.error) : null;
}

/** Whether Slack, or whatever stands before it, answered and refused. */
export const isRefusal = (error: unknown): boolean =>
  ['slack_webapi_platform_error', 'slack_webapi_rate_limited_error', 'slack_webapi_http_error'].includes(
    String(((error ?? {}) as SdkError).code),
  );

/** What Slack says of each of several users, where it does. */
export function errorsByUser(error: unknown): ReadonlyMap<string, string> {
  const list = (error as SdkError).data?.errors;
  const entries = (Array.isArray(list) ? list : []) as { readonly user?: unknown; readonly error?: unknown }[];
  return new Map(entries.flatMap(({ user, error: why }) => (typeof user === 'string' ? [[user, String(why)] as const] : [])));
}

export const cureOf = (code: string): Said | null => {
  const cure = cures[code];
  return cure === undefined ? null : said(cure);
};

/** @throws whatever was no refusal of Slack's: what the network did, as the door threw it, or a fault of our own */
export function toFailure(error: unknown, http: Pick<Http, 'shown'>): Failure {
  const sdk = (error ?? {}) as SdkError;
  switch (sdk.code) {
    case 'slack_webapi_platform_error':
      return refused(sdk, http);
    case 'slack_webapi_rate_limited_error':
      return failedForNow(said('cause.slackRefused', { said: 'ratelimited' }), { retryAfterMs: (sdk.retryAfter ?? 0) * 1000 });
    case 'slack_webapi_http_error':
      return badStatus(sdk, http);
    case 'slack_webapi_request_error':
      throw sdk.original;
  }
  // The SDK has no class for a 429 that does not say how long to wait.
  if (typeof sdk.message === 'string' && sdk.message.startsWith('Retry header did not contain'))
    return failedForNow(said('cause.slackRefused', { said: 'ratelimited' }));
  throw error;
}

function refused({ data }: SdkError, http: Pick<Http, 'shown'>): Failure {
  const code = String(data?.error);
  // The SDK takes what is no JSON for Slack's word: a page of whatever stands in between.
  if (!/^[a-z0-9_]{1,80}$/.test(code))
    return failedForNow(said('cause.slackRefused', { said: http.shown(code) }), { maybeDone: true, cure: said('cure.otherSide') });
  if (code === 'missing_scope') return lacks(data?.needed ?? '?');
  const details = (data?.response_metadata?.messages ?? []).join('; ');
  const reason = said('cause.slackRefused', { said: http.shown(details === '' ? code : `${code}: ${details}`) });
  if (passing.has(code)) return failedForNow(reason, { maybeDone: halfDone.has(code) });
  return failedForGood(reason, { cure: cureOf(code) });
}

/** Which feature fails is said by whoever called it. */
const lacks = (scopes: string): Failure =>
  failedForGood(said('cause.slackLacks', { scopes }), { cure: said('cure.slackScope', { scopes }) });

/** Slack answers refusals with 200; any other status is not its word. 503 says that nothing was done: RFC 9110 §15.6.4. */
function badStatus({ statusCode = 0, body }: SdkError, http: Pick<Http, 'shown'>): Failure {
  const text = http.shown(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
  const reason = said('cause.http', { status: statusCode, said: text });
  return statusCode >= 500
    ? failedForNow(reason, { maybeDone: statusCode !== 503 })
    : failedForGood(reason, { cure: said('cure.slackUrl') });
}
