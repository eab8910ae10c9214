import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cluster } from '../support/cluster.ts';
import { startUp, type Up } from '../support/imas.ts';
import { Mailbox } from '../support/mailbox.ts';
import { alertmanagerProgram, startAlertmanager, type Alertmanager } from './alertmanager-server.ts';
import { eventually, Operator, sample, type Json } from './operator.ts';
import { alertmanagerReceivers, readReadme } from './readme.ts';

const secret = 'a secret that only Alertmanager knows';

/**
 * Nothing here is ours but IMAS itself: a real Alertmanager calls the API process, the worker process pages over SMTP, and time
 * passes as it does. Waits are for what happens; the delays of the policy are short enough to be lived through.
 */
describe.skipIf(!existsSync(alertmanagerProgram))('a real Alertmanager (package prometheus-alertmanager)', () => {
  let dataDir: string;
  let mailbox: Mailbox;
  /** Null where it runs on a cluster. */
  let own: Up | null = null;
  let up: Pick<Up, 'url' | 'admin'>;
  let operator: Operator;
  let alertmanager: Alertmanager;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'imas-e2e-'));
    await chmod(dataDir, 0o755);
    mailbox = await Mailbox.start();
    if (cluster === null) own = await startUp({ IMAS_DATA_DIR: dataDir, PORT: '0' });
    up = own ?? (cluster as NonNullable<typeof cluster>);
    operator = await Operator.signIn(up);
    await configure(operator, mailbox);
    expect(await webhookStatus(up, {})).toBe(401);
    // A setting counts a moment after it was made.
    await eventually(async () => expect(await webhookStatus(up, { authorization: `Bearer ${secret}` })).toBe(202));
    alertmanager = await startAlertmanager(await alertmanagerConfig(up));
  }, 120_000);

  afterAll(async () => {
    await alertmanager?.stop();
    own?.child.kill('SIGTERM');
    await own?.ended;
    await mailbox?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const alert = (alertname: string, instance: string, more: Json = {}) => ({
    labels: { alertname, instance, service: 'redis-prod', severity: 'critical' },
    annotations: { summary: `${alertname} on ${instance}`, runbook_url: 'https://runbooks.example.com/redis' },
    ...more,
  });
  const over = () => ({ endsAt: new Date(Date.now() - 1).toISOString() });

  const incidentOf = (alertname: string): Promise<Json> =>
    eventually(async () => {
      const [found] = await operator.list(`alerts/?search=${alertname}`);
      if (!found?.['incident']) throw new Error(`${alertname} has no incident yet`);
      return operator.get(`incidents/${found['incident'].short_id}/`);
    });
  const again = (incident: Json): Promise<Json> => operator.get(`incidents/${incident['short_id']}/`);
  const mailsAbout = (incident: Json) => mailbox.mails.filter(({ subject }) => subject.includes(incident['short_id']));
  /** Who got a mail about it, in the order of the mails. */
  const toldOf = (incident: Json): string[] => mailsAbout(incident).flatMap(({ to }) => to);
  const mailTo = (address: string, about: Json) =>
    eventually(async () => {
      const mail = mailsAbout(about).find(({ to }) => to.includes(address));
      if (mail === undefined) throw new Error(`no mail to ${address} about ${about['short_id']}, but to: ${toldOf(about).join()}`);
      return mail;
    });
  const apiMetrics = async (): Promise<string> => {
    const urls = cluster?.apiUrls ?? [up.url];
    return (await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()))).join('\n');
  };

  let taken: Json;
  let ignored: Json;

  test('firing: pages the first level, and the second when the first says nothing', async () => {
    await alertmanager.post([alert('RedisDown', 'redis-1')]);
    taken = await incidentOf('RedisDown');
    expect(taken).toMatchObject({
      title: 'RedisDown on redis-1',
      severity: 'SEV1_CRITICAL',
      service: { name: 'redis-prod' },
      status: 'TRIGGERED',
      runbook_url: 'https://runbooks.example.com/redis',
    });
    const first = await mailTo('ann@example.com', taken);
    expect(first.text).toContain(taken['url']);
    await mailTo('bob@example.com', taken);
    expect(await operator.timeline(taken['short_id'])).toContain('Escalated to level 2');
  });

  test('an acknowledgement by the API stops the paging', async () => {
    const answer = await operator.post(`incidents/${taken['short_id']}/acknowledge/`);
    expect(answer).toMatchObject({ status: 'ACKNOWLEDGED', acknowledged_by: 'Administrator', next_due_at: null });
    await eventually(async () => {
      const { pages, next } = await operator.get(`incidents/${taken['short_id']}/explain/`);
      expect(pages.map(({ who, outcome }: Json) => `${who} ${outcome}`)).toEqual(['Ann sent', 'Bob sent']);
      expect(next).toBeNull();
    });
  });

  test('grouped: three alerts in one delivery are one incident', async () => {
    const before = await apiMetrics();
    await alertmanager.post(['redis-1', 'redis-2', 'redis-3'].map((instance) => alert('RedisLag', instance)));
    ignored = await incidentOf('RedisLag');
    expect(ignored['id']).not.toBe(taken['id']);
    expect(ignored['alerts']).toEqual({ total: 3, firing: 3 });
    const after = await apiMetrics();
    const accepted = { source: 'alertmanager', result: 'accepted' };
    expect(sample(after, 'imas_intake_requests_total', accepted) - sample(before, 'imas_intake_requests_total', accepted)).toBe(1);
    expect(sample(after, 'imas_intake_alerts_total') - sample(before, 'imas_intake_alerts_total')).toBe(3);
    await mailTo('ann@example.com', ignored);
    expect(toldOf(ignored)).toEqual(['ann@example.com']);
  });

  test('nobody answers: the final fallback is told; by then it would have been told of the first too, had nobody acknowledged', async () => {
    await mailTo('bob@example.com', ignored);
    await mailTo('everybody@example.com', ignored);
    // Paged, and then told that somebody has it: nobody else is paged.
    expect(toldOf(taken).toSorted()).toEqual(['ann@example.com', 'ann@example.com', 'bob@example.com', 'bob@example.com']);
  });

  test('mixed: one is over, two still fire, and the incident stays open', async () => {
    await alertmanager.post([alert('RedisLag', 'redis-2', over())]);
    await eventually(async () => expect((await again(ignored))['alerts']).toEqual({ total: 3, firing: 2 }));
    await eventually(async () => expect(await operator.timeline(ignored['short_id'])).toContain('Alert resolved by monitoring'));
    expect(await again(ignored)).toMatchObject({ status: 'TRIGGERED', resolved_at: null });
    const [over2] = (await operator.list(`alerts/?incident=${ignored['short_id']}`)).filter(({ status }) => status === 'resolved');
    expect(over2?.['labels'].instance).toBe('redis-2');
    const { deliveries } = await operator.get(`alerts/${over2?.['id']}/`);
    expect(deliveries.map(({ status }: Json) => status).toSorted()).toEqual(['firing', 'resolved']);
  });

  test('resolved: with the last alert the incident closes, acknowledged or not', async () => {
    await alertmanager.post([
      alert('RedisLag', 'redis-1', over()),
      alert('RedisLag', 'redis-3', over()),
      alert('RedisDown', 'redis-1', over()),
    ]);
    for (const incident of [ignored, taken]) {
      await eventually(async () =>
        expect(await again(incident)).toMatchObject({ status: 'RESOLVED', alerts: { firing: 0 }, next_due_at: null }),
      );
      expect(await operator.timeline(incident['short_id'])).toContain('Alert resolved by monitoring');
    }
    expect(sample(await alertmanager.metrics(), 'alertmanager_notifications_failed_total', { integration: 'webhook' })).toBe(0);
  });
});

