import type { z } from '@hono/zod-openapi';
import type { alertRules } from '../resources/alert-rules.ts';
import type { alertSources } from '../resources/alert-sources.ts';
import type { GivenOf, ReadOf } from '../resources/field-map/resource.ts';
import type { RefRead } from '../resources/field-map/shapes.ts';
import type { users } from '../resources/users.ts';
import type { Redelivery } from './alerts/redeliver.ts';
import type { IncidentCreate } from './incidents/create.ts';
import type { DocumentRead, SectionRead, SectionVersionRead } from './incidents/document-wire.ts';
import type { ExplanationRead, IncidentAfterCommand as AfterCommand, IncidentRead, TimelineEntryRead } from './incidents/wire.ts';
import type { AlertDetail as Detail, AlertRead } from './routes/alerts.ts';
import type { Me as MeRead } from './routes/auth.ts';
import type {
  Audience as AudienceRead,
  Duties as DutiesRead,
  Figures as FiguresRead,
  Surroundings as SurroundingsRead,
} from './routes/home.ts';
import type { DeviceRead, Devices as DevicesRead } from './routes/devices.ts';
import type { LinkCode as LinkCodeRead, Profile as ProfileRead, ProfileUpdate } from './routes/profile.ts';
import type { SaidRead } from './said.ts';
import type { TestResult as TestResultRead } from './test-message.ts';
import type { InboxMessageRead } from './routes/inbox.ts';
import type { RouteWire } from './simulations/route-wire.ts';
import type { RejectedPayloadDetail as RejectedDetail, RejectedPayloadRead } from './routes/rejected-payloads.ts';

/** What the API takes and answers, as the pages use it: types alone, so that no code of the server reaches a browser. */
export type { IncidentStatus, Severity } from '../domain/vocabulary.ts';

export interface List<T> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly T[];
}

export type SimulatedRoute = RouteWire;
export type Said = z.infer<typeof SaidRead>;
export type Ref = z.infer<typeof RefRead>;
export type Me = z.infer<typeof MeRead>;
export type User = ReadOf<(typeof users)['fields']>;
export type AlertRule = ReadOf<(typeof alertRules)['fields']>;
export type AlertRuleBody = GivenOf<(typeof alertRules)['fields']>;
export type AlertSource = ReadOf<(typeof alertSources)['fields']>;
export type AlertSourceChange = GivenOf<(typeof alertSources)['fields']>;

export type Incident = z.infer<typeof IncidentRead>;
export type IncidentAfterCommand = z.infer<typeof AfterCommand>;
export type IncidentBody = z.input<typeof IncidentCreate>;
export type TimelineEntry = z.infer<typeof TimelineEntryRead>;
export type Explanation = z.infer<typeof ExplanationRead>;
export type ExplainedPage = Explanation['pages'][number];
export type PageOutcome = ExplainedPage['outcome'];

export type IncidentDocument = z.infer<typeof DocumentRead>;
export type DocumentSection = z.infer<typeof SectionRead>;
export type SectionVersion = z.infer<typeof SectionVersionRead>;

export type Alert = z.infer<typeof AlertRead>;
export type AlertDetail = z.infer<typeof Detail>;
export type RejectedPayload = z.infer<typeof RejectedPayloadRead>;
export type RejectedPayloadDetail = z.infer<typeof RejectedDetail>;
export type Redelivered = z.infer<typeof Redelivery>['alerts'][number];

export type Audience = z.infer<typeof AudienceRead>;
export type Recipient = Audience['notices'][number];
export type Figures = z.infer<typeof FiguresRead>;
export type Duties = z.infer<typeof DutiesRead>;
export type HourCount = Figures['incidents_by_hour'][number];
export type Surroundings = z.infer<typeof SurroundingsRead>;
export type InboxMessage = z.infer<typeof InboxMessageRead>;

export type Profile = z.infer<typeof ProfileRead>;
export type ProfileChange = z.input<typeof ProfileUpdate>;
export type LinkCode = z.infer<typeof LinkCodeRead>;
export type Devices = z.infer<typeof DevicesRead>;
export type Device = z.infer<typeof DeviceRead>;
export type TestResult = z.infer<typeof TestResultRead>;
