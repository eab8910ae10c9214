import { afterAll, beforeAll, expect, it } from 'vitest';
import { readText } from '../connectors/emulators/google/document-json.ts';
import { documentOf } from '../connectors/emulators/google/flat-document.ts';
import { google } from '../connectors/emulators/google/google.ts';
import { newWorld, type DriveFile, type World } from '../connectors/emulators/google/world.ts';
import { startVendorServer, type VendorServer } from '../connectors/emulators/vendor-server.ts';
import { startHouse, type House } from '../support/house.ts';

/** Incident documents in Google Drive. */
let world: World;
let http: VendorServer;
let house: House;
let ann: string;
beforeAll(async () => {
  world = newWorld(documentOf(['Incident Report - {{INCIDENT_ID}}', 'Status: {{STATUS}}', 'Timeline', '{{TIMELINE}}', 'Root cause', '']));
  http = await startVendorServer(google(world, () => `${http.url}/token`));
  const { email, privateKey } = world.serviceAccount;
  house = await startHouse({
    clock: 'real',
    googleDrive: {
      clientEmail: email,
      privateKey,
      tokenUri: `${http.url}/token`,
      templateId: 'template-1',
      folderId: 'folder-1',
      apiRootUrl: http.url,
    },
  });
  ann = await house.person('ann');
}, 60_000);
afterAll(async () => {
  await house.stop();
  await http.close();
});

async function open(): Promise<string> {
  const target = [{ type: 'user', id: ann }] as const;
  const policy = { levels: [{ targets: target, delay_seconds: 3600 }], repeat: 0, fallback: target, acknowledged_timeout_seconds: 0 };
  const { incidentId } = await house.fire(await house.service(policy), { severity: 'SEV3_MEDIUM' });
  return incidentId as string;
}
const copies = (incidentId: string): DriveFile[] =>
  world.files.filter(({ appProperties }) => Object.values(appProperties).includes(incidentId));
const textOf = (incidentId: string): string => readText(copies(incidentId)[0]!.document!);
const messages = async (incidentId: string): Promise<string[]> =>
  (await house.timeline(incidentId)).map(({ type, message }) => `${type as string} ${message as string}`);

it('the document is made there once, is linked from the incident, and follows it', async () => {
  const incident = await open();
  await house.untilSaid(incident, 'DOCUMENT_CREATED');
  expect(copies(incident)).toHaveLength(1);
  expect(textOf(incident)).toContain('Status: Triggered');
  const { document_url: url, short_id: shortId } = await house.incident(incident);
  expect(url).toContain(copies(incident)[0]!.id);
  expect(textOf(incident)).toContain(`Incident Report - ${shortId as string}`);
  expect((await messages(incident)).filter((line) => line.startsWith('DOCUMENT'))).toEqual(['DOCUMENT_CREATED LID document created']);
  await house.command(incident, { kind: 'resolve' });
  await house.until('it shows the end', async () => textOf(incident).includes('Status: Resolved'), 30_000);
  expect(textOf(incident)).toContain('Resolved by Ann');
}, 60_000);

it('whoever made it and died before its answer was kept leaves it to the next attempt, which says where it is', async () => {
  const { pool } = house.database;
  const kept = { id: 'made-before', url: 'https://docs.example.com/made-before', receipt: null };
  await pool.query(`create function left_behind() returns trigger language plpgsql as $$ begin
    insert into external_documents (incident_id, ref) values (new.id, '${JSON.stringify(kept)}'); return null; end $$`);
  await pool.query('create trigger left_behind after insert on incidents for each row execute function left_behind()');
  const incident = await open();
  await pool.query('drop trigger left_behind on incidents');
  await house.untilSaid(incident, 'DOCUMENT_CREATED');
  expect(await house.incident(incident)).toMatchObject({ document_url: kept.url });
}, 60_000);

it('where Google refuses for good, the reason is said, and our own document takes its place', async () => {
  world.apis.drive = false;
  const incident = await open();
  await house.untilSaid(incident, 'DOCUMENT_CREATED');
  world.apis.drive = true;
  const [failed, created] = (await messages(incident)).filter((line) => line.startsWith('DOCUMENT'));
  expect(failed).toMatch(/^DOCUMENT_FAILED The incident document could not be created at Google: /);
  expect(created).toBe('DOCUMENT_CREATED LID document created');
  const { document_url: url, short_id: shortId } = await house.incident(incident);
  expect(url).toBe(`http://imas.test/dashboard/incidents/${shortId as string}/document/`);
  expect(copies(incident)).toEqual([]);
}, 60_000);
