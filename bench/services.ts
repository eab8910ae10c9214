import type { PolicyDocument } from '../src/domain/escalation-policy.ts';
import type { Installation } from './installation.ts';
import type { Recipients } from './recipients.ts';

export interface ServiceOptions {
  readonly count: number;
  /** Each service pages by a webhook provider of its own (each is paced at four a second), and with `mail` by a mail provider of its own (five) too. */
  readonly mail: boolean;
  /** `each`: every alert is an incident. */
  readonly grouping?: object;
}

/** Services `service-0` and on, each with a policy of one level. */
export async function addServices({ seed }: Installation, recipients: Recipients, options: ServiceOptions): Promise<void> {
  const smtp = { host: '127.0.0.1', port: recipients.smtpPort, use_tls: false, from_email: 'imas@example.com' };
  for (let n = 0; n < options.count; n++) {
    const webhookId = await seed.provider({
      name: `Webhook ${n}`,
      type: 'WEBHOOK',
      config: { url: recipients.webhookUrl },
      everyIncident: false,
    });
    const mailId = options.mail ? await seed.provider({ name: `Mail ${n}`, type: 'SMTP', config: smtp }) : null;
    const targets = [
      { type: 'provider', id: webhookId } as const,
      ...(mailId === null ? [] : [{ type: 'provider', id: mailId, address: `team-${n}@example.com` } as const]),
    ];
    const document: PolicyDocument = {
      levels: [{ targets, delay_seconds: 86_400 }],
      repeat: 0,
      fallback: targets,
      acknowledged_timeout_seconds: 0,
    };
    const policyId = await seed.policy({ document });
    await seed.service({ name: `service-${n}`, policyId, ...(options.grouping !== undefined && { grouping: options.grouping }) });
  }
}
