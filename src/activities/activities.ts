import type { IncidentActivities } from '../contract/activities.ts';
import type { ActivityDeps } from './deps.ts';
import { createLoadIncident } from './load-incident.ts';
import { createOpenWarRoom } from './open-war-room.ts';
import { createRecord } from './record.ts';
import { createSendPage } from './send-page.ts';

export function createActivities(deps: ActivityDeps): IncidentActivities {
  return {
    loadIncident: createLoadIncident(deps),
    record: createRecord(deps),
    sendPage: createSendPage(deps),
    openWarRoom: createOpenWarRoom(deps),
  };
}
