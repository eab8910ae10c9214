import type { Received } from '../connector.ts';

/** What Slack told us, read. Texts are as Slack writes them. */
export interface Told {
  readonly received: Received;
  readonly way: Way;
}

/** How whoever did it gets an answer. */
export type Way =
  /** Not at all. */
  | { readonly kind: 'none' }
  /** In the answer to `/imas`, by a form, or later by `response_url`. */
  | { readonly kind: 'command'; readonly trigger: string; readonly responseUrl: string }
  /** By a form, or by `response_url`. Not in the answer: Slack reads none there. */
  | { readonly kind: 'press'; readonly trigger: string; readonly responseUrl: string | null }
  /** In the answer for another form; else by what the form carried along. */
  | { readonly kind: 'form'; readonly account: string; readonly responseUrl: string | null }
  /** By a message where the bot was mentioned. */
  | { readonly kind: 'mention'; readonly account: string; readonly channel: string; readonly thread: string | null };