/** What an operator sets up by the API: a mail server, two people, a policy of seconds, a service, a secret. */
async function configure(operator: Operator, mailbox: Mailbox): Promise<void> {
  const mail = await operator.post('providers/', { name: 'Mail', type: 'SMTP', config: mailbox.providerConfig });
  const person = async (username: string, display_name: string) =>
    operator.post('users/', {
      username,
      display_name,
      contact_methods: [{ provider_id: mail['id'], address: `${username}@example.com` }],
    });
  const [ann, bob] = [await person('ann', 'Ann'), await person('bob', 'Bob')];
  const policy = await operator.post('escalation-policies/', {
    name: 'Quick',
    levels: [
      { targets: [{ type: 'user', id: ann['id'] }], delay_seconds: 3 },
      // Long enough to acknowledge in, on a busy machine too.
      { targets: [{ type: 'user', id: bob['id'] }], delay_seconds: 6 },
    ],
    fallback: [{ type: 'provider', id: mail['id'], address: 'everybody@example.com' }],
  });
  await operator.post('services/', { name: 'redis-prod', escalation_policy: policy['id'], auto_resolve: 'at_once' });
  const [alertSource] = await operator.list('alert-sources/?source=alertmanager');
  await operator.patch(`alert-sources/${alertSource?.['id']}/`, { secret });
}

const webhookStatus = async ({ url }: Pick<Up, 'url'>, headers: Record<string, string>): Promise<number> =>
  (await fetch(`${url}/api/v1/webhooks/alertmanager/`, { method: 'POST', headers, body: '{"version":"4","alerts":[]}' })).status;

/** The receiver of README.md as it stands there, with the address and the secret of this test, and a route that does not dawdle. */
async function alertmanagerConfig({ url }: Pick<Up, 'url'>): Promise<string> {
  const receivers = alertmanagerReceivers(await readReadme());
  const route =
    "route:\n  receiver: imas\n  group_by: ['alertname', 'service']\n  group_wait: 500ms\n  group_interval: 1s\n  repeat_interval: 1h\n";
  return route + receivers.replace('http://localhost:8000', url).replace('<secret>', JSON.stringify(secret));
}
