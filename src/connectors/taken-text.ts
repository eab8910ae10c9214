import { said, type Said } from '../domain/said.ts';
import type { Reader } from '../domain/reader.ts';
import type { IncidentSummary } from './notification.ts';
import { facts, quickLinks, severityTitle } from './notification-text.ts';

/** What whoever acknowledges reads: that they have it, and what it is. */
export interface Taken {
  /** `You have INC-A1B2C3.` */
  readonly headline: Said;
  /** `🔴 SEV1 Critical: Redis is down`. */
  readonly title: string;
  /** Label and value. */
  readonly facts: readonly (readonly [string, string])[];
  /** Name and address: runbook, war room, document, and what else there is. */
  readonly links: readonly (readonly [string, string])[];
}

export const takenOf = (incident: IncidentSummary, reader: Reader): Taken => ({
  headline: said('answer.taken', { incident: incident.shortId }),
  title: severityTitle({ incident, reader }),
  facts: facts({ incident, reader }),
  links: quickLinks({ incident, reader }),
});
