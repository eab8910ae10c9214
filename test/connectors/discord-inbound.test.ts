import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Received, Reply } from '../../src/connectors/connector.ts';
import { commandDefinitions, registerCommands } from '../../src/connectors/discord/commands.ts';
import { beginInteraction, signedRequest, takeResponse, type Doing } from './emulators/discord/interactions.ts';
import type { Discord } from './emulators/discord/server.ts';
import { known, type InteractionState } from './emulators/discord/world.ts';
import { incident } from './notification.ts';
import { botConfig, callWith, connector, discord, outcomeOf, valueOf } from './use-discord.ts';

const inbound = connector.inbound!;
const configOf = (server: Discord) => botConfig(server, { public_key: server.world.application.publicKey });
const verify = (server: Discord, request: ReturnType<typeof signedRequest>) => inbound.verify(callWith(configOf(server)).config, request);

/** Somebody does something; what they get to see. */
async function done(
  server: Discord,
  doing: Doing,
  reply: Reply | null | Promise<Reply | null>,
): Promise<{ got: Received; state: InteractionState }> {
  const { state, json } = beginInteraction(server.world, doing);
  const request = signedRequest(server.world, json);
  expect(verify(server, request)).toBe(true);
  const received: Received[] = [];
  const answer = await inbound.receive(callWith(configOf(server)), request, async (one) => {
    received.push(one);
    return reply;
  });
  expect(answer.status).toBe(200);
  takeResponse(state, answer.body);
  return { got: received[0]!, state };
}

