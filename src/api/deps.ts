import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Registry } from '../connectors/registry.ts';
import type { Database } from '../db/database.ts';
import type { Deliver } from '../delivery/deliver.ts';
import type { Egress } from '../egress/egress.ts';
import type { Incidents } from '../incidents/incidents.ts';
import type { Intake } from '../intake/intake.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { SecretBox } from '../secrets/secret-box.ts';

/** All that the API is made of; `imas api` builds it once, tests build their own. */
export interface ApiDeps {
  readonly config: Config;
  readonly database: Database;
  readonly registry: Registry;
  readonly secrets: SecretBox;
  readonly egress: Egress;
  readonly deliver: Deliver;
  readonly intake: Intake;
  readonly incidents: Incidents;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Whether Temporal answers; for readiness only: nothing the API accepts needs it. */
  temporalReachable(): Promise<boolean>;
}
