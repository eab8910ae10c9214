import { pino } from 'pino';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { providerPlace } from '../../src/connections/provider.ts';
import { sealConfig } from '../../src/connections/stored-config.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { allScopes } from '../../src/connectors/slack/scopes.ts';
import { slackConnector } from '../../src/connectors/slack/connector.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { handoverLock } from '../../src/contract/locks.ts';
import type { SendDeps } from '../../src/delivery/send.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { handOverOnce } from '../../src/handover/handover.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { words } from '../../src/texts/languages.ts';
import { startSlack, type Slack } from '../connectors/emulators/slack/server.ts';
import type { Channel, Member, UserGroup } from '../connectors/emulators/slack/workspace.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed, type Seed } from '../support/seed.ts';

/** A Monday in summer, on which turns of a week change at nine in Paris: seven in UTC. */
const monday = Date.UTC(2026, 5, 8, 7);
const minute = 60_000;
const week = 7 * 24 * 60 * minute;

interface World {
  readonly slack: Slack;
  readonly database: TestDatabase;
  readonly seed: Seed;
  readonly deps: SendDeps;
  readonly logged: { msg: string; reason?: string; cure?: string }[];
  readonly group: UserGroup;
  readonly channel: Channel;
  readonly people: Readonly<Record<'ann' | 'bob', string>>;
  readonly members: Readonly<Record<'ann' | 'bob', Member>>;
  readonly scheduleId: string;
  readonly providerId: string;
}
let world: World;

const sql = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
  (await world.database.pool.query(text, values)).rows as Record<string, unknown>[];
const look = (atMs: number): Promise<boolean> => handOverOnce(world.deps, atMs, new AbortController().signal);
const posted = (): string[] => world.channel.messages.map(({ blocks }) => JSON.stringify(blocks));
const sets = (): number => world.slack.asked.filter(({ method }) => method === 'usergroups.users.update').length;
const problem = async (column: 'group_problem' | 'post_problem'): Promise<string | null> => {
  const [row] = await sql(`select ${column} as problem from handovers`);
  const kept = row?.['problem'] as { reason: Parameters<typeof words>[0]; cure: Parameters<typeof words>[0] } | null | undefined;
  return kept == null ? null : `${words(kept.reason)} ${words(kept.cure)}`;
};

/** A team with a channel, and a weekly schedule of Ann and Bob that keeps a user group. */
async function begin(scopes: Iterable<string> = allScopes): Promise<void> {
  const [slack, database] = await Promise.all([startSlack(scopes), createTestDatabase()]);
  onTestFinished(async () => {
    await slack.close();
    await database.close();
  });
  const { pool } = database;
  const seed = createSeed(pool);
  const secrets = createSecretBox({ key: 'a key for the tests alone', oldKeys: [] });
  const logged: World['logged'] = [];
  const deps: SendDeps = {
    config: { baseUrl: 'http://imas.test' },
    database,
    registry: createRegistry({ mail: null }),
    secrets,
    egress: createEgress({ allow: ['127.0.0.0/8'] }),
    metrics: createMetrics(),
    log: pino({ level: 'info' }, { write: (line) => void logged.push(JSON.parse(line) as World['logged'][number]) }),
  };
  const members = { ann: slack.workspace.member('ann'), bob: slack.workspace.member('bob') };
  const channel = slack.workspace.channel('platform');
  const group = slack.workspace.group('sre-oncall');
  const providerId = await seed.provider({ name: 'Slack', type: 'SLACK', config: {} });
  const config = { bot_token: slack.tokens.bot, signing_secret: slack.signingSecret, api_url: slack.apiUrl };
  const sealed = sealConfig(slackConnector as unknown as Connector, providerPlace(providerId), config, secrets, {});
  await pool.query('update providers set config = $2 where id = $1', [providerId, JSON.stringify(sealed)]);
  const people = {
    ann: await seed.user({ username: 'ann', name: 'Ann', email: 'ann@example.com' }),
    bob: await seed.user({ username: 'bob', name: 'Bob', email: 'bob@example.com' }),
  };
  const team = await seed.team({ name: 'Platform' });
  await pool.query('update teams set slack_channel_id = $2 where id = $1', [team, channel.id]);
  const layer = {
    name: 'Weekly',
    users: [people.ann, people.bob],
    rotation: { type: 'weekly', length: 1, handoff_time: '09:00', start: '2026-06-01' },
  };
  const { rows } = await pool.query<{ id: string }>(
    `insert into schedules (name, team_id, time_zone, layers, user_group) values ('Primary', $1, 'Europe/Paris', $2, '@sre-oncall') returning id`,
    [team, JSON.stringify([layer])],
  );
  world = { slack, database, seed, deps, logged, group, channel, people, members, scheduleId: rows[0]!.id, providerId };
}
beforeEach(() => begin());

