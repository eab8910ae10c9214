import { describe, expect, it, onTestFinished } from 'vitest';
import { createCall } from '../../src/connectors/call.ts';
import type { DocumentFacts } from '../../src/connectors/connector.ts';
import { createGoogleDocsConnector } from '../../src/connectors/google-docs/connector.ts';
import { failureOf, type Outcome, type Ref } from '../../src/connectors/outcome.ts';
import { said } from '../../src/domain/said.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { GoogleDriveSettings } from '../../src/google-drive-settings.ts';
import { words } from '../../src/texts/languages.ts';
import { readText } from './emulators/google/document-json.ts';
import { deleteContent, documentOf, insertText, type FlatDocument } from './emulators/google/flat-document.ts';
import { google } from './emulators/google/google.ts';
import { newWorld, type DriveFile, type World } from './emulators/google/world.ts';
import type { Received } from './emulators/receiver.ts';
import { startVendorServer, type VendorServer } from './emulators/vendor-server.ts';
import { incident } from './notification.ts';
import { spoken, type Spoken } from './send.ts';

const door = createEgress({ allow: ['127.0.0.1'] });

const template = (): FlatDocument =>
  documentOf(
    [
      'Incident Report - {{INCIDENT_ID}}',
      'Summary',
      {
        table: [
          ['Title', '{{TITLE}}'],
          ['Severity', '{{SEVERITY}}'],
          ['Service', '{{SERVICE}}'],
          ['Status', '{{STATUS}}'],
        ],
      },
      'Timeline',
      '{{TIMELINE}}',
      'Impact',
      'Concerned: {{IMPACT_SCOPES}}.',
      'Root cause',
      'To be completed',
      '',
    ],
    { 'kix.header': '{{INCIDENT_ID}} · {{STATUS}}' },
  );

const facts: DocumentFacts = {
  incident: { ...incident, assignee: 'Ann' },
  acknowledged: null,
  resolvedAt: null,
  timeline: [{ timestamp: '2026-11-21T10:02:03.000Z', said: said('entry.alert', { summary: 'Redis is down' }), comment: null }],
  earlierEntries: 0,
  impactScopes: ['Security', 'Legal'],
};

const later: DocumentFacts = {
  ...facts,
  incident: { ...facts.incident, status: 'RESOLVED', severity: 'SEV2_HIGH' },
  timeline: [
    ...facts.timeline,
    { timestamp: '2026-11-21T10:05:00.000Z', said: said('entry.acknowledged', { by: 'Ann' }), comment: null },
    {
      timestamp: '2026-11-21T10:06:00.000Z',
      said: said('entry.comment', { text: 'x' }),
      comment: { author: 'Bob', text: 'Failing over:\nnow 🔥' },
    },
  ],
};

const filledText = `Incident Report - INC-ABC123
Summary
Title | Redis is down
Severity | SEV1 (Critical)
Service | redis-prod
Status | Triggered
Timeline
21 Nov 2026, 10:02 UTC · Alert fired: Redis is down
Impact
Concerned: Security, Legal.
Root cause
To be completed

`;

const laterText = filledText
  .replace('SEV1 (Critical)', 'SEV2 (High)')
  .replace('Triggered', 'Resolved')
  .replace(
    'Alert fired: Redis is down\n',
    'Alert fired: Redis is down\n21 Nov 2026, 10:05 UTC · Acknowledged by Ann\n21 Nov 2026, 10:06 UTC · Bob: Failing over:\vnow 🔥\n',
  );

interface House {
  readonly world: World;
  readonly http: VendorServer;
  readonly connector: ReturnType<typeof createGoogleDocsConnector>;
}

async function house(change: (world: World) => void = () => undefined, document = template()): Promise<House> {
  const world = newWorld(document);
  change(world);
  const http: VendorServer = await startVendorServer(google(world, () => `${http.url}/token`));
  onTestFinished(() => http.close());
  return { world, http, connector: createGoogleDocsConnector() };
}

