import type { IncidentActivities } from '../contract/activities.ts';
import { assertAskedBy } from './asked-by.ts';
import type { ActivityDeps } from './deps.ts';
import { createKeepInStep } from './keep-in-step.ts';
import { createLoadIncident } from './load-incident.ts';
import { createOpenWarRoom } from './open-war-room.ts';
import { assertPlanned } from './page-proof.ts';
import { createRecord } from './record.ts';
import { createSendPage } from './send-page.ts';
import { createTakeNews } from './take-news.ts';

export function createActivities(deps: ActivityDeps): IncidentActivities {
  const loadIncident = createLoadIncident(deps);
  const record = createRecord(deps);
  const takeNews = createTakeNews(deps, record);
  const sendPage = createSendPage(deps);
  const keepInStep = createKeepInStep(deps);
  const openWarRoom = createOpenWarRoom(deps);
  return {
    async loadIncident(request) {
      assertAskedBy(request.incidentId, { here: true });
      return loadIncident(request);
    },
    async record(request) {
      assertAskedBy(request.state.incidentId, { here: true });
      return record(request);
    },
    async takeNews(request) {
      assertAskedBy(request.state.incidentId, { here: true });
      return takeNews(request);
    },
    async sendPage(request) {
      assertAskedBy(request.incidentId, { here: false });
      await assertPlanned(request, { pool: deps.database.pool, secrets: deps.secrets });
      return sendPage(request);
    },
    async keepInStep(request) {
      assertAskedBy(request.incidentId, { here: false });
      return keepInStep(request);
    },
    async openWarRoom(request) {
      assertAskedBy(request.incidentId, { here: false });
      return openWarRoom(request);
    },
  };
}
