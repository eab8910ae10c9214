import type { Pool } from 'pg';
import type { Ref } from '../connectors/outcome.ts';

interface Where {
  readonly incidentId: string;
  readonly providerId: string;
  readonly address: string | null;
}

/** The first message about an incident to this place; null where there is none, or none that can be found again. */
export async function findRoot(pool: Pool, { incidentId, providerId, address }: Where): Promise<Ref | null> {
  const { rows } = await pool.query<{ ref: Ref }>({
    name: 'root-message',
    text: `select ref from deliveries where incident_id = $1 and provider_id = $2 and address is not distinct from $3
        and state = 'sent' and shown is not null and not is_reply order by finished_at limit 1`,
    values: [incidentId, providerId, address],
  });
  return rows[0]?.ref ?? null;
}

export interface SentMessage {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly providerId: string;
  readonly providerType: string;
  readonly userId: string | null;
  readonly address: string | null;
  readonly purpose: string;
  readonly ref: Ref;
  readonly shown: string;
}

/** What stands at the vendors about an incident and can be changed in place, oldest first: of these types of provider, and not in a thread. */
export async function findSent(pool: Pool, incidentId: string, providerTypes: readonly string[]): Promise<readonly SentMessage[]> {
  const { rows } = await pool.query<SentMessage>({
    name: 'sent-messages',
    text: `select delivery_id as "deliveryId", attempt, provider_id as "providerId", provider_type as "providerType", user_id as "userId", address, purpose, ref, shown
      from deliveries where incident_id = $1 and provider_type = any($2) and state = 'sent' and shown is not null and not is_reply
      order by finished_at`,
    values: [incidentId, [...providerTypes]],
  });
  return rows;
}

/** It shows this now. */
export async function keepShown(pool: Pool, { deliveryId, attempt }: SentMessage, shown: string): Promise<void> {
  await pool.query({
    name: 'message-shows',
    text: 'update deliveries set shown = $3 where delivery_id = $1 and attempt = $2',
    values: [deliveryId, attempt, shown],
  });
}
