import type { Pool } from 'pg';
import type { SendPage } from '../contract/activities.ts';
import { planKey, type Plan, type PlannedRecipient, type Way } from '../domain/incident/paging.ts';
import { SecretUnreadable, type SecretBox } from '../secrets/secret-box.ts';
import { notAllowed } from './asked-by.ts';

/**
 * Temporal runs whatever asks it under the id of an incident, and its histories can be read: so who is told, and where, is taken only as one
 * of our own workers has planned it. The seal binds incident, plan, recipient and way; what it holds says nothing.
 */
const bond = (incidentId: string, recipientId: string, { providerId, address }: Way): string =>
  `page/${JSON.stringify([incidentId, recipientId, providerId, address])}`;

/** The recipients of a plan, each way with the proof that we planned it. */
export const proven = (
  recipients: readonly PlannedRecipient[],
  { incidentId, plan, secrets }: { readonly incidentId: string; readonly plan: Plan; readonly secrets: SecretBox },
): PlannedRecipient[] =>
  recipients.map((recipient) => {
    const recipientId = `${planKey(plan)}.${recipient.key}`;
    const ways = recipient.ways.map((way) => ({ ...way, proof: secrets.seal('planned', bond(incidentId, recipientId, way)) }));
    return { ...recipient, ways };
  });

/** @throws NotAllowed, for good, where no worker of ours has planned this page */
export async function assertPlanned(
  { incidentId, page, deliveryId }: SendPage,
  { pool, secrets }: { readonly pool: Pool; readonly secrets: SecretBox },
): Promise<void> {
  const isOfPlan = page.recipientId.startsWith(`${planKey(page.plan)}.`) && page.id.startsWith(`${page.recipientId}.`);
  if (!isOfPlan || deliveryId !== `${incidentId}/${page.id}`) throw notAllowed();
  const { proof } = page.way;
  if (proof === undefined) {
    if (await isJustUpgraded(pool)) return;
    throw notAllowed();
  }
  try {
    secrets.open(proof, bond(incidentId, page.recipientId, page.way));
  } catch (error) {
    throw error instanceof SecretUnreadable ? notAllowed() : error;
  }
}

/** Versions before planned without proofs. Their pages may be under way for hours after an upgrade, and their workers plan on while it rolls. */
async function isJustUpgraded(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ is_new: boolean }>({
    name: 'is-just-upgraded',
    text: `select coalesce(max(executed_at) filter (where name = 'Migration20261128060000') between
        greatest(now() - interval '1 day', min(executed_at) + interval '1 hour') and now(), false) as is_new from mikro_orm_migrations`,
  });
  return rows[0]?.is_new === true;
}
