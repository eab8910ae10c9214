import type { IncidentActivities } from '../contract/activities.ts';
import { readNews } from '../incidents/news.ts';
import { assertAskedBy } from './asked-by.ts';
import type { ActivityDeps } from './deps.ts';
import { createLoadIncident } from './load-incident.ts';
import { createOpenWarRoom } from './open-war-room.ts';
import { createRecord } from './record.ts';
import { createSendPage } from './send-page.ts';

export function createActivities(deps: ActivityDeps): IncidentActivities {
  const [loadIncident, record, sendPage, openWarRoom] = [
    createLoadIncident(deps),
    createRecord(deps),
    createSendPage(deps),
    createOpenWarRoom(deps),
  ];
  return {
    async loadIncident(request) {
      assertAskedBy(request.incidentId, { here: true });
      return loadIncident(request);
    },
    async readNews(request) {
      assertAskedBy(request.incidentId, { here: true });
      return readNews(deps.database.pool, request);
    },
    async record(request) {
      assertAskedBy(request.state.incidentId, { here: true });
      return record(request);
    },
    async sendPage(request) {
      assertAskedBy(request.incidentId, { here: false });
      return sendPage(request);
    },
    async openWarRoom(request) {
      assertAskedBy(request.incidentId, { here: false });
      return openWarRoom(request);
    },
  };
}
