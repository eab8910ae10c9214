import type { Restriction } from './on-call.ts';
import type { Severity } from './vocabulary.ts';

/** One way to a person or a team. Ways are kept in order of preference. */
export interface ContactMethod {
  readonly provider_id: string;
  /** What the provider understands: a mail address, a channel, a phone number; null for the provider's own default. */
  readonly address: string | null;
  /** For these severities it is used at once; for others only when a way before it has failed. Empty: all. */
  readonly severities: readonly Severity[];
  /** When it is used at once; at other times only when a way before it has failed. Missing and null: always. */
  readonly hours?: ContactHours | null | undefined;
}

export interface ContactHours extends Restriction {
  /** IANA name; the person's own where it is missing, UTC for a team. */
  readonly time_zone?: string | undefined;
}
