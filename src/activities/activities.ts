import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Registry } from '../connectors/registry.ts';
import type { IncidentActivities } from '../contract/activities.ts';
import type { Database } from '../db/database.ts';
import type { Egress } from '../egress/egress.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { createLoadIncident } from './load-incident.ts';
import { createOpenWarRoom } from './open-war-room.ts';
import { createRecord } from './record.ts';
import { createSendPage } from './send-page.ts';

export interface ActivityDeps {
  readonly config: Pick<Config, 'baseUrl'>;
  readonly database: Pick<Database, 'pool'>;
  readonly registry: Registry;
  readonly secrets: SecretBox;
  readonly egress: Egress;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export function createActivities(deps: ActivityDeps): IncidentActivities {
  return {
    loadIncident: createLoadIncident(deps),
    record: createRecord(deps),
    sendPage: createSendPage(deps),
    openWarRoom: createOpenWarRoom(deps),
  };
}
