import { describe, expect, it } from 'vitest';
import { words } from '../../src/texts/languages.ts';
import { right, type Right } from './emulators/discord/rights.ts';
import { known, type World } from './emulators/discord/world.ts';
import { botConfig, callWith, connector, discord, outcomeOf, valueOf, webhookConfig } from './use-discord.ts';

const check = connector.check!;
const standing = async (config: Parameters<typeof callWith>[0]) => {
  const { account, lacking } = await valueOf(check(callWith(config)));
  return { account, lacking: lacking.map(({ reason, cure }) => [words(reason), words(cure)]) };
};
const whole = (server: Awaited<ReturnType<typeof discord>>) =>
  botConfig(server, { default_channel: known.alerts, incidents_category_id: known.category });

describe('the check', () => {
  it('says who we are, and changes nothing', async () => {
    const server = await discord();
    expect(await standing(whole(server))).toEqual({ account: 'imas (Acme)', lacking: [] });
    expect(await standing(webhookConfig(server))).toEqual({ account: 'IMAS alerts', lacking: [] });
    expect(await standing({ ...whole(server), ...webhookConfig(server) })).toEqual({ account: 'imas (Acme), IMAS alerts', lacking: [] });
    expect(server.requests.filter(({ line }) => !line.startsWith('GET '))).toEqual([]);
  });

  it.each<[Right, string]>([
    ['manageChannels', 'The bot lacks the permission “Manage Channels”: no war rooms, topics or links.'],
    ['manageRoles', 'The bot lacks the permission “Manage Roles”: nobody can be invited to a war room, and none is closed.'],
    ['pinMessages', 'The bot lacks the permission “Pin Messages”: nothing is pinned in war rooms.'],
    ['embedLinks', 'The bot lacks the permission “Embed Links”: messages arrive without their details.'],
    ['mentionEveryone', 'The bot lacks the permission “Mention Everyone”: @everyone notifies nobody.'],
  ])('names %s where it is missing, and what does not work without it', async (name, reason) => {
    const server = await discord();
    for (const role of server.world.roles.values()) role.permissions &= ~right[name];
    const { lacking } = await standing(whole(server));
    expect(lacking).toEqual([[reason, expect.stringMatching(/^Give the bot’s role the permission “/)]]);
  });

  it.each<[Right, string]>([
    ['viewChannel', 'View Channels'],
    ['sendMessages', 'Send Messages'],
  ])('names %s alone, without which the others are of no use', async (name, called) => {
    const server = await discord();
    for (const role of server.world.roles.values()) role.permissions &= ~right[name];
    const { lacking } = await standing(botConfig(server));
    expect(lacking.map(([reason]) => /“(.*)”/.exec(reason!)![1])).toEqual([called]);
  });

  it('is content with what an administrator, or the owner, may', async () => {
    const server = await discord();
    for (const role of server.world.roles.values()) role.permissions = 0n;
    server.world.roles.get(known.botRole)!.permissions = right.administrator;
    server.world.channels.get(known.alerts)!.overwrites.push({ id: known.guild, type: 0, allow: 0n, deny: right.viewChannel });
    expect(await standing(whole(server))).toMatchObject({ lacking: [] });
  });

  it('reads the overwrites of the category and of the channel', async () => {
    const server = await discord();
    const deny = (channel: string, id: string, type: number, what: Right) =>
      server.world.channels.get(channel)!.overwrites.push({ id, type, allow: 0n, deny: right[what] });
    deny(known.category, known.botRole, 0, 'pinMessages');
    deny(known.alerts, known.bot, 1, 'embedLinks');
    // Given back to the bot alone.
    deny(known.alerts, known.guild, 0, 'mentionEveryone');
    server.world.channels.get(known.alerts)!.overwrites.push({ id: known.bot, type: 1, allow: right.mentionEveryone, deny: 0n });
    const { lacking } = await standing(whole(server));
    expect(lacking.map(([reason]) => /“(.*)”/.exec(reason!)![1])).toEqual(['Pin Messages', 'Embed Links']);
  });

  it.each<[string, (world: World) => void, string, RegExp]>([
    [
      'commands',
      ({ application }) => void application.scopes.delete('applications.commands'),
      'The bot was invited without commands: /imas is missing.',
      new RegExp(`client_id=${known.application}&permissions=268437520&scope=bot\\+applications.commands$`),
    ],
    [
      'what people write',
      ({ application }) => void (application.flags = 0),
      'Message Content Intent is off: what people write in war rooms does not reach the timeline.',
      /Turn on Message Content Intent/,
    ],
    [
      'the category',
      ({ channels }) => void channels.delete(known.category),
      `There is no category ${known.category} on the server.`,
      /incidents_category_id/,
    ],
    [
      'the default channel',
      ({ channels }) => void channels.delete(known.alerts),
      'Discord: “Unknown Channel” (10003).',
      /Check the channel’s ID/,
    ],
  ])('names %s where it is missing', async (_, prepare, reason, cure) => {
    const server = await discord();
    prepare(server.world);
    expect(await standing(whole(server))).toMatchObject({ lacking: [[reason, expect.stringMatching(cure)]] });
  });

  it('says that the default channel takes no messages', async () => {
    const server = await discord();
    const { lacking } = await standing(botConfig(server, { default_channel: known.category }));
    expect(lacking).toEqual([[`The channel ${known.category} takes no messages.`, 'Choose a text channel.']]);
  });

  it.each<[string, (world: World) => void, string, RegExp]>([
    [
      'the token is wrong',
      (world) => void Object.assign(world, { token: 'x' }),
      'Discord: “401: Unauthorized” (0).',
      /Copy the bot token again/,
    ],
    [
      'the bot was put out',
      ({ members }) => void members.delete(known.bot),
      'Discord: “Missing Access” (50001).',
      new RegExp(`Invite the bot again .*client_id=${known.application}&`),
    ],
    [
      'there is no such server',
      (world) => void Object.assign(world.guild, { id: known.stranger }),
      'Discord: “Unknown Guild” (10004).',
      /Check guild_id/,
    ],
  ])('fails when %s; but the webhook goes on', async (_, prepare, reason, cure) => {
    const server = await discord();
    const config = whole(server);
    prepare(server.world);
    expect(await outcomeOf(check(callWith(config)))).toMatchObject({
      ok: false,
      permanent: true,
      reason,
      cure: expect.stringMatching(cure),
    });
    expect(await standing({ ...config, ...webhookConfig(server) })).toEqual({
      account: 'IMAS alerts',
      lacking: [[reason, expect.stringMatching(cure)]],
    });
  });

  it('fails when the webhook was deleted; but the bot goes on', async () => {
    const server = await discord();
    server.world.webhooks.clear();
    expect(await outcomeOf(check(callWith(webhookConfig(server))))).toMatchObject({
      ok: false,
      reason: 'Discord: “Unknown Webhook” (10015).',
    });
    expect(await standing({ ...whole(server), ...webhookConfig(server) })).toMatchObject({
      account: 'imas (Acme)',
      lacking: [['Discord: “Unknown Webhook” (10015).', expect.stringMatching(/^The webhook was deleted/)]],
    });
  });
});
