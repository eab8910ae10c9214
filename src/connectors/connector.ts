import type { z } from 'zod';
import type { ParseResult } from '../domain/alert-event.ts';
import type { SourceType, IncidentEvent, IncidentStatus, ProviderType, Severity } from '../domain/vocabulary.ts';
import type { Egress } from '../egress/egress.ts';

/**
 * What one outside system is and can do. Forms, validation, masking and docs come from `config`; fields made with
 * `secret()` are encrypted when stored and masked when read.
 */
export interface Connector<Config = unknown> {
  readonly type: ProviderType | SourceType | 'BUILT_IN';
  readonly title: string;
  /** Markdown, for the connector's page: what it is for and how to set it up at the vendor. */
  readonly about: string;
  readonly config?: z.ZodType<Config>;
  readonly notify?: Notify<Config>;
  readonly room?: Room<Config>;
  readonly document?: Document<Config>;
  readonly parse?: Parse;
}

export interface Notify<Config> {
  readonly medium: 'chat' | 'mail' | 'sms' | 'push' | 'webhook';
  /** Whether the recipient drops a second delivery with the same id. Where not, a send whose outcome is unknown is flagged. */
  readonly dropsDoubles: boolean;
  /** Sends a second that the vendor bears, for each provider. */
  readonly perSecond: number;
  /** Which `incident.*` and `comment.*` events this provider wants to hear of, beside the pages; none when absent. */
  events?(config: Config): readonly IncidentEvent[];
  /** A problem in plain words where the address is not one of this kind, else null. */
  checkAddress?(address: string): string | null;
  send(request: SendRequest<Config>): Promise<SendResult>;
}

export interface SendRequest<Config> {
  readonly config: Config;
  /** Null for the provider's own default. */
  readonly address: string | null;
  readonly notification: Notification;
  /** The same on every retry: Message-ID, idempotency key, dedup key are made of it. */
  readonly deliveryId: string;
  readonly egress: Egress;
  readonly signal: AbortSignal;
}

export type SendResult =
  /** `receipt` is what the vendor called it: a message id, a status line. */
  | { readonly outcome: 'sent'; readonly receipt: string }
  /** Worth a retry, not before `retryAfterMs` where the vendor named a time. */
  | {
      readonly outcome: 'failed';
      readonly permanent: false;
      readonly reason: string;
      /** It broke off after the message may have left. */
      readonly maybeSent?: true;
      readonly retryAfterMs?: number;
      readonly cure?: string;
    }
  /** A retry would fail too until a person changes something. */
  | { readonly outcome: 'failed'; readonly permanent: true; readonly reason: string; readonly cure?: string };

/** One message about an incident, in the words of no particular channel. No secret is in it. */
export interface Notification {
  readonly purpose: 'page' | 'notice' | 'event' | 'test';
  readonly event: IncidentEvent;
  readonly incident: IncidentSummary;
  /** Why this person gets it: `Level 2 of policy "Default", round 1`. */
  readonly reason: string;
  /** A comment's text, where the event is a comment. */
  readonly comment: { readonly author: string; readonly text: string } | null;
  /** RFC 3339, of what happened, not of the sending: the same on every retry. */
  readonly timestamp: string;
}

export interface IncidentSummary {
  readonly id: string;
  readonly shortId: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly service: { readonly id: string; readonly name: string };
  readonly team: string | null;
  readonly assignee: string | null;
  readonly createdAt: string;
  readonly url: string;
  readonly links: { readonly document: string | null; readonly warRoom: string | null; readonly runbook: string | null };
}

export type StepResult =
  | { readonly outcome: 'done'; readonly url: string; readonly title: string }
  | { readonly outcome: 'failed'; readonly permanent: boolean; readonly reason: string; readonly retryAfterMs?: number };

export interface StepRequest<Config> {
  readonly config: Config;
  readonly incident: IncidentSummary;
  readonly egress: Egress;
  readonly signal: AbortSignal;
}

/** Both find what an earlier attempt made before they make anything. */
export interface Room<Config> {
  open(request: StepRequest<Config>): Promise<StepResult>;
}
export interface Document<Config> {
  open(request: StepRequest<Config>): Promise<StepResult>;
}

export interface Parse {
  readonly source: SourceType;
  /** Header names, lower case, in which this source may sign its body; checked instead of the bearer secret. */
  readonly signature?: SignatureScheme;
  /** Pure. `body` is parsed JSON of any shape. */
  parse(body: unknown): ParseResult;
}

export interface SignatureScheme {
  readonly header: string;
  /** Constant-time, over the raw body. `headers` have lower-case names. */
  verify(args: { body: Uint8Array; headers: Readonly<Record<string, string>>; secret: string; nowMs: number }): boolean;
}
