import type { IncidentActivities } from '../contract/activities.ts';
import type { ActivityDeps } from './deps.ts';
import { createPlanRecipients } from './plan-recipients.ts';
import { project } from './project.ts';

export function createRecord(deps: ActivityDeps): IncidentActivities['record'] {
  const planRecipients = createPlanRecipients(deps);
  return async ({ plans, ...projection }) => {
    const [recipients] = await Promise.all([
      plans.length === 0 ? [] : planRecipients({ state: projection.state, plans, atMs: projection.atMs }),
      project(deps.database.pool, projection),
    ]);
    return recipients;
  };
}
