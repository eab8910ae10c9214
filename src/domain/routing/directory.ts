import type { ContactMethod } from '../contact-method.ts';
import type { OnCallSchedule } from '../on-call.ts';
import type { IncidentEvent, Severity } from '../vocabulary.ts';

/** What is configured about people and ways, as far as plans need it. */
export interface Directory {
  /** Only the active ones. */
  readonly users: ReadonlyMap<string, DirectoryUser>;
  readonly teams: ReadonlyMap<string, DirectoryTeam>;
  readonly schedules: ReadonlyMap<string, DirectorySchedule>;
  /** In the order in which they were added. */
  readonly providers: ReadonlyMap<string, DirectoryProvider>;
}

export interface DirectoryUser {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  /** IANA name: the hours of their contact methods are meant on this clock. */
  readonly timeZone: string;
  /** After a page they hear that somebody else has the incident. */
  readonly tellWhenTaken: boolean;
  readonly contactMethods: readonly ContactMethod[];
  /** Phones and desktops that take push messages, in the order in which they were added. */
  readonly devices: readonly DirectoryDevice[];
}

export interface DirectoryDevice {
  readonly id: string;
  readonly providerId: string;
  readonly name: string;
}

export interface DirectoryTeam {
  readonly id: string;
  readonly name: string;
  readonly memberIds: readonly string[];
  readonly contactMethods: readonly ContactMethod[];
  readonly slackChannelId: string | null;
  /** Who is on call whatever the team's schedules say. */
  readonly currentOnCall: string | null;
}

export interface DirectorySchedule extends OnCallSchedule {
  readonly name: string;
  readonly teamId: string | null;
}

export type Medium = 'chat' | 'mail' | 'sms' | 'push' | 'webhook';

export interface DirectoryProvider {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** What its system is called: Slack. */
  readonly title: string;
  readonly medium: Medium;
  readonly isActive: boolean;
  /** It is used for these alone. Empty: all. */
  readonly severities: readonly Severity[];
  /** Events that the provider itself asks for. */
  readonly events: readonly IncidentEvent[];
  /** Its addresses name devices of people. */
  readonly toDevices: boolean;
  /** It has a place of its own that is told of every new incident: a channel, a topic, a URL. */
  readonly hasDestination: boolean;
}

/** Who hears of an incident beside those whom its policy names. */
export interface Audience {
  /** Of the incident: what a policy calls the owner team. */
  readonly team: DirectoryTeam | null;
  readonly impactScopes: readonly ImpactScope[];
}

export interface ImpactScope {
  readonly id: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

/** For which severity, and when, epoch milliseconds. */
export interface Moment {
  readonly severity: Severity;
  readonly atMs: number;
  readonly directory: Directory;
}
