import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { derived, field, readOnly, reference, secret } from '../../src/resources/field-map/field.ts';
import { defineResource } from '../../src/resources/field-map/resource.ts';
import type { Change } from '../../src/resources/field-map/write-resource.ts';
import { isActive, name } from '../../src/resources/shared-fields.ts';
import { type Api, startApi } from '../api/harness.ts';

/** A resource that the product does not have: this object and the table below are all there is of it. */
const coffeeMachines = defineResource({
  path: 'coffee-machines',
  one: 'coffee machine',
  about: 'A coffee machine keeps responders awake.',
  fields: {
    name: name('Where it stands.'),
    roast: field({ label: 'Roast', help: 'Which beans are in it.', schema: z.enum(['dark', 'light']), default: 'dark' }),
    cups: field({ label: 'Cups', help: 'How many it makes at once.', schema: z.number().int().min(1), default: 2 }),
    team: reference({ label: 'Team', help: 'Who refills it.', to: 'teams', nullable: true }),
    note: field({
      label: 'Note',
      help: 'Between staff.',
      schema: z.string().nullable(),
      rights: { readers: 'staff', writers: 'staff' },
    }),
    mood: field({
      label: 'Mood',
      help: 'What people think of it.',
      schema: z.string(),
      default: '',
      rights: { readers: 'everyone', writers: 'everyone' },
    }),
    pin: secret({
      label: 'PIN',
      help: 'Opens the bean tank.',
      schema: z.string().min(4, 'must have at least 4 characters'),
      column: { name: 'pin_hash', type: 'bytea' },
      store: (pin) => createHash('sha256').update(pin).digest(),
    }),
    brewed: readOnly({ label: 'Brewed', help: 'Cups so far.', schema: z.number().int(), default: 0 }),
    is_active: isActive('Switched off machines are kept.'),
    label: derived({ label: 'Label', help: 'To print.', schema: z.string() }),
  },
  rights: { readers: 'everyone', writers: 'everyone' },
  searchBy: ['name'],
  filterBy: ['name', 'roast', 'team', 'is_active'],
  orderBy: ['name', 'cups'],
  unique: 'name',
  example: { name: 'Third floor', roast: 'light' },

  async present(rows) {
    return rows.map((row) => ({ label: `${row.name} (${row.cups})` }));
  },
});

const table = `create table coffee_machines (
  id uuid primary key,
  name text not null,
  roast text not null,
  cups integer not null,
  team_id uuid references teams on delete restrict,
  note text,
  mood text not null,
  pin_hash bytea,
  brewed integer not null,
  is_active boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
)`;

const path = '/api/v1/coffee-machines/';
const nowhere = '00000000-0000-4000-8000-000000000000';
const changes: Change[] = [];
let veto: Error | null = null;
let api: Api;
let team: { id: string; name: string };
beforeAll(async () => {
  api = await startApi(
    {},
    {
      moreResources: [coffeeMachines],
      async witness(change, em) {
        // In the transaction of the change: the row is seen from inside it.
        const rows = await em.execute('select 1 from coffee_machines where id = ?', [change.id]);
        if (change.resource.path === 'coffee-machines') expect(rows).toHaveLength(change.after === null ? 0 : 1);
        changes.push(change);
        if (veto !== null) throw veto;
      },
    },
  );
  await api.database.pool.query(table);
  await api.database.pool.query('create unique index coffee_machines_name on coffee_machines (lower(name))');
  team = (await api.request('POST', '/api/v1/teams/', { json: { name: 'Baristas' } })).body;
});
afterAll(() => api.close());

const create = async (json: object) => (await api.request('POST', path, { json })).body;

it('fills in defaults, shows references by name, and masks secrets', async () => {
  const { status, body, headers } = await api.request('POST', path, { json: { name: 'Lobby', team: team.id, pin: '1234' } });
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`${path}${body.id}/`);
  expect(body).toEqual({
    id: expect.any(String),
    created_at: expect.any(String),
    updated_at: expect.any(String),
    name: 'Lobby',
    roast: 'dark',
    cups: 2,
    team: { id: team.id, name: 'Baristas' },
    note: null,
    mood: '',
    has_pin: true,
    brewed: 0,
    is_active: true,
    label: 'Lobby (2)',
  });
  expect((await api.request('GET', `${path}${body.id}/`)).body).toEqual(body);
  const { rows } = await api.database.pool.query(`select encode(pin_hash, 'hex') as hash from coffee_machines where id = $1`, [body.id]);
  expect(rows[0].hash).toBe(createHash('sha256').update('1234').digest('hex'));
});

it('changes only what the body names, and deletes', async () => {
  const made = await create({ name: 'Kitchen', team: team.id, pin: '1234', cups: 4 });
  const changed = await api.request('PATCH', `${path}${made.id}/`, { json: { roast: 'light', pin: null } });
  expect(changed.body).toEqual({ ...made, roast: 'light', has_pin: false, updated_at: expect.any(String) });
  expect((await api.request('DELETE', `${path}${made.id}/`)).status).toBe(204);
  expect((await api.request('GET', `${path}${made.id}/`)).status).toBe(404);
});

