import { describe, expect, it } from 'vitest';
import { slackConnector } from '../../src/connectors/slack/connector.ts';
import { allScopes } from '../../src/connectors/slack/scopes.ts';
import { words } from '../../src/texts/languages.ts';
import type { Slack } from './emulators/slack/server.ts';
import { callTo, failureIn, outcomeOf, serve, valueOf } from './slack-app.ts';

const check = (slack: Slack, config: Record<string, unknown> = {}) => outcomeOf(slackConnector.check!(callTo(slack, { config })));
const lacking = async (slack: Slack, config: Record<string, unknown> = {}): Promise<string[]> =>
  valueOf(await check(slack, config)).lacking.map(({ reason, cure }) => `${words(reason)} ${words(cure)}`);
const without = (...scopes: string[]): string[] => allScopes.filter((scope) => !scopes.includes(scope));

it('an app with all that it needs stands well, and nothing was sent', async () => {
  const slack = await serve();
  const channel = slack.workspace.channel('incidents');
  expect(await check(slack, { default_channel: channel.id, app_token: slack.tokens.app })).toEqual({
    ok: true,
    value: { account: 'Acme · imas', lacking: [] },
  });
  expect(slack.asked.map(({ method }) => method)).toEqual(['auth.test', 'conversations.info', 'apps.connections.open']);
});

describe('a token', () => {
  it.each(['invalid_auth', 'token_revoked', 'account_inactive'])('that is %s is a failure with its cure', async (code) => {
    const slack = await serve();
    slack.tokens.botRefusal = code;
    expect(failureIn(await check(slack))).toMatchObject({
      permanent: true,
      reason: `Slack refused: “${code}”.`,
      cure: expect.stringContaining('Enter the bot token'),
    });
  });

  it('of another kind is refused', async () => {
    const slack = await serve();
    slack.tokens.bot = slack.tokens.app.replace('xapp', 'xoxp');
    expect(failureIn(await check(slack, { bot_token: 'xoxb-wrong' })).reason).toBe('Slack refused: “invalid_auth”.');
  });

  it('for the socket is tried too', async () => {
    const slack = await serve();
    expect(await lacking(slack, { app_token: 'xapp-wrong' })).toEqual([
      'Slack rejected the app-level token: “invalid_auth”. Enter an app-level token (xapp-…) with connections:write, from Basic Information, and turn on Socket Mode.',
    ]);
    slack.fail('apps.connections.open', { status: 429, headers: { 'retry-after': '9' } });
    expect(await lacking(slack, { app_token: slack.tokens.app })).toEqual([]);
  });
});

describe('a scope that is missing', () => {
  it('costs its feature, which is named with what to do', async () => {
    const slack = await serve(without('pins:write'));
    expect(await lacking(slack)).toEqual([
      'War rooms have no pinned message: the scope pins:write is missing. Add pins:write under OAuth & Permissions, Bot Token Scopes, and reinstall the app.',
    ]);
  });

  it.each([
    'chat:write',
    'chat:write.public',
    'users:read.email',
    'im:write',
    'channels:manage',
    'bookmarks:read',
    'channels:history',
    'commands',
    'app_mentions:read',
    'reactions:read',
  ])('is named: %s', async (scope) => {
    const [only, ...more] = await lacking(await serve(without(scope)));
    expect(only).toContain(`Add ${scope} under`);
    expect(more).toEqual([]);
  });

  it('is not missed where nothing of it can be used, or was ever asked for', async () => {
    const slack = await serve(
      without(
        'commands',
        'app_mentions:read',
        'reactions:read',
        'groups:write',
        'groups:read',
        'groups:history',
        'im:history',
        'channels:join',
        'usergroups:read',
        'usergroups:write',
      ),
    );
    expect(await lacking(slack, { signing_secret: undefined })).toEqual([]);
    expect(await lacking(slack)).toHaveLength(3);
  });

  it('is missed where the other half is granted', async () => {
    expect(await lacking(await serve(without('usergroups:read')))).toEqual([
      expect.stringContaining('User groups are not updated: usergroups:read is missing.'),
    ]);
    expect(await lacking(await serve(without('groups:history')))).toEqual([
      expect.stringContaining('Private war rooms do not work in full: groups:history is missing.'),
    ]);
  });

  it('leaves a mere notifier with what it can do', async () => {
    const slack = await serve(['chat:write']);
    const channel = slack.workspace.channel('incidents');
    const said = await lacking(slack, { default_channel: channel.id, signing_secret: undefined });
    expect(said).toHaveLength(7);
    expect(said.join('\n')).not.toContain('chat:write is missing');
  });
});

describe('the default channel', () => {
  it.each([
    ['is not there', 'C0NOTHING', 'channel_not_found', 'Check the channel’s ID.'],
    ['is not there, by its name', '#nothing', 'channel_not_found', 'Check the channel’s ID.'],
    ['is archived', '#old', 'is_archived', 'Unarchive the channel'],
    ['is nobody’s address', 'nobody@example.com', 'users_not_found', 'Check the address'],
    ['is no member', 'U0NOBODY00', 'user_not_found', 'Check the address'],
  ])('%s', async (_, address, code, cure) => {
    const slack = await serve();
    slack.workspace.channel('old').isArchived = true;
    expect(await lacking(slack, { default_channel: address })).toEqual([
      expect.stringContaining(`The default channel ${address} cannot be used: “${code}”. ${cure}`),
    ]);
  });

  it('must have the bot in it, unless that may write in any public one', async () => {
    const slack = await serve(without('chat:write.public'));
    const { id } = slack.workspace.channel('elsewhere', { members: [] });
    const said = (await lacking(slack, { default_channel: id })).join('\n');
    expect(said).toContain('“not_in_channel”. Invite the bot: type /invite with its name in the channel.');
    slack.scopes.add('chat:write.public');
    expect(await lacking(slack, { default_channel: id })).toEqual([]);
  });

  it('is not judged where the app may not look', async () => {
    const slack = await serve(without('channels:read'));
    expect((await lacking(slack, { default_channel: 'C0NOTHING' })).join()).not.toContain('default channel');
  });

  it('may be a member or an address', async () => {
    const slack = await serve();
    const ann = slack.workspace.member('ann');
    for (const address of [ann.id, 'ann@example.com', slack.workspace.direct(ann.id).id])
      expect(await lacking(slack, { default_channel: address })).toEqual([]);
  });
});
