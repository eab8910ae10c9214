import type { Pool } from 'pg';
import { createSeed } from '../test/support/seed.ts';
import type { Recipients } from './recipients.ts';

export const serviceNames = ['shop', 'search', 'billing', 'mail'] as const;
/** Mail addresses: the first level, the second, the final fallback. */
export const ann = 'ann@example.com';
export const bob = 'bob@example.com';
export const chief = 'chief@example.com';

/** Who is paged: the first level by mail and by webhook, the second by mail. */
export async function addPeople(pool: Pool, { smtpPort, webhookUrl }: Recipients, secondLevelAfterSeconds: number): Promise<void> {
  const seed = createSeed(pool);
  await seed.provider({
    name: 'Mail',
    type: 'SMTP',
    config: { host: '127.0.0.1', port: smtpPort, use_tls: false, from_email: 'imas@example.com' },
  });
  const hook = await seed.provider({ name: 'Hook', type: 'WEBHOOK', config: { url: webhookUrl, secret: 'a secret of trials alone' } });
  const person = (email: string) => seed.user({ username: email.split('@')[0] as string, email });
  const [annId, bobId, chiefId] = [await person(ann), await person(bob), await person(chief)];
  for (const name of serviceNames) {
    const policyId = await seed.policy({
      name: `Policy of ${name}`,
      document: {
        levels: [
          {
            targets: [
              { type: 'user', id: annId },
              { type: 'provider', id: hook },
            ],
            delay_seconds: secondLevelAfterSeconds,
          },
          { targets: [{ type: 'user', id: bobId }], delay_seconds: 3600 },
        ],
        repeat: 0,
        fallback: [{ type: 'user', id: chiefId }],
        acknowledged_timeout_seconds: 0,
      },
    });
    await seed.service({ name, policyId });
  }
}
