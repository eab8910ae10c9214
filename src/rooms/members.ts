import type { Pool } from 'pg';
import type { Member } from '../connectors/connector.ts';
import type { Directory } from '../domain/routing/directory.ts';
import { onCallOf } from '../domain/routing/targets.ts';
import { readChatAccounts } from '../people/chat-accounts.ts';

export interface RoomMember extends Member {
  readonly userId: string;
}

interface IncidentPeople {
  readonly team_id: string | null;
  readonly assignee_id: string | null;
  readonly acknowledged_by_id: string | null;
}

/** Who belongs into an incident's room now: the lead (its assignee, else the team's leads), whoever has it, who is on call, the owner team. */
export async function readMembers(
  pool: Pool,
  directory: Directory,
  { incidentId, providerId, atMs }: { readonly incidentId: string; readonly providerId: string; readonly atMs: number },
): Promise<readonly RoomMember[]> {
  const { rows } = await pool.query<IncidentPeople>({
    name: 'room-people',
    text: `select team_id, assignee_id, state #>> '{acknowledged,by,id}' as acknowledged_by_id from incidents where id = $1`,
    values: [incidentId],
  });
  const [row] = rows;
  if (row === undefined) return [];
  const team = row.team_id === null ? null : (directory.teams.get(row.team_id) ?? null);
  const ids = [
    row.assignee_id,
    row.acknowledged_by_id,
    ...(team === null ? [] : [...onCallOf(team, { atMs, directory }), ...team.memberIds]),
  ];
  const people = [...new Set(ids)].flatMap((id) => {
    const user = id === null ? undefined : directory.users.get(id);
    return user === undefined ? [] : [user];
  });
  const accounts = await readChatAccounts(
    pool,
    providerId,
    people.map(({ id }) => id),
  );
  return people.map(({ id, name, email }) => ({ userId: id, name, email, accountId: accounts.get(id) ?? null }));
}
