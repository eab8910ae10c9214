import type { Pool } from 'pg';
import type { PolicyDocument } from '../domain/escalation-policy.ts';
import { inTransaction } from './in-transaction.ts';

export interface Essentials {
  readonly admin: { readonly username: string; readonly passwordHash: string | null };
  /** Of systems that send alerts: each gets an alert source of that title. */
  readonly sources: readonly { readonly id: string; readonly title: string }[];
}

export interface EnsuredEssentials {
  readonly adminId: string;
  /** The admin can sign in with a password. */
  readonly adminHasPassword: boolean;
}

/**
 * What every installation has, so that no alert is ever dropped: an admin, an alert source for each system that sends alerts, and the catch-all
 * service with a policy that ends at the administrators. Adds what is missing, changes nothing that is there.
 */
export function ensureEssentials(pool: Pool, { admin, sources }: Essentials): Promise<EnsuredEssentials> {
  return inTransaction(pool, async (client) => {
    // Two processes that start at the same time take turns.
    await client.query(`select pg_advisory_xact_lock(hashtext('imas essentials'))`);
    await client.query(
      `insert into users (username, display_name, password_hash, is_staff) values ($1, 'Administrator', $2, true)
       on conflict (lower(username)) do nothing`,
      [admin.username, admin.passwordHash],
    );
    await client.query(
      `update users set password_hash = $2 where lower(username) = lower($1) and password_hash is null and $2::text is not null`,
      [admin.username, admin.passwordHash],
    );
    const found = await client.query<{ id: string; has_password: boolean }>(
      `select id, password_hash is not null as has_password from users where lower(username) = lower($1)`,
      [admin.username],
    );
    const { id: adminId, has_password: adminHasPassword } = found.rows[0] as { id: string; has_password: boolean };
    for (const { id, title } of sources) {
      await client.query(
        `insert into alert_sources (name, source) select $1, $2 where not exists (select from alert_sources where source = $2)
         on conflict (lower(name)) do nothing`,
        [title, id],
      );
    }
    const catchAll = await client.query('select from services where is_catch_all');
    if (catchAll.rowCount === 0) await addCatchAll(client);
    return { adminId, adminHasPassword };
  });
}

const catchAllName = 'Unrouted alerts';

/** It serves whoever made none: a service with an owner team needs nothing else. */
const defaultPolicy: NewPolicy = {
  name: 'Default',
  description: 'Whoever is on call for the team that owns the service, after five minutes the whole team, then the administrators.',
  document: {
    levels: [
      { targets: [{ type: 'owner_on_call' }], delay_seconds: 300 },
      { targets: [{ type: 'owner_team' }], delay_seconds: 600 },
    ],
    repeat: 1,
    fallback: [{ type: 'admins' }],
    acknowledged_timeout_seconds: 0,
  },
};

async function addCatchAll(client: { query: Pool['query'] }): Promise<void> {
  const policyId = await insertPolicy(client, defaultPolicy);
  await client.query(
    `insert into services (name, description, escalation_policy_id, is_catch_all)
     values ($1, 'Takes every alert that names no known service and matches no rule.', $2, true)`,
    [catchAllName, policyId],
  );
}

export interface NewPolicy {
  readonly name: string;
  readonly description: string;
  readonly document: PolicyDocument;
}

/** A policy with its first version; returns its id. */
export async function insertPolicy(client: { query: Pool['query'] }, policy: NewPolicy): Promise<string> {
  const inserted = await client.query<{ id: string }>(
    `with policy as (insert into escalation_policies (name, description) values ($1, $2) returning id)
     insert into escalation_policy_versions (policy_id, version, document) select id, 1, $3 from policy returning policy_id as id`,
    [policy.name, policy.description, JSON.stringify(policy.document)],
  );
  return (inserted.rows[0] as { id: string }).id;
}
