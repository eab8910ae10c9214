import { presentRoute, type RouteWire } from '../api/simulations/route-wire.ts';
import type { Config } from '../config.ts';
import { createRegistry } from '../connectors/registry.ts';
import { severities, type Severity } from '../domain/vocabulary.ts';
import { simulateOpening } from '../people/simulated-opening.ts';
import { createSecretBox } from '../secrets/create-secret-box.ts';
import { routeText } from './route-text.ts';
import { Stop } from './stop.ts';
import { withStore } from './store-command.ts';

export interface SimulateRouteOptions {
  readonly service: string;
  readonly severity: string;
  readonly at?: string;
  readonly impactScope: readonly string[];
  readonly json: boolean;
}

/** `imas simulate route`: who would be told of such an incident, by what, in which order and why. Sends nothing. @throws Stop */
export function runSimulateRoute({ json, ...given }: SimulateRouteOptions, config: Config): Promise<void> {
  const severity = severityOf(given.severity);
  const atMs = given.at === undefined ? Date.now() : instantOf(given.at);
  return withStore(config, async ({ pool }, { secretKey }) => {
    if (secretKey === null) throw new Stop('Not set: IMAS_SECRET_KEY, the key that opens what is stored.');
    const { opening, errors } = await simulateOpening(
      {
        pool,
        registry: createRegistry({ mail: config.mail }),
        secrets: createSecretBox({ key: secretKey, oldKeys: config.oldSecretKeys }),
      },
      { service: given.service, severity, impactScopes: given.impactScope, atMs, allRounds: true },
    );
    const [wrong] = errors;
    if (opening === null || wrong !== undefined) throw new Stop(`${optionOf(wrong?.field)}: ${wrong?.reason ?? 'not found'}.`);
    const route: RouteWire = presentRoute(opening, severity, atMs);
    process.stdout.write(json ? `${JSON.stringify(route)}\n` : routeText(route));
  });
}

const optionOf = (field = 'service'): string => (field === 'service' ? '--service' : '--impact-scope');

/** `SEV1_CRITICAL`, or `SEV1` for short. */
function severityOf(given: string): Severity {
  const wanted = given.toUpperCase();
  const found = severities.find((severity) => severity === wanted || severity.slice(0, 4) === wanted);
  if (found === undefined) throw new Stop(`--severity: must be one of ${severities.join(', ')}.`);
  return found;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/i;

function instantOf(given: string): number {
  const atMs = rfc3339.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(atMs)) throw new Stop('--at: must be an RFC 3339 time, as 2026-11-28T03:00:00Z.');
  return atMs;
}
