import type { z } from 'zod';
import type { ParseResult } from '../domain/alert-event.ts';
import type { Medium } from '../domain/routing/directory.ts';
import type { Said } from '../domain/said.ts';
import type { IncidentEvent } from '../domain/vocabulary.ts';
import type { Call } from './call.ts';
import type { Announcement, Digest, IncidentSummary, Notification } from './notification.ts';
import type { Failure, Outcome, Ref } from './outcome.ts';

/**
 * What one outside system is and can do: one folder exports one of these, and `registry.ts` lists it. Forms, validation,
 * masking, the OpenAPI document, docs pages, default alert sources and webhook routes come from it. A `config` marks its
 * secrets with `secret()`: they are sealed when stored and masked when read.
 *
 * Every ability may be called twice with the same act and does no harm: it finds before it makes, or gives the vendor the
 * act's id, or says in `dropsDoubles` that it can do neither. ARCHITECTURE.md tells what each becomes at six vendors.
 */
export interface Connector<C = unknown> {
  /** `slack`: its folder, its docs page, and the address of its webhook. The API spells a provider's type `SLACK`. */
  readonly id: string;
  readonly title: string;
  /** Markdown, for the connector's page: what it is for and how to set it up at the vendor. */
  readonly about: string;
  readonly config?: z.ZodType<C>;
  /** Fills in what no person has to think up, keys for example, when a config is made. */
  complete?(given: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  /** Whether the vendor answers and the credentials are good: the test of what cannot notify, and the connection's health. */
  check?(call: Call<C>): Promise<Outcome<Standing>>;
  readonly notify?: Notify<C>;
  readonly rooms?: Rooms<C>;
  readonly groups?: Groups<C>;
  readonly documents?: Documents<C>;
  readonly tickets?: Ensures<C, Ticket>;
  readonly builds?: Builds<C>;
  readonly commitStatuses?: Ensures<C, CommitStatus>;
  readonly alerts?: Alerts;
  readonly inbound?: Inbound<C>;
  /** Whom the vendor knows by this account; a mail address only where it has made sure of it. */
  lookUp?(call: Call<C>, accountId: string): Promise<Outcome<Member>>;
  /**
   * A socket of ours to the vendor, until the signal ends it. One process holds it for each connection, by lease. A failure where it ends
   * before, since the vendor refuses for good; at once and without one where the config has nothing to listen with.
   */
  listen?(call: Call<C>, on: OnReceived): Promise<Failure | void>;
}

/** How we stand with a vendor. */
export interface Standing {
  /** As whom the vendor knows us: a workspace and a bot's name, an account. */
  readonly account: string | null;
  /** What does not work for want of a scope or a right, each with its cure. All else does. */
  readonly lacking: readonly { readonly reason: Said; readonly cure: Said }[];
}

/** How fast the vendor bears messages of one provider, counted over the whole installation. */
export interface Pace {
  /** Messages a second; bursts of one second's worth go at once. */
  readonly perSecond: number;
  /** Also for each address (a channel, a number), where the vendor counts so. */
  readonly perAddressAndSecond?: number;
}

export interface Notify<C> {
  readonly medium: Medium;
  readonly pace: Pace;
  /** What an address of this kind is; null where none is needed. Its message says what it must be. */
  readonly address: z.ZodType<string> | null;
  /** An address names a device of a person. What it is reached by is a secret: kept sealed, and handed to `send` and `update` in its place. */
  readonly devices?: Devices<C>;
  /** Whether the recipient drops a second message of the same act. Where not, a send whose outcome is unknown is flagged. */
  dropsDoubles(config: C): boolean;
  /** Whether it has a place of its own to send to, without an address: a default channel, a topic, a URL. It then hears of each new incident. */
  hasDestination?(config: C): boolean;
  /** Which events this provider wants to hear of, beside the pages; none when absent. */
  events?(config: C): readonly IncidentEvent[];
  /** @param to null for the provider's own default */
  send(call: Call<C>, to: string | null, about: Notification): Promise<Outcome<Ref>>;
  /** Changes what was sent, in place. @param to what the device is reached by, where addresses name devices */
  update?(call: Call<C>, sent: Ref, about: Notification, to?: string | null): Promise<Outcome<Ref>>;
  /** All messages about an incident to one address are one there: the last one stands for all of them. */
  readonly onePerIncident?: true;
  /** Says what is new below what was sent, where the vendor has threads. What was sent is changed by `update`. */
  reply?(call: Call<C>, sent: Ref, about: Notification): Promise<Outcome<Ref>>;
  /** Many messages to one person in one, where they would be too many; each goes by itself when absent. */
  readonly digest?: {
    /** Not where the other side keeps something of its own for each incident. */
    may(config: C): boolean;
    send(call: Call<C>, to: string | null, about: Digest): Promise<Outcome<Ref>>;
  };
  /** Tells what is about no incident. */
  announce?(call: Call<C>, to: string | null, what: Announcement): Promise<Outcome<Ref>>;
}

/** Phones and desktops that subscribe by themselves. */
export interface Devices<C> {
  /** What a device is reached by, as its browser gives it. */
  readonly subscription: z.ZodType;
  /** What of that stays the same for as long as it is the same device. */
  identityOf(subscription: unknown): string;
  /** What a browser is given to subscribe with. */
  subscribeWith(config: C): string;
}

/** A person as vendors know them. `accountId` is the vendor's own name for them, where the accounts are linked. */
export interface Member {
  readonly name: string;
  readonly email: string | null;
  readonly accountId: string | null;
}

export interface RoomLook {
  readonly name: string;
  readonly topic: string;
  readonly isPrivate: boolean;
  readonly links: readonly { readonly title: string; readonly url: string }[];
}

/** War rooms. Each step fails by itself, so that a right that is missing costs one feature and no more. */
export interface Rooms<C> {
  /** Makes the room, or finds the one that was made for the incident. Only its name and privacy count here. */
  ensure(call: Call<C>, room: RoomLook, incident: IncidentSummary): Promise<Outcome<Ref>>;
  /** Topic and links. */
  describe(call: Call<C>, room: Ref, look: RoomLook): Promise<Outcome<Ref>>;
  /** Value: those who could not be invited. */
  invite(call: Call<C>, room: Ref, members: readonly Member[]): Promise<Outcome<readonly Member[]>>;
  /** As `notify` does, but into the room. */
  post(call: Call<C>, room: Ref, about: Notification): Promise<Outcome<Ref>>;
  pin(call: Call<C>, room: Ref, message: Ref): Promise<Outcome<Ref>>;
  /** Only when the incident cannot reopen any more: some vendors cannot open a room again. */
  close(call: Call<C>, room: Ref): Promise<Outcome<Ref>>;
}

/** Groups of people at the vendor that are kept equal to ours: whoever mentions `@sre-oncall` reaches who is on call. */
export interface Groups<C> {
  /** Value: those who could not be put into it. An empty group is left as it is, where the vendor knows none. */
  set(call: Call<C>, group: string, members: readonly Member[]): Promise<Outcome<readonly Member[]>>;
}

/** What an incident document is filled with. Times are RFC 3339. */
export interface DocumentFacts {
  readonly incident: Omit<IncidentSummary, 'id' | 'alerts' | 'links'> & {
    readonly links: Pick<IncidentSummary['links'], 'document' | 'warRoom' | 'runbook'>;
  };
  readonly acknowledged: { readonly at: string; readonly by: string | null } | null;
  readonly resolvedAt: string | null;
  /** Oldest first. */
  readonly timeline: readonly DocumentEntry[];
  /** How many entries came before those. */
  readonly earlierEntries: number;
  readonly impactScopes: readonly string[];
}

export interface DocumentEntry {
  readonly timestamp: string;
  readonly said: Said;
  /** What somebody wrote, in Markdown; null for what the system says. */
  readonly comment: { readonly author: string; readonly text: string } | null;
}

/** The incident document (LID). */
export interface Documents<C> {
  /** Makes the incident's document from the template, or finds it. */
  ensure(call: Call<C>, incidentId: string, facts: DocumentFacts): Promise<Outcome<Ref>>;
  /** Brings the sections that the system writes up to date; those that people write are never overwritten. */
  render?(call: Call<C>, document: Ref, facts: DocumentFacts): Promise<Outcome<Ref>>;
  /** Value: Markdown, with what people wrote. */
  export?(call: Call<C>, document: Ref): Promise<Outcome<string>>;
  /** The same as it is printed. */
  exportPdf?(call: Call<C>, document: Ref): Promise<Outcome<Uint8Array>>;
}

/** Something that exists once for each key: found by it before it is made, and brought to the state that is asked for. */
export interface Ensures<C, What> {
  /** @param known what an earlier call gave; null where there is none, or its answer was lost */
  ensure(call: Call<C>, what: What, known: Ref | null): Promise<Outcome<Ref>>;
}

export interface Ticket {
  /** The same for the same thing: an incident's id, `gitlab/<project>/<issue>`. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly kind: string | null;
  readonly state: 'open' | 'closed';
  readonly comments: readonly { readonly key: string; readonly author: string; readonly text: string }[];
  /** A commit, a merge request, the incident's page. */
  readonly links: readonly { readonly key: string; readonly title: string; readonly url: string }[];
}

export interface Build {
  /** The same for the same trigger: a commit and a job. */
  readonly key: string;
  readonly job: string;
  readonly branch: string;
  readonly commitSha: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export type BuildState = 'queued' | 'running' | 'passed' | 'failed' | 'canceled';

export interface Builds<C> extends Ensures<C, Build> {
  /** How it goes. The ref may be another from then on: what waited in a queue has become a build. */
  look(call: Call<C>, build: Ref): Promise<Outcome<{ readonly ref: Ref; readonly state: BuildState }>>;
}

export interface CommitStatus {
  /** The check's name: one state for each commit and name. */
  readonly key: string;
  readonly project: string;
  readonly commitSha: string;
  readonly state: BuildState;
  readonly url: string | null;
}

/** A request's headers, names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** Alerts in, at `/api/v1/webhooks/<id>/` unless another connector's address is shared. */
export interface Alerts {
  /** Names, in lower case, of the headers that `parse` and `claims` read, none of them a secret. A body that is kept for another try keeps them. */
  readonly headers: readonly string[];
  /** A signature over the raw body that is accepted instead of the bearer secret. */
  readonly signature?: SignatureScheme;
  /** Pure. `body` is parsed JSON of any shape. */
  parse(body: unknown, headers: Headers): ParseResult;
  /**
   * What was kept of one alert (`raw`), as a whole body again, as the source would send it. No headers are kept beside an alert: `parse`
   * understands this body without any.
   */
  wholeBody(kept: unknown, status: string): unknown;
  /** Names of alerts that fire while all is well: they page nobody, and an alert is raised when one stops. */
  readonly heartbeats?: ReadonlySet<string>;
  /** Where one address serves several systems: whose address it shares, and which bodies there are its own. */
  readonly shares?: { readonly address: string; claims(body: unknown, headers: Headers): boolean };
}

export interface SignatureScheme {
  /** In lower case. */
  readonly header: string;
  /** Constant-time, over the raw body. */
  verify(args: { body: Uint8Array; headers: Headers; secret: string; nowMs: number }): boolean;
}

/** What happened at a vendor: people's doings, as commands and comments of ours, and events of its own. */
export interface Received {
  /** The vendor's id of it: a repeat is known by it. */
  readonly id: string;
  /** As the vendor calls them; an account that is linked is found by `accountId` alone. */
  readonly accountName: string | null;
  /** The room or channel where it was done; null where that is nowhere or not known. */
  readonly room: string | null;
  /** Who did it, by the vendor's name for them; null where nobody did. */
  readonly accountId: string | null;
  readonly what:
    | { readonly kind: 'command'; readonly text: string }
    | { readonly kind: 'press'; readonly button: string; readonly value: string }
    | { readonly kind: 'form'; readonly form: string; readonly values: Readonly<Record<string, string>> }
    | { readonly kind: 'comment'; readonly room: Ref; readonly message: string; readonly text: string }
    | { readonly kind: 'comment_edited'; readonly room: Ref; readonly message: string; readonly text: string }
    | { readonly kind: 'comment_deleted'; readonly room: Ref; readonly message: string }
    /** A reaction that marks a message, as 📌 does. */
    | { readonly kind: 'reaction'; readonly room: Ref; readonly message: string; readonly emoji: string; readonly isAdded: boolean }
    | { readonly kind: 'event'; readonly name: string; readonly data: unknown };
}

/** What whoever did it gets to see: a text for them alone or for all in the room, or a form to fill in. */
export type Reply =
  /** Markdown. */
  | { readonly kind: 'text'; readonly text: string; readonly forAll: boolean }
  | { readonly kind: 'form'; readonly form: string; readonly title: string; readonly fields: readonly FormField[] };

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  /** Empty for free text. */
  readonly options: readonly string[];
  /** What stands in it at first. */
  readonly value?: string;
  /** Of several lines. */
  readonly isLong?: boolean;
}

/** Null where nothing is to be said. Vendors wait for three seconds; what comes later the connector brings by a call of its own. */
export type OnReceived = (received: Received) => Promise<Reply | null>;

export interface SignedRequest {
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly nowMs: number;
}

/** Signed requests of a vendor. */
export interface Inbound<C> {
  /** Below `/api/v1/<id>/`: `events`, `commands`, `interactive`. */
  readonly paths: readonly string[];
  /** Whether it is for this connection. False for a wrong, missing or old signature. */
  verify(config: C, request: SignedRequest): boolean;
  /**
   * What is answered at once, inside the vendor's three seconds: its own handshake, a reply, or that one follows.
   * @throws what `on` threw in that time: answered with 500, the vendor tells it again, or tells whoever did it
   */
  receive(call: Call<C>, request: SignedRequest, on: OnReceived): Promise<InboundAnswer>;
}

export interface InboundAnswer {
  readonly status: number;
  /** Null for none. */
  readonly body: unknown;
  /**
   * What is still under way then: an `on` that takes longer than the vendor waits, a text or a form by a call of its own. The call's signal
   * must outlive the answer by half a minute. Its failure is the caller's to log; it rejects with what `on` threw.
   */
  readonly later?: Promise<Failure | null>;
}
