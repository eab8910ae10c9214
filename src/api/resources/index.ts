import { createCollectionRoutes } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import type { createRouter } from '../router.ts';
import { alertRules } from './alert-rules.ts';
import { escalationPolicies } from './escalation-policies.ts';
import { impactScopes } from './impact-scopes.ts';
import { alertSources } from './alert-sources.ts';
import { providers } from './providers.ts';
import { schedules } from './schedules.ts';
import { services } from './services.ts';
import { teams } from './teams.ts';
import { users } from './users.ts';

/** Everything that people configure, by its path under /api/v1. */
export function configurationRoutes(deps: ApiDeps): Readonly<Record<string, ReturnType<typeof createRouter>>> {
  return {
    teams: createCollectionRoutes(teams, deps),
    services: createCollectionRoutes(services, deps),
    providers: createCollectionRoutes(providers, deps),
    'impact-scopes': createCollectionRoutes(impactScopes, deps),
    users: createCollectionRoutes(users, deps),
    'alert-rules': createCollectionRoutes(alertRules, deps),
    schedules: createCollectionRoutes(schedules, deps),
    'escalation-policies': createCollectionRoutes(escalationPolicies, deps),
    'alert-sources': createCollectionRoutes(alertSources, deps),
  };
}
