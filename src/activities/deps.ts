import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Registry } from '../connectors/registry.ts';
import type { Deliver } from '../delivery/deliver.ts';
import type { KeepMessagesInStep } from '../delivery/in-step.ts';
import type { Egress } from '../egress/egress.ts';
import type { SecretBox } from '../secrets/secret-box.ts';

/** What the activities are made of. */
export interface ActivityDeps {
  readonly config: Pick<Config, 'answerActs' | 'baseUrl'> & Partial<Pick<Config, 'googleDrive' | 'mailAnswers'>>;
  readonly database: { readonly pool: Pool };
  readonly registry: Registry;
  readonly secrets: SecretBox;
  readonly egress: Egress;
  readonly deliver: Deliver;
  readonly keepMessagesInStep: KeepMessagesInStep;
  readonly log: Logger;
  /** History events after which a run continues as a new one; the workflow's own limit when absent. */
  readonly eventLimit?: number;
}
