import type { Pool } from 'pg';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';

/** Rows that a test needs, put straight into the store. */
export interface Seed {
  user(
    user: Partial<{
      username: string;
      name: string;
      email: string | null;
      phone: string | null;
      contactMethods: object[];
      isStaff: boolean;
      tellWhenTaken: boolean;
    }>,
  ): Promise<string>;
  team(team: { name: string; members?: string[]; contactMethods?: object[] }): Promise<string>;
  schedule(schedule: { name: string; users: string[] }): Promise<string>;
  provider(provider: { name: string; type: string; config: object; everyIncident?: boolean }): Promise<string>;
  policy(policy: { name?: string; document: PolicyDocument }): Promise<string>;
  service(service: {
    name: string;
    policyId: string;
    teamId?: string;
    autoResolve?: 'off' | 'at_once' | 'quiet';
    quietSeconds?: number;
    reopenWindowSeconds?: number;
    grouping?: object;
    isCatchAll?: boolean;
  }): Promise<string>;
  /** An open one. */
  alertSource(alertSource: { name?: string; source: string }): Promise<string>;
}

export function createSeed(pool: Pool): Seed {
  const insert = async (text: string, values: unknown[]): Promise<string> =>
    (await pool.query<{ id: string }>(`${text} returning id`, values)).rows[0]!.id;
  return {
    user: ({
      username = `user-${crypto.randomUUID()}`,
      name = username,
      email = null,
      phone = null,
      contactMethods = [],
      isStaff = false,
      tellWhenTaken = true,
    }) =>
      insert(
        `insert into users (username, display_name, email, phone, contact_methods, is_staff, tell_when_taken) values ($1, $2, $3, $4, $5, $6, $7)`,
        [username, name, email, phone, JSON.stringify(contactMethods), isStaff, tellWhenTaken],
      ),
    async team({ name, members = [], contactMethods = [] }) {
      const id = await insert(`insert into teams (name, contact_methods) values ($1, $2)`, [name, JSON.stringify(contactMethods)]);
      for (const member of members) await pool.query('insert into team_members (team_id, user_id) values ($1, $2)', [id, member]);
      return id;
    },
    schedule: ({ name, users }) =>
      insert(`insert into schedules (name, layers) values ($1, $2)`, [
        name,
        JSON.stringify([{ name: 'Layer 1', users, rotation: { type: 'weekly', length: 1, handoff_time: '09:00', start: '2020-01-06' } }]),
      ]),
    provider: ({ name, type, config, everyIncident = true }) =>
      insert(`insert into providers (name, type, config, every_incident) values ($1, $2, $3, $4)`, [
        name,
        type,
        JSON.stringify(config),
        everyIncident,
      ]),
    async policy({ name = `Policy ${crypto.randomUUID()}`, document }) {
      const id = await insert(`insert into escalation_policies (name) values ($1)`, [name]);
      await pool.query('insert into escalation_policy_versions (policy_id, version, document) values ($1, 1, $2)', [
        id,
        JSON.stringify(document),
      ]);
      return id;
    },
    service: (service) =>
      insert(
        `insert into services (name, escalation_policy_id, team_id, auto_resolve, quiet_seconds, reopen_window_seconds, grouping, is_catch_all)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          service.name,
          service.policyId,
          service.teamId ?? null,
          service.autoResolve ?? 'at_once',
          service.quietSeconds ?? 300,
          service.reopenWindowSeconds ?? 1800,
          JSON.stringify(service.grouping ?? { by: 'alert_name' }),
          service.isCatchAll ?? false,
        ],
      ),
    alertSource: ({ source, name = `${source} ${crypto.randomUUID()}` }) =>
      insert(`insert into alert_sources (name, source, open) values ($1, $2, true)`, [name, source]),
  };
}
