import type { Pool, PoolClient } from 'pg';
import { insertPolicy } from '../db/ensure-essentials.ts';
import { inTransaction } from '../db/in-transaction.ts';
import type { ContactMethod } from '../domain/contact-method.ts';
import type { ScheduleLayer } from '../domain/on-call.ts';

/** Where the built-in inbox takes what a first installation sends. */
export interface DemoInbox {
  readonly smtpPort: number;
  /** Of the pages: the inbox takes webhooks there. */
  readonly baseUrl: string;
}

export const demoMail = 'Demo mail';
export const demoWebhook = 'Demo webhook';

/**
 * A team on call, so that a first alert reaches someone with no account anywhere. Added once, to a store that has no team
 * yet; providers that nobody has edited are pointed at the inbox at every start, since its ports may change.
 */
export function addSampleData(pool: Pool, inbox: DemoInbox): Promise<void> {
  return inTransaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtext('imas sample data'))`);
    const teams = await client.query('select from teams limit 1');
    if (teams.rowCount === 0) await addAll(client);
    await pointProviders(client, inbox);
  });
}

async function addAll(client: PoolClient): Promise<void> {
  const mail = await insert(client, 'providers', { name: demoMail, type: 'SMTP' });
  const webhook = await insert(client, 'providers', { name: demoWebhook, type: 'WEBHOOK' });
  const teamContacts: ContactMethod[] = [
    { provider_id: mail, address: 'platform@example.com', severities: [] },
    { provider_id: webhook, address: null, severities: ['SEV1_CRITICAL', 'SEV2_HIGH'] },
  ];
  const team = await insert(client, 'teams', {
    name: 'Platform',
    description: 'Runs what everything else stands on.',
    contact_methods: JSON.stringify(teamContacts),
  });
  const ann = await addPerson(client, { username: 'ann', name: 'Ann Arden', mail, team, role: 'lead' });
  const bob = await addPerson(client, { username: 'bob', name: 'Bob Baker', mail, team, role: 'member' });
  const cleo = await addPerson(client, { username: 'cleo', name: 'Cleo Clarke', mail, team, role: 'member' });
  await reachAdmins(client, mail);
  const layer: ScheduleLayer = {
    name: 'Weekly',
    users: [ann, bob, cleo],
    // Turns begin on the Monday of the week of the first start, so that Ann is the one on call in it.
    rotation: { type: 'weekly', length: 1, handoff_time: '00:00', start: monday(new Date()) },
  };
  const schedule = await insert(client, 'schedules', {
    name: 'Platform on call',
    description: 'One week each.',
    team_id: team,
    time_zone: 'UTC',
    layers: JSON.stringify([layer]),
  });
  const policy = await insertPolicy(client, {
    name: 'Platform',
    description: 'The one on call, then the whole team.',
    document: {
      levels: [
        { targets: [{ type: 'schedule', id: schedule }], delay_seconds: 300 },
        { targets: [{ type: 'team', id: team }], delay_seconds: 600 },
      ],
      repeat: 2,
      fallback: [{ type: 'provider', id: mail, address: 'everybody@example.com' }],
      acknowledged_timeout_seconds: 3600,
    },
  });
  const services = [
    { name: 'redis-prod', description: 'Cache and queues of production.', criticality: 'TIER_1_CRITICAL' },
    { name: 'checkout', description: 'Where customers pay.', criticality: 'TIER_1_CRITICAL' },
    { name: 'search', description: 'Product search.', criticality: 'TIER_3_MEDIUM' },
  ];
  for (const service of services) await insert(client, 'services', { ...service, team_id: team, escalation_policy_id: policy });
  await insert(client, 'impact_scopes', { name: 'Security', description: 'Tells the CISO.', emails: ['ciso@example.com'] });
  await insert(client, 'impact_scopes', { name: 'Legal', description: 'Tells the DPO.', emails: ['dpo@example.com'] });
}

interface Person {
  readonly username: string;
  readonly name: string;
  readonly mail: string;
  readonly team: string;
  readonly role: 'lead' | 'member';
}

/** Without a password: nobody signs in as them until an admin gives them one. */
async function addPerson(client: PoolClient, { username, name, mail, team, role }: Person): Promise<string> {
  const email = `${username}@example.com`;
  const contactMethods: ContactMethod[] = [{ provider_id: mail, address: email, severities: [] }];
  const known = await client.query<{ id: string }>('select id from users where lower(username) = $1', [username]);
  const id =
    known.rows[0]?.id ??
    (await insert(client, 'users', { username, email, display_name: name, contact_methods: JSON.stringify(contactMethods) }));
  await client.query('insert into team_members (team_id, user_id, role) values ($1, $2, $3)', [team, id, role]);
  return id;
}

/** The catch-all policy pages the admin: alerts of unknown services should be seen in the inbox too. */
async function reachAdmins(client: PoolClient, mail: string): Promise<void> {
  const contactMethods: ContactMethod[] = [{ provider_id: mail, address: 'admin@example.com', severities: [] }];
  await client.query(`update users set contact_methods = $1 where is_staff and contact_methods = '[]'`, [JSON.stringify(contactMethods)]);
}

/** `updated_at` stays as it is: it tells a provider that people have edited from one that is as it was made. */
async function pointProviders(client: PoolClient, { smtpPort, baseUrl }: DemoInbox): Promise<void> {
  const configs = [
    [
      demoMail,
      'SMTP',
      { host: '127.0.0.1', port: smtpPort, use_tls: false, use_ssl: false, from_email: 'imas@example.com', from_name: 'IMAS' },
    ],
    [demoWebhook, 'WEBHOOK', { url: `${baseUrl}/demo/inbox/webhook`, format: 'json' }],
  ] as const;
  for (const [name, type, config] of configs) {
    await client.query(
      'update providers set config = $3 where name = $1 and type = $2 and updated_at = created_at and config is distinct from $3',
      [name, type, JSON.stringify(config)],
    );
  }
}

/** Table and column names are ours, values are parameters. */
async function insert(client: PoolClient, table: string, row: Readonly<Record<string, unknown>>): Promise<string> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`);
  const inserted = await client.query<{ id: string }>(
    `insert into ${table} (${columns.join(', ')}) values (${places.join(', ')}) returning id`,
    Object.values(row),
  );
  return (inserted.rows[0] as { id: string }).id;
}

/** The Monday of that week, as `2026-11-16`. */
function monday(day: Date): string {
  const sinceMonday = (day.getUTCDay() + 6) % 7;
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() - sinceMonday)).toISOString().slice(0, 10);
}
