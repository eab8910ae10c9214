import { isSnowflake } from './snowflake.ts';

/** A channel's webhook, as its URL names it. */
export interface Webhook {
  /** What stands before `/webhooks/`, without a version: `https://discord.com/api`. */
  readonly api: string;
  readonly id: string;
  readonly token: string;
  /** A thread of the channel, where the URL names one. */
  readonly threadId: string | null;
}

/**
 * `https://discord.com/api/webhooks/<id>/<token>`, with or without a version, and with `?thread_id=` for a thread
 * (docs.discord.com/developers/resources/webhook). Null for anything else, such as the `/slack` and `/github` forms.
 */
export function readWebhookUrl(text: string): Webhook | null {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return null;
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const at = parts.lastIndexOf('webhooks');
  const [id = '', token = '', ...rest] = parts.slice(at + 1);
  if (at < 0 || rest.length > 0 || !isSnowflake(id) || !/^[\w-]+$/.test(token)) return null;
  const before = /^v\d{1,2}$/.test(parts[at - 1] ?? '') ? parts.slice(0, at - 1) : parts.slice(0, at);
  const threadId = url.searchParams.get('thread_id');
  return { api: [url.origin, ...before].join('/'), id, token, threadId: threadId !== null && isSnowflake(threadId) ? threadId : null };
}