interface Calling {
  readonly settings?: Partial<GoogleDriveSettings>;
  readonly signal?: AbortSignal;
}

function callOf({ world, http, connector }: House, { settings = {}, signal = AbortSignal.timeout(20_000) }: Calling = {}) {
  const { email, privateKey } = world.serviceAccount;
  const config: GoogleDriveSettings = {
    clientEmail: email,
    privateKey,
    tokenUri: `${http.url}/token`,
    templateId: 'template-1',
    folderId: 'folder-1',
    apiRootUrl: http.url,
    ...settings,
  };
  return createCall(connector, { config, door, actId: 'act-1', signal });
}

async function outcome<T>(work: Promise<Outcome<T>>): Promise<Spoken<T>> {
  try {
    return spoken(await work);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return spoken(failure);
  }
}

const documentsOf = ({ connector }: House) => connector.documents!;
const ensure = (one: House, calling?: Calling) => outcome(documentsOf(one).ensure(callOf(one, calling), incident.id, facts));
const render = (one: House, ref: Ref, about = later) => outcome(documentsOf(one).render!(callOf(one), ref, about));

async function made(one: House): Promise<{ ref: Ref; file: DriveFile }> {
  const result = await ensure(one);
  if (!result.ok) throw new Error(result.reason);
  return { ref: result.value, file: one.world.files.find(({ id }) => id === result.value.id)! };
}

const textIn = (file: DriveFile): string => readText(file.document!);

/** What somebody does in the editor. */
function type(file: DriveFile, before: string, text: string): void {
  insertText(file.document!, indexOf(file, before), text);
  file.document!.revision += 1;
}
function erase(file: DriveFile, text: string): void {
  const start = indexOf(file, text);
  deleteContent(file.document!, start, start + text.length);
  file.document!.revision += 1;
}

function indexOf(file: DriveFile, text: string): number {
  const index = file.document!.segments['']!.indexOf(text);
  if (index === -1) throw new Error(`There is no ${JSON.stringify(text)} in the document.`);
  return index;
}

