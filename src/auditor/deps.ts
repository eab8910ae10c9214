import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Registry } from '../connectors/registry.ts';
import type { Deliver } from '../delivery/deliver.ts';
import type { AuditLimits } from '../domain/audit.ts';
import type { Egress } from '../egress/egress.ts';
import type { SecretBox } from '../secrets/secret-box.ts';

/** What the auditor is made of. */
export interface AuditorDeps {
  readonly config: Pick<Config, 'baseUrl'>;
  readonly database: { readonly pool: Pool };
  readonly registry: Registry;
  readonly secrets: SecretBox;
  readonly egress: Egress;
  readonly deliver: Deliver;
  readonly client: Client;
  readonly log: Logger;
  /** Called with GET after each look that found everything well; null for nowhere. */
  readonly deadmanUrl: string | null;
}

export interface AuditorPace {
  /** Time between two looks of all processes together, milliseconds. */
  readonly everyMs: number;
  readonly limits: AuditLimits;
}