const option = (name: string, type: number, more: object) => ({ name, type, ...more });
const slash = (...options: readonly object[]) => ({ id: known.application, name: 'imas', type: 1, options });
const command = (...options: readonly object[]): Doing => ({ kind: 'command', by: known.ann, data: slash(...options) });
/** discord.js is loaded by the first request, which takes its time. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 10_000 });

const text = (words: string, forAll = false): Reply => ({ kind: 'text', text: words, forAll });

describe('a signature', () => {
  const doing: Doing = command(option('help', 1, { options: [] }));
  const signed = (server: Discord, ageMs = 0) => signedRequest(server.world, beginInteraction(server.world, doing).json, ageMs);

  it('counts for five minutes, past and future', async () => {
    const server = await discord();
    const minutes = [0, 4, -4, 6, -6, 60 * 24];
    expect(minutes.map((n) => verify(server, signed(server, n * 60_000)))).toEqual([true, true, true, false, false, false]);
  });

  it('counts for its body, its timestamp and its key', async () => {
    const server = await discord();
    const request = signed(server);
    const { headers } = request;
    const forged = {
      body: { ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) },
      timestamp: { ...request, headers: { ...headers, 'x-signature-timestamp': String(Number(headers['x-signature-timestamp']) + 1) } },
      signature: { ...request, headers: { ...headers, 'x-signature-ed25519': headers['x-signature-ed25519'].replace(/^../, '00') } },
      short: { ...request, headers: { ...headers, 'x-signature-ed25519': 'abcd' } },
      text: { ...request, headers: { ...headers, 'x-signature-timestamp': 'now' } },
      none: { ...request, headers: { 'content-type': 'application/json' } },
    };
    for (const [name, one] of Object.entries(forged)) expect([name, verify(server, one as typeof request)]).toEqual([name, false]);
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('hex');
    for (const public_key of [other, '00'.repeat(32), 'ff'.repeat(32)])
      expect(inbound.verify(callWith(botConfig(server, { public_key })).config, request)).toBe(false);
    expect(inbound.verify(callWith(botConfig(server)).config, request)).toBe(false);
    expect(verify(server, request)).toBe(true);
  });

  it('is for the connection’s own server and application, and for conversations with the bot', async () => {
    const server = await discord();
    const of = (doing: Partial<Doing>) => signedRequest(server.world, beginInteraction(server.world, { ...command(), ...doing }).json);
    expect(verify(server, of({ guildId: known.stranger }))).toBe(false);
    expect(verify(server, of({ isDirect: true }))).toBe(true);
    const another = botConfig(server, { public_key: server.world.application.publicKey, application_id: known.stranger });
    expect(inbound.verify(callWith(another).config, of({}))).toBe(false);
  });
});

it('answers the handshake by itself, and refuses what is none of these', async () => {
  const server = await discord();
  const receive = (json: object) =>
    inbound.receive(callWith(configOf(server)), signedRequest(server.world, json), async () => {
      throw new Error('is nobody’s doing');
    });
  const ping = { id: known.ann, application_id: known.application, type: 1, token: 'x', version: 1 };
  expect(verify(server, signedRequest(server.world, ping))).toBe(true);
  expect(await receive(ping)).toEqual({ status: 200, body: { type: 1 } });
  for (const odd of [{}, { ...ping, type: 4 }, { ...ping, type: 2 }]) expect(await receive(odd)).toEqual({ status: 400, body: null });
});

describe('a command', () => {
  it.each([
    ['help', [option('help', 1, {})]],
    ['oncall', [option('oncall', 1, { options: [] })]],
    ['incident list', [option('incident', 2, { options: [option('list', 1, {})] })]],
    [
      'incident ack INC-ABC123',
      [option('incident', 2, { options: [option('ack', 1, { options: [option('id', 3, { value: ' INC-ABC123 ' })] })] })],
    ],
    [
      'incident resolve INC-ABC123',
      [option('incident', 2, { options: [option('resolve', 1, { options: [option('id', 3, { value: 'INC-ABC123' })] })] })],
    ],
  ])('/imas %s is told as it would be typed', async (words, options) => {
    const server = await discord();
    const { got, state } = await done(server, command(...options), text('Fine.'));
    expect(got).toEqual({
      id: state.id,
      accountId: known.ann,
      accountName: 'Ann',
      room: expect.any(String),
      what: { kind: 'command', text: words },
    });
    expect(state.shown).toEqual({ content: 'Fine.', embeds: [], isForThemAlone: true });
  });

  it('may be answered for all, at length, or with nothing to say; nobody is mentioned', async () => {
    const server = await discord();
    const shown = async (reply: Reply | null) => (await done(server, { ...command(), by: known.bob }, reply)).state.shown;
    expect(await shown(text('For everybody', true))).toMatchObject({ content: 'For everybody', isForThemAlone: false });
    expect(await shown(text('x'.repeat(9_000)))).toMatchObject({ content: '', embeds: [{ description: `${'x'.repeat(4_095)}…` }] });
    expect(await shown(null)).toMatchObject({ content: '✅', isForThemAlone: true });
    const { state } = await done(server, command(), text('@everyone'));
    expect(state.response).toMatchObject({ data: { allowed_mentions: { parse: [] } } });
  });

  it('may be answered with a form', async () => {
    const server = await discord();
    const form: Reply = {
      kind: 'form',
      form: 'incident create',
      title: 'Create an incident, with a title that is far too long for Discord',
      fields: [
        { name: 'title', label: 'Title', required: true, options: [] },
        { name: 'description', label: 'Description', required: false, options: [] },
        { name: 'severity', label: 'Severity', required: true, options: ['SEV1_CRITICAL', 'SEV2_HIGH'] },
        { name: 'service', label: 'Service', required: true, options: Array.from({ length: 40 }, (_, n) => `service-${n}`) },
      ],
    };
    const { state } = await done(server, command(option('incident', 2, { options: [option('create', 1, {})] })), form);
    expect(state.response).toMatchObject({
      type: 9,
      data: {
        custom_id: 'incident create',
        title: 'Create an incident, with a title that is far…',
        components: [
          { label: 'Title', component: { type: 4, custom_id: 'title', style: 1, required: true } },
          { label: 'Description', component: { type: 4, custom_id: 'description', style: 2, required: false } },
          {
            label: 'Severity',
            component: { type: 3, custom_id: 'severity', options: [{ value: 'SEV1_CRITICAL' }, { value: 'SEV2_HIGH' }] },
          },
          { label: 'Service', component: { type: 3, custom_id: 'service' } },
        ],
      },
    });
  });
});

it('a press is told with what it is about', async () => {
  const server = await discord();
  const press: Doing = { kind: 'press', by: known.bob, data: { custom_id: `acknowledge:${incident.id}`, component_type: 2 } };
  const { got, state } = await done(server, press, null);
  expect(got).toEqual({
    id: state.id,
    accountId: known.bob,
    accountName: 'Bobby',
    room: expect.any(String),
    what: { kind: 'press', button: 'acknowledge', value: incident.id },
  });
  expect(state.response).toEqual({ type: 6 });
  const direct = await done(server, { ...press, isDirect: true }, text('Acknowledged'));
  expect(direct.got).toMatchObject({ accountId: known.bob, accountName: 'bob' });
  expect(direct.state.shown).toMatchObject({ content: 'Acknowledged', isForThemAlone: true });
});

it('a form is told with what was filled in', async () => {
  const server = await discord();
  const label = (component: object) => ({ type: 18, id: 1, component });
  const components = [
    label({ type: 4, custom_id: 'title', value: 'Redis is down' }),
    label({ type: 3, custom_id: 'severity', values: ['SEV2_HIGH'] }),
    label({ type: 3, custom_id: 'service', values: [] }),
    { type: 1, components: [{ type: 4, custom_id: 'description', value: '' }] },
  ];
  const { got } = await done(
    server,
    { kind: 'form', by: known.ann, data: { custom_id: 'incident create', components } },
    text('INC-XYZ999'),
  );
  expect(got.what).toEqual({
    kind: 'form',
    form: 'incident create',
    values: { title: 'Redis is down', severity: 'SEV2_HIGH', service: '', description: '' },
  });
});

describe('what takes longer than Discord waits', () => {
  const later = () => Promise.withResolvers<Reply | null>();
  const brought = (server: Discord, method: string) =>
    server.requests.some(({ line }) => line.startsWith(method) && line.endsWith('@original'));

  it('follows, for the person alone', async () => {
    const server = await discord();
    const { promise, resolve } = later();
    const { state } = await done(server, command(), promise);
    expect(state).toMatchObject({ response: { type: 5, data: { flags: 64 } }, shown: null });
    resolve(text('Now. @everyone'));
    await eventually(() => state.shown).toEqual({ content: 'Now. @everyone', embeds: [], isForThemAlone: true });
    expect(server.requests.at(-1)).toMatchObject({ line: expect.stringMatching(/^PATCH /), json: { allowed_mentions: { parse: [] } } });
  });

  it('goes away where there is nothing to say', async () => {
    const server = await discord();
    const { promise, resolve } = later();
    await done(server, command(), promise);
    resolve(null);
    await eventually(() => brought(server, 'DELETE')).toBe(true);
  });

  it.each([
    ['en-US', 'That took too long for a form. Please try again.', 'The attempt failed unexpectedly; the log has the details.'],
    [
      'fr',
      'C’était trop long pour un formulaire. Veuillez réessayer.',
      'La tentative a échoué de façon inattendue\u00a0; le journal en dit plus.',
    ],
  ])('says in %s that it failed, or that a form comes too late', async (locale, tooLate, failed) => {
    const server = await discord();
    const [form, error] = [later(), later()];
    const first = await done(server, { ...command(), locale }, form.promise);
    const second = await done(server, { ...command(), locale }, error.promise);
    form.resolve({ kind: 'form', form: 'x', title: 'x', fields: [] });
    error.reject(new Error('the store is away'));
    await eventually(() => first.state.shown?.content).toBe(tooLate);
    await eventually(() => second.state.shown?.content).toBe(failed);
  });

  it('is no harm when Discord is away by then', async () => {
    const server = await discord();
    const { promise, resolve } = later();
    const { state } = await done(server, command(), promise);
    server.trouble(/@original/, { kind: 'status', status: 500 });
    resolve(text('Now.'));
    await eventually(() => brought(server, 'PATCH')).toBe(true);
    expect(state.shown).toBeNull();
  });
});

describe('the commands', () => {
  it('are registered on the server, and a repeat changes nothing', async () => {
    const server = await discord();
    for (let n = 0; n < 2; n += 1) expect(await valueOf(registerCommands(callWith(botConfig(server))))).toBe(1);
    expect(server.world.commands).toEqual(JSON.parse(JSON.stringify(commandDefinitions)));
    expect(JSON.stringify(server.world.commands)).toContain('"fr":"Qui est d’astreinte"');
  });

  it('are not where the bot was invited without them', async () => {
    const server = await discord();
    server.world.application.scopes.delete('applications.commands');
    expect(await outcomeOf(registerCommands(callWith(botConfig(server))))).toMatchObject({ ok: false, permanent: true });
  });
});
