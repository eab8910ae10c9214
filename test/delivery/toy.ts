import pino from 'pino';
import { z } from 'zod';
import type { Connector, Pace } from '../../src/connectors/connector.ts';
import { registryOf } from '../../src/connectors/registry.ts';
import { done, type Outcome, type Ref } from '../../src/connectors/outcome.ts';
import { crowdLimits, type CrowdLimits } from '../../src/delivery/crowd.ts';
import { createDeliver, type Message } from '../../src/delivery/deliver.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { notificationWith } from '../connectors/notification.ts';
import type { TestDatabase } from '../support/postgres.ts';

export const sentRef: Ref = { id: 'C1/17.5', url: 'https://chat.test/C1/17.5', receipt: '250 ok' };

/** A system that mails, as its test says, in the place of SMTP. */
export function createToy(pace: Pace = { perSecond: 50 }) {
  const sent: { readonly actId: string; readonly to: string | null; readonly maybeDone: boolean }[] = [];
  const toy = {
    sent,
    /** What the vendor answers from now on. */
    answer: (): Promise<Outcome<Ref>> => Promise.resolve(done(sentRef)),
  };
  const connector: Connector<unknown> = {
    id: 'smtp',
    title: 'Toy mail',
    about: '',
    config: z.object({ token: z.string().optional() }),
    notify: {
      medium: 'mail',
      pace,
      address: z.string(),
      dropsDoubles: () => false,
      send(call, to) {
        sent.push({ actId: call.actId, to, maybeDone: call.maybeDone });
        return toy.answer();
      },
    },
  };
  return Object.assign(toy, { connector });
}

/** All that a process delivers with. */
export function partsFor(
  database: TestDatabase,
  connector: Connector,
  log = pino({ level: 'silent' }),
  crowd: CrowdLimits = crowdLimits(0),
  egress = createEgress({ allow: [] }),
) {
  const metrics = createMetrics();
  const parts = {
    config: { baseUrl: 'http://imas.test' },
    database,
    registry: registryOf([connector]),
    secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }),
    egress,
    metrics,
    log,
    crowd,
  };
  return { ...parts, deliver: createDeliver(parts) };
}

export const messageBy = (providerId: string, more: Partial<Message> = {}): Message => ({
  deliveryId: crypto.randomUUID(),
  incidentId: null,
  providerId,
  providerType: 'SMTP',
  userId: null,
  address: 'ann@example.com',
  purpose: 'page',
  compose: () => Promise.resolve({ notification: notificationWith() }),
  ...more,
});