const isCopy = ({ path }: Received): boolean => path.includes('/copy');
const isBatchUpdate = ({ path }: Received): boolean => path.includes(':batchUpdate');
const isToken = ({ path }: Received): boolean => path === '/token';
const paths = ({ http }: House): string[] => http.requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`);

describe('the document', () => {
  it('is a copy of the template in the folder, filled in', async () => {
    const one = await house();
    const { ref, file } = await made(one);
    expect(ref).toEqual({ id: 'doc-2', url: 'https://docs.google.com/document/d/doc-2/edit?usp=drivesdk', receipt: 'created' });
    expect(file).toMatchObject({
      name: 'INC-ABC123 Redis is down',
      parents: ['folder-1'],
      driveId: '0AShared',
      description: incident.url,
      appProperties: { imasIncident: incident.id },
    });
    expect(textIn(file)).toBe(filledText);
    expect(readText(file.document!, 'kix.header')).toBe('INC-ABC123 · Triggered\n');
    expect(textIn(one.world.files[1]!)).toContain('{{TITLE}}');
    expect(paths(one)).toEqual([
      'POST /token',
      'GET /drive/v3/files',
      'POST /drive/v3/files/template-1/copy',
      'GET /v1/documents/doc-2',
      'POST /v1/documents/doc-2:batchUpdate',
    ]);
  });

  it('is found, and not made again', async () => {
    const one = await house();
    const { ref } = await made(one);
    const again = await ensure(one);
    expect(again).toMatchObject({ ok: true, value: { id: ref.id, receipt: 'found' } });
    expect(one.world.files).toHaveLength(3);
    expect(one.http.requests.filter(isBatchUpdate)).toHaveLength(1);
    expect(one.http.requests.filter(isToken)).toHaveLength(1);
  });

  it.each(['breaks', 'breaks within the answer'] as const)(
    'is found where the answer to its making %s, and then filled in',
    async (how) => {
      const one = await house();
      one.http.spoil({ on: isCopy, how, afterActing: true });
      expect(await ensure(one)).toMatchObject({ ok: false, permanent: false, maybeDone: true });
      const { file } = await made(one);
      expect(one.world.files).toHaveLength(3);
      expect(textIn(file)).toBe(filledText);
    },
  );

  it('is filled in once, also where nobody heard of it', async () => {
    const one = await house();
    one.http.spoil({ on: isBatchUpdate, how: 'breaks', afterActing: true });
    expect(await ensure(one)).toMatchObject({ ok: false, permanent: false });
    const { file } = await made(one);
    expect(textIn(file)).toBe(filledText);
    expect(file.document?.ranges).toHaveLength(7);
  });

  it('of another incident is another, and one in the trash is none', async () => {
    const one = await house();
    const { file } = await made(one);
    const other = await outcome(documentsOf(one).ensure(callOf(one), "o'hara\\", facts));
    expect(other).toMatchObject({ ok: true, value: { id: 'doc-3', receipt: 'created' } });
    expect(await outcome(documentsOf(one).ensure(callOf(one), "o'hara\\", facts))).toMatchObject({
      value: { id: 'doc-3', receipt: 'found' },
    });
    file.trashed = true;
    expect((await made(one)).ref.id).toBe('doc-4');
  });

  it('takes no text from outside for a placeholder, and none for structure', async () => {
    const one = await house();
    const title = '{{TIMELINE}}\n{{STATUS}} \u0007$& \uE001🔥 \uD800';
    const nasty = { ...facts, incident: { ...facts.incident, title, service: { id: '1', name: '{{TITLE}}' } }, impactScopes: ['\u0001'] };
    const result = await outcome(documentsOf(one).ensure(callOf(one), incident.id, nasty));
    expect(result).toMatchObject({ ok: true });
    const file = one.world.files.at(-1)!;
    expect(textIn(file)).toContain('Title | { {TIMELINE}} { {STATUS}}  $& 🔥 \uFFFD\n');
    expect(textIn(file)).toContain('Service | { {TITLE}}\n');
    expect(textIn(file)).toContain('Concerned: –.\n');
    // Every place was named rightly: they can all be changed.
    expect(await render(one, (result as { value: Ref }).value)).toMatchObject({ ok: true, value: { receipt: 'up to date' } });
    expect(textIn(file)).toBe(laterText);
  });

  it('may be of a template with none, or many of the same', async () => {
    const plain = await house(undefined, documentOf(['Nothing here', '']));
    expect(textIn((await made(plain)).file)).toBe('Nothing here\n\n');
    const many = await house(undefined, documentOf(['{{STATUS}}{{STATUS}} and {{TITLE}} {{STATUS}} {{UNKNOWN}}', '']));
    const { file, ref } = await made(many);
    expect(textIn(file)).toBe('TriggeredTriggered and Redis is down Triggered {{UNKNOWN}}\n\n');
    await render(many, ref);
    expect(textIn(file)).toBe('ResolvedResolved and Redis is down Resolved {{UNKNOWN}}\n\n');
  });
});

describe('the sections of the system', () => {
  it('follow the incident', async () => {
    const one = await house();
    const { ref, file } = await made(one);
    expect(await render(one, ref)).toMatchObject({ ok: true, value: { id: ref.id, url: ref.url, receipt: 'up to date' } });
    expect(textIn(file)).toBe(laterText);
    await expect(textIn(file)).toMatchFileSnapshot('golden/google-docs/resolved.txt');
    expect(readText(file.document!, 'kix.header')).toBe('INC-ABC123 · Resolved\n');
    expect(await render(one, ref, facts)).toMatchObject({ ok: true });
    expect(textIn(file)).toBe(filledText);
  });

  it('are not written where nothing has changed', async () => {
    const one = await house();
    const { ref } = await made(one);
    await render(one, ref);
    const writes = one.http.requests.filter(isBatchUpdate).length;
    await render(one, ref);
    expect(one.http.requests.filter(isBatchUpdate)).toHaveLength(writes);
  });

  it('leave what people write around them', async () => {
    const one = await house();
    const { ref, file } = await made(one);
    type(file, 'Incident Report', 'Draft 🔥\n');
    type(file, '21 Nov', 'In short: ');
    type(file, '\nImpact', '\nBob: the pager was silent.');
    erase(file, 'To be completed');
    type(file, '\n\n', '\nThe replica was gone. {{STATUS}}');
    await render(one, ref);
    const text = textIn(file);
    for (const part of ['Draft 🔥\n', 'In short: 21 Nov 2026, 10:02', '\nBob: the pager was silent.\n', 'The replica was gone. {{STATUS}}'])
      expect(text).toContain(part);
    expect(text).toContain('Status | Resolved');
    expect(text).toContain('Acknowledged by Ann');
  });

  it('that people have written in are theirs from then on', async () => {
    const one = await house();
    const { ref, file } = await made(one);
    type(file, 'Redis is down\nImpact', 'by hand: ');
    expect(await render(one, ref)).toMatchObject({ ok: true, value: { receipt: 'up to date, but for what people changed: TIMELINE' } });
    expect(textIn(file)).toContain('10:02 UTC · Alert fired: by hand: Redis is down\nImpact');
    expect(textIn(file)).toContain('Status | Resolved');
  });

  it('that people deleted do not come back', async () => {
    const one = await house();
    const { ref, file } = await made(one);
    erase(file, '21 Nov 2026, 10:02 UTC · Alert fired: Redis is down');
    type(file, '\nImpact', 'Told elsewhere.');
    expect(await render(one, ref)).toMatchObject({ ok: true });
    expect(await ensure(one)).toMatchObject({ ok: true });
    expect(textIn(file)).toContain('Timeline\nTold elsewhere.\nImpact');
    expect(textIn(file)).not.toContain('Alert');
  });

  it('wait for whoever is typing, and read the document again', async () => {
    const one = await house();
    const { ref, file } = await made(one);
    one.http.spoil({
      on: (request) => {
        if (isBatchUpdate(request)) type(file, 'Incident Report', 'x');
        return false;
      },
      how: 'breaks',
    });
    // Each write finds that somebody has typed since the document was read.
    expect(await render(one, ref)).toMatchObject({
      ok: false,
      permanent: false,
      maybeDone: false,
      reason: expect.stringContaining('revision'),
    });
    expect(textIn(file)).toBe(`xxx${filledText}`);
  });

  it('are written at the second try, where somebody typed once', async () => {
    const one = await house();
    const { ref, file } = await made(one);
    let typed = false;
    one.http.spoil({
      on: (request) => {
        if (isBatchUpdate(request) && !typed) type(file, 'Incident Report', 'x');
        typed ||= isBatchUpdate(request);
        return false;
      },
      how: 'breaks',
    });
    expect(await render(one, ref)).toMatchObject({ ok: true });
    expect(textIn(file)).toBe(`x${laterText}`);
  });
});

describe('an export', () => {
  it('is Markdown, with what people wrote', async () => {
    const one = await house();
    const { ref, file } = await made(one);
    type(file, '\n\n', ': the replica, é 🔥');
    expect(await outcome(documentsOf(one).export!(callOf(one), ref))).toEqual({ ok: true, value: textIn(file) });
  });

  it('is a PDF, byte for byte', async () => {
    const one = await house();
    const { ref } = await made(one);
    const result = await outcome(documentsOf(one).exportPdf!(callOf(one), ref));
    expect(result.ok && Buffer.from(result.value).toString('hex')).toBe(Buffer.from('%PDF-1.7\n%').toString('hex') + 'e2e3cfd3');
  });

  it('of more than 10 MB is refused by Google', async () => {
    const one = await house(undefined, documentOf(['x'.repeat(10 * 1024 * 1024 + 1), '']));
    const { ref } = await made(one);
    expect(await outcome(documentsOf(one).export!(callOf(one), ref))).toMatchObject({
      ok: false,
      permanent: true,
      cure: expect.stringContaining('10 MB'),
    });
  });
});

describe('a token', () => {
  it('is asked for once an hour, and signed by the key', async () => {
    const one = await house();
    const { ref } = await made(one);
    await render(one, ref);
    const asked = one.http.requests.filter(isToken);
    expect(asked).toHaveLength(1);
    expect([...one.world.tokens.values()]).toEqual([
      { email: one.world.serviceAccount.email, scopes: ['https://www.googleapis.com/auth/drive'] },
    ]);
  });

  it('that was revoked is replaced', async () => {
    const one = await house();
    const { ref } = await made(one);
    one.world.tokens.clear();
    expect(await render(one, ref)).toMatchObject({ ok: true });
  });

  it.each([
    ['of a deleted key', (world: World) => (world.keyIsKnown = false), 'Invalid JWT Signature.'],
    ['of a wrong clock', (world: World) => (world.aheadSeconds = 8_000), 'short-lived token'],
  ])('is refused for the sake %s, and nothing is tried again', async (_, change, reason) => {
    const one = await house(change);
    expect(await ensure(one)).toEqual({
      ok: false,
      permanent: true,
      maybeDone: false,
      retryAfterMs: null,
      reason: expect.stringContaining(reason),
      cure: expect.stringContaining('new key'),
    });
    expect(one.http.requests).toHaveLength(1);
  });

  it.each([500, 503])('is not asked for again and again after %s', async (status) => {
    const one = await house();
    one.http.spoil({ on: isToken, how: { status, body: { error: 'internal_failure' } } });
    expect(await ensure(one)).toMatchObject({ ok: false, permanent: false });
    expect(one.http.requests).toHaveLength(1);
  });

  it('comes from where the key says, and through the door alone', async () => {
    const one = await house();
    const tokenUri = 'http://169.254.169.254/token';
    expect(await ensure(one, { settings: { tokenUri } })).toMatchObject({
      ok: false,
      permanent: true,
      cure: expect.stringContaining('IMAS_EGRESS_ALLOW'),
    });
    expect(await ensure(one, { settings: { apiRootUrl: 'http://169.254.169.254' } })).toMatchObject({ ok: false, permanent: true });
    expect(one.world.files).toHaveLength(2);
  });
});

describe('a failure', () => {
  it.each([
    ['of the template', { templateId: 'gone-1' }, () => undefined, 'File not found: gone-1', 'imas@example-project'],
    ['of the folder', { folderId: 'gone-1' }, () => undefined, 'File not found: gone-1', 'imas@example-project'],
    [
      'of rights',
      {},
      (world: World) => Object.assign(world.drives, { '0AShared': { [world.serviceAccount.email]: 'reader' } }),
      'sufficient permissions',
      'Content manager',
    ],
    [
      'of storage',
      {},
      (world: World) => {
        delete world.files[0]!.driveId;
        world.files[0]!.access[world.serviceAccount.email] = 'writer';
      },
      'storage quota',
      'shared drive',
    ],
    ['of an API that is off', {}, (world: World) => (world.apis.drive = false), 'has not been used', 'Enable'],
    ['of the other API that is off', {}, (world: World) => (world.apis.docs = false), 'has not been used', 'Enable'],
  ])('%s is final, and says what to do', async (_, settings, change, reason, cure) => {
    const one = await house(change);
    expect(await ensure(one, { settings })).toEqual({
      ok: false,
      permanent: true,
      maybeDone: false,
      retryAfterMs: null,
      reason: expect.stringContaining(reason),
      cure: expect.stringContaining(cure),
    });
  });

  it('of too many requests waits as long as Google says', async () => {
    const one = await house();
    const body = {
      error: { code: 403, message: 'User Rate Limit Exceeded.', errors: [{ domain: 'usageLimits', reason: 'userRateLimitExceeded' }] },
    };
    one.http.spoil({ on: isCopy, how: { status: 403, body } });
    expect(await ensure(one)).toMatchObject({ ok: false, permanent: false, maybeDone: false });
    one.http.spoil({
      on: isCopy,
      how: { status: 429, headers: { 'retry-after': '12' }, body: { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } } },
    });
    expect(await ensure(one)).toMatchObject({ ok: false, permanent: false, retryAfterMs: 12_000 });
    expect(one.http.requests.filter(isCopy)).toHaveLength(2);
  });

  it.each([
    [500, true],
    [502, true],
    [503, false],
  ])('with %s may pass; whether something was made is then doubtful: %s', async (status, maybeDone) => {
    const one = await house();
    one.http.spoil({ on: isCopy, how: { status, body: '<html>' } });
    expect(await ensure(one)).toMatchObject({ ok: false, permanent: false, maybeDone });
    expect(one.http.requests.filter(isCopy)).toHaveLength(1);
  });

  it('to answer at all ends with the signal', async () => {
    const one = await house();
    one.http.spoil({ on: isCopy, how: 'hangs' });
    expect(await ensure(one, { signal: AbortSignal.timeout(1_000) })).toMatchObject({ ok: false, permanent: false, maybeDone: true });
  });

  it('of a document that was deleted is final', async () => {
    const one = await house();
    expect(await render(one, { id: 'gone-1', url: null, receipt: null })).toMatchObject({ ok: false, permanent: true });
  });

  it('never repeats a token or the key', async () => {
    const one = await house();
    const token = 'ya29.c.abcdefghijklmnop';
    one.http.spoil({
      on: isCopy,
      how: { status: 400, body: { error: { code: 400, message: `no: Bearer ${token} eyJhbGciOi.eyJpc3Mi.c2ln` } } },
    });
    const result = JSON.stringify(await ensure(one));
    expect(result).toContain('********');
    expect(result).not.toMatch(/ya29|eyJ|PRIVATE KEY/);
  });
});

describe('the check', () => {
  const check = async (one: House, calling?: Calling) => outcome(one.connector.check!(callOf(one, calling)));
  const lacking = async (one: House): Promise<string[]> => {
    const result = await check(one);
    if (!result.ok) throw new Error(result.reason);
    return result.value.lacking.map(({ reason }) => words(reason));
  };

  it('finds nothing amiss', async () => {
    expect(await check(await house())).toEqual({
      ok: true,
      value: { account: 'imas@example-project.iam.gserviceaccount.com', lacking: [] },
    });
  });

  it('sees a folder that is not in a shared drive', async () => {
    const one = await house((world) => {
      delete world.files[0]!.driveId;
      world.files[0]!.access[world.serviceAccount.email] = 'writer';
    });
    expect(await lacking(one)).toEqual([expect.stringContaining('not in a shared drive')]);
  });

  it('sees a folder in which nothing may be made', async () => {
    const one = await house((world) => Object.assign(world.drives, { '0AShared': { [world.serviceAccount.email]: 'reader' } }));
    expect(await lacking(one)).toEqual(['The service account may not create files in the folder.']);
  });

  it('sees what is no document, and no folder', async () => {
    const one = await house((world) =>
      world.files.reverse().forEach((file, i) => Object.assign(file, { id: ['folder-1', 'template-1'][i] })),
    );
    expect(await lacking(one)).toEqual([expect.stringContaining('not a Google Doc'), expect.stringContaining('not a folder')]);
  });

  it('fails where the account sees nothing', async () => {
    const one = await house((world) => Object.assign(world.drives, { '0AShared': {} }));
    expect(await check(one)).toMatchObject({
      ok: false,
      permanent: true,
      cure: expect.stringContaining('Share template and folder with imas@'),
    });
  });
});