describe('a user group', () => {
  it('is whoever is on call, changes at the hand-over, and is asked for only then', async () => {
    await look(monday - minute);
    expect(world.group.users).toEqual([world.members.ann.id]);
    const { length } = world.slack.asked;
    await look(monday - 1);
    expect(world.slack.asked).toHaveLength(length);
    await look(monday);
    expect(world.group.users).toEqual([world.members.bob.id]);
    expect(sets()).toBe(2);
  });

  it('follows an override', async () => {
    const override = {
      user_id: world.people.bob,
      start: new Date(monday - 30 * minute).toISOString(),
      end: new Date(monday).toISOString(),
    };
    await sql('update schedules set overrides = $1', [JSON.stringify([override])]);
    await look(monday - 40 * minute);
    expect(world.group.users).toEqual([world.members.ann.id]);
    await look(monday - 20 * minute);
    expect(world.group.users).toEqual([world.members.bob.id]);
  });

  it('takes the account that is linked, as soon as it is', async () => {
    const other = world.slack.workspace.member('annette');
    await look(monday - minute);
    await sql('insert into chat_accounts (user_id, provider_id, account_id) values ($1, $2, $3)', [
      world.people.ann,
      world.providerId,
      other.id,
    ]);
    await look(monday - 1);
    expect(world.group.users).toEqual([other.id]);
  });

  it('is left as it is while nobody is on call', async () => {
    await look(monday - minute);
    await sql(`update schedules set layers = '[]'`);
    await look(monday);
    expect(world.group.users).toEqual([world.members.ann.id]);
  });

  it('is set again to the same where a process died before it was noted', async () => {
    await look(monday);
    await sql('update handovers set group_set = null');
    await look(monday + 1);
    expect(world.group.users).toEqual([world.members.bob.id]);
    expect(sets()).toBe(2);
  });

  it('names whom the chat does not know, with a cure, and asks again after an hour', async () => {
    world.members.ann.isDeleted = true;
    await look(monday - 90 * minute);
    expect(await problem('group_problem')).toBe(
      'Not in the user group, since the chat does not know them: Ann. They can link their chat account in their profile, or use the email address of that account.',
    );
    const { length } = world.slack.asked;
    await look(monday - 60 * minute);
    expect(world.slack.asked).toHaveLength(length);
    world.members.ann.isDeleted = false;
    await look(monday - 20 * minute);
    expect(world.group.users).toEqual([world.members.ann.id]);
    expect(await problem('group_problem')).toBeNull();
  });

  it('of a vendor that is down is set when it is back, not every few seconds', async () => {
    world.slack.fail('usergroups.users.update', { error: 'internal_error' });
    await look(monday - minute);
    expect(world.group.users).toEqual([world.slack.workspace.bot.id]);
    await look(monday - minute + 5_000);
    expect(sets()).toBe(1);
    await look(monday + 20 * minute);
    expect(world.group.users).toEqual([world.members.bob.id]);
    expect(await problem('group_problem')).toBeNull();
  });

  it('whose provider is inactive says so', async () => {
    await sql('update providers set is_active = false');
    await look(monday);
    expect(await problem('group_problem')).toBe(
      'No active provider has user groups. Add or activate a Slack provider, or choose another one in the schedule.',
    );
  });
});

