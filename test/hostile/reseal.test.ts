import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type Api } from '../api/harness.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { openConfig } from '../../src/connections/stored-config.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { reseal } from '../../src/cli/reseal-rows.ts';
import { startReceiver, type Receiver } from '../connectors/emulators/receiver.ts';

const before = { key: 'the key of yesterday', oldKeys: ['the key of tomorrow'] };
const after = { key: 'the key of tomorrow', oldKeys: ['the key of yesterday'] };
const webhook = createRegistry({ mail: null }).byType('WEBHOOK') as Connector;

let receiver: Receiver;
let api: Api;
beforeAll(async () => {
  receiver = await startReceiver(() => ({ status: 202 }));
  // A process that was not restarted yet: it goes on sealing under the old key.
  api = await startApi({ secrets: createSecretBox(before), egress: createEgress({ allow: ['127.0.0.0/8'] }) });
});
afterAll(() => Promise.all([api.close(), receiver.close()]));

test('every stored secret moves to the new key while messages are sent and people edit', async () => {
  const { pool } = api.database;
  const ids: string[] = [];
  for (let n = 0; n < 25; n += 1) {
    const config = {
      url: `${receiver.url}/p${n}`,
      headers: { Authorization: `Bearer secret-${n}` },
      format: 'custom',
      template: { a: [{ token: `t${n}` }] },
    };
    const made = await api.request('POST', '/api/v1/providers/', { json: { name: `p${n}`, type: 'WEBHOOK', config } });
    expect(made.status).toBe(201);
    ids.push(made.body.id);
  }
  await api.request('POST', '/api/v1/alert-sources/', { json: { name: 'i', source: 'grafana', signing_secret: 'a signing secret' } });
  const lost = createSecretBox({ key: 'a key that nobody has', oldKeys: [] }).seal('x', 'integrations/?/signing_secret');
  await pool.query(`insert into alert_sources (name, source, signing_secret) values ('lost', 'sentry', $1)`, [lost]);

  const box = createSecretBox(after);
  let isDone = false;
  const resealing = reseal(pool, box).finally(() => (isDone = true));
  const outcomes: string[] = [];
  let edits = 0;
  do {
    for (const [n, id] of ids.slice(0, 6).entries()) {
      outcomes.push((await api.request('POST', `/api/v1/providers/${id}/test/`)).body.outcome);
      const config = {
        url: '********',
        headers: { Authorization: `Bearer edited-${n}-${edits}` },
        format: 'custom',
        template: { a: [{ token: '********' }] },
      };
      expect((await api.request('PATCH', `/api/v1/providers/${id}/`, { json: { config } })).status).toBe(200);
    }
    edits += 1;
  } while (!isDone);
  const report = await resealing;
  expect(outcomes.filter((outcome) => outcome !== 'sent')).toEqual([]);
  // What one key does not open is named and left alone.
  expect(report.unreadable).toHaveLength(1);
  expect(report.unreadable[0]).toMatch(/^integrations\/.+\/signing_secret$/);
  expect(report.resealed).toBeGreaterThanOrEqual(3 * 19 + 1);

  // Now every process has the new key; what the old one still wrote meanwhile is caught by a second run, and a third finds nothing.
  const second = await reseal(pool, box);
  expect(second.resealed).toBeLessThanOrEqual(3 * 6);
  expect((await reseal(pool, box)).resealed).toBe(0);
  const withoutOld = createSecretBox({ key: after.key, oldKeys: [] });
  const { rows } = await pool.query<{ id: string; name: string; config: Record<string, unknown> }>(
    'select id, name, config from providers',
  );
  for (const { id, name, config } of rows) {
    const n = Number(name.slice(1));
    expect(openConfig(webhook, `providers/${id}`, config, withoutOld)).toMatchObject({
      url: `${receiver.url}/p${n}`,
      headers: { Authorization: n < 6 ? `Bearer edited-${n}-${edits - 1}` : `Bearer secret-${n}` },
      template: { a: [{ token: `t${n}` }] },
    });
  }
  const { rows: kept } = await pool.query<{ sealed: string }>(`select signing_secret as sealed from alert_sources where name = 'lost'`);
  expect(kept[0]?.sealed).toBe(lost);
});
