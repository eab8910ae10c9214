import { Pool } from 'pg';
import { createSmtpConnector } from '../../src/connectors/smtp/connector.ts';
import type { CrowdLimits } from '../../src/delivery/crowd.ts';
import type { Deliver, Delivered, Message } from '../../src/delivery/deliver.ts';
import type { Plan } from '../../src/domain/incident/paging.ts';
import { anyReader } from '../../src/domain/reader.ts';
import type { Severity } from '../../src/domain/vocabulary.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { readIncident } from '../../src/incidents/incident-now.ts';
import { whyUnwanted } from '../../src/incidents/why-unwanted.ts';
import { armFailPoint, type ArmedFailPoint } from '../../src/observe/fail-point.ts';
import { notificationWith } from '../connectors/notification.ts';
import type { TestDatabase } from '../support/postgres.ts';
import { partsFor } from './toy.ts';

export interface Opened {
  readonly id: string;
  readonly shortId: string;
  readonly severity: Severity;
}

/** One way to one person. */
export interface Person {
  readonly providerId: string;
  readonly userId: string;
  readonly address: string;
}

/** Delivers as a worker does. */
export function workerOn(pool: Pool, crowd: CrowdLimits): Deliver {
  const egress = createEgress({ allow: ['127.0.0.0/8'] });
  return partsFor({ pool } as TestDatabase, createSmtpConnector({ mail: null }), undefined, crowd, egress).deliver;
}

const level: Plan = { for: 'level', epoch: 1, round: 0, level: 0 };

export const pageOf = (pool: Pool, person: Person, { id, severity }: Opened): Message => ({
  ...person,
  deliveryId: `${id}/e1.r0.l0.user:${person.userId}.0`,
  incidentId: id,
  providerType: 'SMTP',
  purpose: 'page',
  about: { plan: level, atMs: Date.now() },
  isUrgent: severity === 'SEV1_CRITICAL',
  async compose() {
    const now = await readIncident(pool, id, 'http://imas.test');
    const unwanted = whyUnwanted(level, now!);
    if (unwanted !== null) return { unwanted };
    return { notification: { ...notificationWith(), incident: now!.summaryFor(anyReader) } };
  },
});

/** As Temporal does: asks again until there is a result. */
export async function untilOver(deliver: Deliver, message: Message): Promise<Delivered> {
  for (;;) {
    const delivered = await deliver(message);
    if (delivered.outcome !== 'waiting' && delivered.outcome !== 'under_way') return delivered;
    await new Promise((resolve) => setTimeout(resolve, Math.min(delivered.ms, 500)));
  }
}

export interface Orders {
  readonly databaseUrl: string;
  readonly crowd: CrowdLimits;
  readonly person: Person;
  readonly incidents: readonly Opened[];
  readonly dies: ArmedFailPoint;
}

// As a process of its own, which dies where it is told to.
if (process.argv[1] === import.meta.filename) {
  const { databaseUrl, crowd, person, incidents, dies } = JSON.parse(process.argv[2] ?? '') as Orders;
  armFailPoint(dies);
  const pool = new Pool({ connectionString: databaseUrl, max: 10 });
  const deliver = workerOn(pool, crowd);
  await Promise.all(incidents.map((incident) => untilOver(deliver, pageOf(pool, person, incident))));
  await pool.end();
}
