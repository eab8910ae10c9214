import { randomUUID } from 'node:crypto';
import { createRegistry } from '../connectors/registry.ts';
import type { Config } from '../config.ts';
import { crowdLimits } from '../delivery/crowd.ts';
import { createDeliver, type Delivered } from '../delivery/deliver.ts';
import { testNotification } from '../delivery/test-notification.ts';
import type { Way } from '../domain/incident/paging.ts';
import { recipientsOf } from '../domain/routing/targets.ts';
import { createEgress } from '../egress/create-egress.ts';
import { createLog } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import { readDirectory } from '../people/directory.ts';
import { readReader } from '../people/reader.ts';
import { createSecretBox } from '../secrets/create-secret-box.ts';
import { words } from '../texts/languages.ts';
import { Stop } from './stop.ts';
import { withStore } from './store-command.ts';

interface Tried {
  readonly provider: string;
  readonly address: string | null;
  readonly outcome: 'sent' | 'failed';
  readonly detail: string;
  readonly cure: string | null;
}

const patienceMs = 28_000;
/** What "imas up" lets providers reach unless it is told otherwise. */
const loopback = ['127.0.0.0/8', '::1/128'];

/**
 * `imas test-page ann`: a test by each of the ways that a SEV1 page would take to this person, and what became of it. Returns the exit code:
 * 0 when all arrived at their providers. @throws Stop
 */
export function runTestPage(username: string, { json }: { readonly json: boolean }, config: Config): Promise<number> {
  return withStore(config, async (database, { secretKey }) => {
    if (secretKey === null) throw new Stop('Not set: IMAS_SECRET_KEY, the key that opens what is stored.');
    const { pool } = database;
    const { rows } = await pool.query<{ id: string }>('select id from users where lower(username) = lower($1) and is_active', [username]);
    const userId = rows[0]?.id;
    if (userId === undefined) throw new Stop(`There is no active user "${username}".`);
    const parts = {
      config,
      database,
      registry: createRegistry({ mail: config.mail }),
      secrets: createSecretBox({ key: secretKey, oldKeys: config.oldSecretKeys }),
      egress: createEgress({ allow: config.egressAllow ?? (config.databaseUrl === null ? loopback : []), proxy: config.egressProxy }),
      metrics: createMetrics(),
      log: createLog({ level: 'fatal', name: 'cli' }),
      crowd: crowdLimits(0),
    };
    const directory = await readDirectory({ pool, ...parts });
    const [recipient] = recipientsOf([{ type: 'user', id: userId }], null, { severity: 'SEV1_CRITICAL', atMs: Date.now(), directory });
    if (recipient === undefined || recipient.ways.length === 0)
      throw new Stop(`Nothing reaches ${username}: add a contact method, or an email address and an active mail provider.`);
    const reader = await readReader(pool, userId);
    const deliver = createDeliver(parts);
    const notification = testNotification(parts.config.baseUrl, new Date(), reader);
    const send = (way: Way): Promise<Delivered> =>
      deliver({
        deliveryId: `test-${randomUUID()}`,
        incidentId: null,
        providerId: way.providerId,
        providerType: way.providerType,
        userId,
        address: way.address,
        purpose: 'test',
        compose: () => Promise.resolve({ notification }),
        signal: AbortSignal.timeout(patienceMs),
      });
    const tried = await Promise.all(recipient.ways.map(async (way) => triedBy(way, await send(way))));
    if (json) process.stdout.write(`${JSON.stringify({ user: username, ways: tried })}\n`);
    else for (const one of tried) process.stdout.write(lineOf(one));
    return tried.every(({ outcome }) => outcome === 'sent') ? 0 : 1;
  });
}

function triedBy({ providerName: provider, address }: Way, delivered: Delivered): Tried {
  if (delivered.outcome === 'sent')
    return { provider, address, outcome: 'sent', detail: delivered.ref.receipt ?? delivered.ref.id, cure: null };
  if (delivered.outcome !== 'failed') return { provider, address, outcome: 'failed', detail: delivered.outcome, cure: null };
  const { reason, cure } = delivered.failure;
  return { provider, address, outcome: 'failed', detail: words(reason), cure: cure === null ? null : words(cure) };
}

const lineOf = ({ outcome, provider, address, detail, cure }: Tried): string =>
  `${outcome === 'sent' ? 'sent  ' : 'FAILED'}  ${provider}${address === null ? '' : ` (${address})`}: ${[detail, ...(cure === null ? [] : [cure])].join(' ')}\n`;
