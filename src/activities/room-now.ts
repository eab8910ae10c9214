import type { Pool } from 'pg';
import type { Notification } from '../connectors/notification.ts';
import { anyReader } from '../domain/reader.ts';
import { said } from '../domain/said.ts';
import { aboutIncident } from '../incidents/about-incident.ts';
import type { IncidentNow } from '../incidents/incident-now.ts';

/** What a war room's pinned welcome says of the incident now. */
export function welcomeOf(now: IncidentNow): Notification {
  return {
    ...aboutIncident(now, anyReader),
    purpose: 'notice',
    event: 'incident.created',
    occasion: said('message.occasion.room'),
    reasons: [],
  };
}

/** Whether only those who are invited may see the rooms of the incident's service. */
export async function isPrivateRoom(pool: Pool, incidentId: string): Promise<boolean> {
  const { rows } = await pool.query<{ private_war_room: boolean }>({
    name: 'private-room',
    text: 'select s.private_war_room from incidents i join services s on s.id = i.service_id where i.id = $1',
    values: [incidentId],
  });
  return rows[0]?.private_war_room ?? false;
}