it('names the scope that is missing, with a cure, in the log too', async () => {
  await begin(allScopes.filter((scope) => scope !== 'usergroups:write'));
  await look(monday);
  const said = await problem('group_problem');
  expect(said).toMatch(/^The Slack app lacks the scope usergroups:write\. .*reinstall/i);
  const line = world.logged.find(({ msg }) => msg === 'a user group could not be set; it is tried again');
  expect(`${line?.reason} ${line?.cure}`).toBe(said);
  world.slack.scopes.add('usergroups:write');
  await look(monday + 16 * minute);
  expect(world.group.users).toEqual([world.members.bob.id]);
});

describe('a hand-over', () => {
  it('is posted once into the channel of the team, with who was before and until when, but not at the first look', async () => {
    await look(monday - minute);
    expect(posted()).toEqual([]);
    await look(monday);
    await look(monday + minute);
    expect(posted()).toHaveLength(1);
    expect(posted()[0]).toContain('Hand-over: Primary');
    expect(posted()[0]).toContain('Bob is on call until Mon 15 Jun, 09:00 (Europe/Paris). Before: Ann.');
  });

  it('keeps the wall clock over a change of daylight saving time', async () => {
    const october = Date.UTC(2026, 9, 19, 7);
    await look(october - minute);
    await look(october);
    // A week of 169 hours.
    expect(posted()[0]).toContain('until Mon 26 Oct, 09:00 (Europe/Paris)');
    await look(october + week);
    expect(posted()).toHaveLength(1);
    await look(october + week + 60 * minute);
    expect(posted()).toHaveLength(2);
  });

  it('says that nobody is on call any more', async () => {
    await look(monday - minute);
    await sql(`update schedules set layers = '[]'`);
    await look(monday);
    expect(posted()[0]).toContain('No one is on call. Before: Ann.');
  });

  it('that was posted before the process died is found, and posted no second time', async () => {
    await look(monday - minute);
    world.slack.fail('chat.postMessage', 'lost');
    await look(monday);
    expect(posted()).toHaveLength(1);
    await look(monday + 20 * minute);
    expect(posted()).toHaveLength(1);
    expect(await sql('select sequence, posting, on_call_id from handovers')).toEqual([
      { sequence: 1, posting: null, on_call_id: world.people.bob },
    ]);
  });

  it('that was posted and not noted is found by its act', async () => {
    await look(monday - minute);
    await look(monday);
    await sql(`update handovers set on_call_id = $1, sequence = 0, posting = 'handover/' || schedule_id || '/1/' || $2`, [
      world.people.ann,
      world.people.bob,
    ]);
    await look(monday + 1);
    expect(posted()).toHaveLength(1);
  });

  it('that the channel refuses is kept, with a cure, and posted when it is mended', async () => {
    await look(monday - minute);
    world.channel.isArchived = true;
    await look(monday);
    expect(await problem('post_problem')).toMatch(/archived/i);
    world.channel.isArchived = false;
    await look(monday + 16 * minute);
    expect(posted()).toHaveLength(1);
    expect(await problem('post_problem')).toBeNull();
  });

  it('is posted by no schedule that does not want it, nor later what it missed', async () => {
    await sql('update schedules set announce_handovers = false');
    await look(monday - minute);
    await look(monday);
    await sql('update schedules set announce_handovers = true');
    await look(monday + minute);
    expect(posted()).toEqual([]);
  });

  it('is left to one process at a time', async () => {
    await look(monday - minute);
    const other = await world.database.pool.connect();
    await other.query('select pg_advisory_lock($1)', [handoverLock]);
    expect(await look(monday)).toBe(false);
    expect(posted()).toEqual([]);
    await other.query('select pg_advisory_unlock($1)', [handoverLock]);
    other.release();
    expect(await look(monday)).toBe(true);
    expect(posted()).toHaveLength(1);
  });
});
