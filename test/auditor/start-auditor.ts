import pino from 'pino';
import { startAuditor, type Auditor, type AuditorPace } from '../../src/auditor/auditor.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import type { House } from '../support/house.ts';

/** The auditor of a process beside the house's own parts. */
export const startAuditorOf = (house: House, pace: AuditorPace, deadmanUrl: string | null = null): Auditor =>
  startAuditor(
    {
      config: { baseUrl: 'http://imas.test' },
      database: house.database,
      registry: createRegistry({ mail: null }),
      secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }),
      egress: createEgress({ allow: ['127.0.0.0/8'] }),
      client: house.environment.client,
      log: pino({ level: 'silent' }),
      deadmanUrl,
    },
    pace,
  );
