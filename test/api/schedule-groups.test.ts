import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi, type Api } from './harness.ts';

let api: Api;
const providers: Record<string, string> = {};
beforeAll(async () => {
  api = await startApi();
  const { rows } = await api.database.pool.query<{ id: string; name: string }>(
    `insert into providers (name, type, config) values ('Chat', 'SLACK', '{}'), ('Mail', 'SMTP', '{}') returning id, name`,
  );
  for (const { id, name } of rows) providers[name] = id;
});
afterAll(() => api.close());

const create = (json: object) => api.request('POST', '/api/v1/schedules/', { json });

it('a schedule names a user group and where it is, and tells of hand-overs unless told otherwise', async () => {
  const made = await create({ name: 'Primary', user_group: ' @sre-oncall ', user_group_provider: providers['Chat'] });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    user_group: '@sre-oncall',
    user_group_provider: { id: providers['Chat'], name: 'Chat' },
    announce_handovers: true,
    warning: null,
  });
  await api.database.pool.query('insert into handovers (schedule_id, post_problem) values ($1, $2)', [
    made.body.id,
    JSON.stringify({
      reason: { code: 'cause.noGroupProvider', values: {} },
      cure: { code: 'cure.slackInvite', values: {} },
    }),
  ]);
  const read = await api.request('GET', `/api/v1/schedules/${made.body.id}/`, { as: 'member' });
  expect(read.body.warning).toBe('No active provider has user groups. Invite the bot: type /invite with its name in the channel.');
});

it('home names the schedules whose chat does not show who is on call', async () => {
  const { body } = await api.request('GET', '/api/v1/home/', { as: 'member' });
  expect(body.health.handover_warnings).toEqual([
    {
      schedule: { id: expect.any(String), name: 'Primary' },
      reason: { code: 'cause.noGroupProvider', values: {}, message: 'No active provider has user groups.' },
      cure: expect.objectContaining({ code: 'cure.slackInvite' }),
    },
  ]);
});

it.each([
  [{ user_group: 'SRE on call' }, 'user_group', /must be a handle/],
  [{ user_group: 'sre-oncall' }, 'user_group', /kept by schedule "Primary"/],
  [{ user_group: '@other', user_group_provider: 'Mail' }, 'user_group_provider', /has no user groups/],
])('refuses %o, and names the field', async (given, field, reason) => {
  const provider = 'user_group_provider' in given ? { user_group_provider: providers[given.user_group_provider as string] } : {};
  const { status, body } = await create({ name: 'Secondary', ...given, ...provider });
  expect(status).toBe(422);
  expect(body.errors).toEqual([{ field, reason: expect.stringMatching(reason) }]);
});

it('a provider whose group a schedule keeps stays', async () => {
  const { status, body } = await api.request('DELETE', `/api/v1/providers/${providers['Chat']}/`);
  expect([status, body.detail]).toEqual([409, expect.stringMatching(/schedule/)]);
});
