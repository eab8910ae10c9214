import pino from 'pino';
import { startAuditor, type Auditor } from '../../src/auditor/auditor.ts';
import type { AuditorPace } from '../../src/auditor/deps.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { crowdLimits } from '../../src/delivery/crowd.ts';
import { createDeliver } from '../../src/delivery/deliver.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import type { House } from '../support/house.ts';

/** The auditor of a process beside the house's own parts. */
export function startAuditorOf(
  house: House,
  pace: AuditorPace,
  { deadmanUrl = null, metrics = createMetrics() }: { readonly deadmanUrl?: string | null; readonly metrics?: Metrics } = {},
): Auditor {
  const log = pino({ level: 'silent' });
  const parts = {
    config: { baseUrl: 'http://imas.test' },
    database: house.database,
    registry: createRegistry({ mail: null }),
    secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }),
    egress: createEgress({ allow: ['127.0.0.0/8'] }),
  };
  return startAuditor(
    {
      ...parts,
      deliver: createDeliver({ ...parts, metrics, log, crowd: crowdLimits(0) }),
      client: house.environment.client,
      log,
      deadmanUrl,
    },
    pace,
  );
}