it('refuses what is wrong, and names the field', async () => {
  const wrong = async (json: object) => {
    const { status, body } = await api.request('POST', path, { json });
    return [status, body.errors?.[0]?.field];
  };
  expect(await wrong({ roast: 'dark' })).toEqual([422, 'name']);
  expect(await wrong({ name: 'x', cups: 0 })).toEqual([422, 'cups']);
  expect(await wrong({ name: 'x', team: nowhere })).toEqual([422, 'team']);
  expect(await wrong({ name: 'x', pin: '1' })).toEqual([422, 'pin']);
  expect((await api.request('POST', path, { json: { name: 'x', brewed: 7 } })).status).toBe(422);
  await create({ name: 'Twice' });
  expect(await wrong({ name: 'TWICE' })).toEqual([409, 'name']);
});

it('is listed, searched, filtered and sorted', async () => {
  await create({ name: 'Attic big', cups: 9, roast: 'light', team: team.id });
  await create({ name: 'Attic small', cups: 1, is_active: false });
  const names = async (query: string) =>
    (await api.request('GET', `${path}?search=attic&${query}`)).body.results.map((row: { name: string }) => row.name);
  expect(await names('')).toEqual(['Attic big', 'Attic small']);
  expect(await names('ordering=cups')).toEqual(['Attic small', 'Attic big']);
  expect(await names('roast=light')).toEqual(['Attic big']);
  expect(await names(`team=${team.id}`)).toEqual(['Attic big']);
  expect(await names('is_active=false')).toEqual(['Attic small']);
  expect((await api.request('GET', `${path}?roast=green`)).status).toBe(422);
  expect((await api.request('DELETE', `/api/v1/teams/${team.id}/`)).status).toBe(409);
});

it('says who may read and write each field', async () => {
  const made = await create({ name: 'Roof', note: 'leaks' });
  const one = `${path}${made.id}/`;
  expect(made.note).toBe('leaks');
  const seen = await api.request('GET', one, { as: 'member' });
  expect(seen.body).not.toHaveProperty('note');
  expect(JSON.stringify((await api.request('GET', path, { as: 'member' })).body)).not.toContain('leaks');
  expect((await api.request('PATCH', one, { as: 'member', json: { mood: 'great' } })).body).toMatchObject({ mood: 'great' });
  const refused = await api.request('PATCH', one, { as: 'member', json: { mood: 'bad', cups: 3 } });
  expect([refused.status, refused.body.errors[0].field]).toEqual([403, 'cups']);
  expect((await api.request('GET', one)).body).toMatchObject({ mood: 'great', cups: 2 });
});

it('shows every change, with before and after, to the witness in its transaction', async () => {
  changes.length = 0;
  const made = await create({ name: 'Cellar', pin: '1234' });
  const changed = (await api.request('PATCH', `${path}${made.id}/`, { json: { cups: 6 } })).body;
  await api.request('DELETE', `${path}${made.id}/`);
  expect(changes.map(({ act, before, after, by }) => ({ act, before, after, by: by.username }))).toEqual([
    { act: 'create', before: null, after: made, by: 'ann' },
    { act: 'update', before: made, after: changed, by: 'ann' },
    { act: 'delete', before: changed, after: null, by: 'ann' },
  ]);

  veto = new Error('no room for the audit row');
  expect((await api.request('POST', path, { json: { name: 'Never' } })).status).toBe(500);
  veto = null;
  expect((await api.request('GET', `${path}?name=Never`)).body.count).toBe(0);
});

it('is described for forms, and in the OpenAPI document', async () => {
  const { body } = await api.request('GET', '/api/v1/resources/coffee-machines/', { as: 'member' });
  expect(body).toMatchObject({ name: 'coffee machine', about: 'A coffee machine keeps responders awake.', order_by: ['name', 'cups'] });
  const fields = new Map(body.fields.map((entry: { name: string }) => [entry.name, entry]));
  expect(fields.get('roast')).toEqual({
    name: 'roast',
    read_name: 'roast',
    label: 'Roast',
    help: 'Which beans are in it.',
    kind: 'choice',
    required: false,
    nullable: false,
    default: 'dark',
    options: ['dark', 'light'],
    refers_to: null,
    is_secret: false,
    is_read_only: false,
    readers: 'everyone',
    writers: 'staff',
  });
  expect(fields.get('team')).toMatchObject({ kind: 'reference', refers_to: 'teams', nullable: true });
  expect(fields.get('pin')).toMatchObject({ kind: 'secret', is_secret: true, read_name: 'has_pin' });
  expect(fields.get('brewed')).toMatchObject({ is_read_only: true, writers: null });
  expect(fields.get('note')).toMatchObject({ readers: 'staff' });
  expect((await api.request('GET', '/api/v1/resources/tea/')).status).toBe(404);

  const { paths, components } = (await api.request('GET', '/api/v1/openapi.json')).body;
  expect(paths[path].post.requestBody.content['application/json'].example).toEqual({ name: 'Third floor', roast: 'light' });
  expect(paths[path].get.parameters.map((parameter: { name: string }) => parameter.name)).toContain('roast');
  expect(components.schemas.CoffeeMachineCreate).toMatchObject({ required: ['name'], properties: { cups: { default: 2 } } });
  expect(components.schemas.CoffeeMachineUpdate.required).toBeUndefined();
  expect(components.schemas.CoffeeMachine.properties).toMatchObject({ has_pin: { type: 'boolean' } });
  expect(components.schemas.CoffeeMachine.required).not.toContain('note');
});
