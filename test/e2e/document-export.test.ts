import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../src/api/app.ts';
import { readConfig } from '../../src/config.ts';
import { hashPassword } from '../../src/secrets/password.ts';
import { documentOf } from '../connectors/emulators/google/flat-document.ts';
import { google } from '../connectors/emulators/google/google.ts';
import { newWorld } from '../connectors/emulators/google/world.ts';
import { startVendorServer, type VendorServer } from '../connectors/emulators/vendor-server.ts';
import { startHouse, type House } from '../support/house.ts';

let http: VendorServer;
let house: House;
let get: (path: string) => Promise<Response>;
let incident: string;

beforeAll(async () => {
  const world = newWorld(
    documentOf(['Incident Report - {{INCIDENT_ID}}', 'Status: {{STATUS}}', 'Timeline', '{{TIMELINE}}', 'Root cause', '']),
  );
  http = await startVendorServer(google(world, () => `${http.url}/token`));
  const googleDrive = {
    clientEmail: world.serviceAccount.email,
    privateKey: world.serviceAccount.privateKey,
    tokenUri: `${http.url}/token`,
    templateId: 'template-1',
    folderId: 'folder-1',
    apiRootUrl: http.url,
  };
  house = await startHouse({ clock: 'real', googleDrive });
  const { database, intake, incidents, parts } = house;
  const config = { ...readConfig({ IMAS_BASE_URL: 'http://imas.test', DATABASE_URL: database.url }), googleDrive };
  const app = createApp({ ...parts, config, intake, incidents, temporalReachable: async () => true });
  const ann = await house.person('ann');
  await database.pool.query('update users set password_hash = $1 where id = $2', [await hashPassword('correct horse battery'), ann]);
  const signIn = { username: 'ann', password: 'correct horse battery' };
  const headers = { 'content-type': 'application/json' };
  const answer = await app.request('/api/auth/token/', { method: 'POST', headers, body: JSON.stringify(signIn) });
  const { token } = (await answer.json()) as { token: string };
  get = async (path) => app.request(`/api/v1/incidents/${path}`, { headers: { authorization: `Token ${token}` } });
  const target = [{ type: 'user', id: ann }] as const;
  const policy = { levels: [{ targets: target, delay_seconds: 3600 }], repeat: 0, fallback: target, acknowledged_timeout_seconds: 0 };
  ({ incidentId: incident } = (await house.fire(await house.service(policy), { severity: 'SEV3_MEDIUM' })) as { incidentId: string });
  await house.untilSaid(incident, 'DOCUMENT_CREATED');
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await http?.close();
});

it('a document that is kept at Google comes as Markdown and as PDF, under the name of its incident', async () => {
  const { short_id: shortId } = await house.incident(incident);
  const markdown = await get(`${incident}/document/export/`);
  expect([markdown.status, markdown.headers.get('content-type')]).toEqual([200, 'text/markdown; charset=utf-8']);
  expect(await markdown.text()).toContain(`Incident Report - ${shortId as string}`);
  const pdf = await get(`${incident}/document/export/?format=pdf`);
  expect([pdf.status, pdf.headers.get('content-type'), pdf.headers.get('content-disposition')]).toEqual([
    200,
    'application/pdf',
    `attachment; filename="${shortId as string}.pdf"`,
  ]);
  expect(
    Buffer.from(await pdf.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
});

it('says why it cannot be had', async () => {
  expect((await get(`${incident}/document/export/?format=docx`)).status).toBe(422);
  http.spoil({
    on: ({ path }) => path.includes('/export'),
    how: { status: 404, body: { error: { code: 404, message: 'File not found: x.' } } },
  });
  const gone = await get(`${incident}/document/export/`);
  expect(gone.status).toBe(502);
  expect(((await gone.json()) as { detail: string }).detail).toContain('File not found');
  await house.database.pool.query('delete from external_documents');
  expect((await get(`${incident}/document/export/`)).status).toBe(404);
});
