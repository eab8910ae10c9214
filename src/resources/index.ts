import { alertRules } from './alert-rules.ts';
import { alertSources } from './alert-sources.ts';
import { escalationPolicies } from './escalation-policies.ts';
import { createCatalogue, type Catalogue } from './field-map/catalogue.ts';
import type { Resource } from './field-map/resource.ts';
import { impactScopes } from './impact-scopes.ts';
import { providers } from './providers.ts';
import { schedules } from './schedules.ts';
import { services } from './services.ts';
import { teams } from './teams.ts';
import { users } from './users.ts';

/** Everything that people configure. A new resource is its file, its line here, and its migration. */
export const resources: readonly Resource[] = [
  teams,
  services,
  providers,
  impactScopes,
  users,
  alertRules,
  schedules,
  escalationPolicies,
  alertSources,
];

export const catalogue: Catalogue = createCatalogue(resources);
