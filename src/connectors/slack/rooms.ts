import type { WebClient } from '@slack/web-api';
import { shorten } from '../../domain/shorten.ts';
import type { Member, RoomLook, Rooms } from '../connector.ts';
import { oneLine } from '../notification-text.ts';
import { done, type Failure, type Outcome, type Ref } from '../outcome.ts';
import { keepBookmarks } from './bookmarks.ts';
import { channelOf, listChannels, type Channel } from './channels.ts';
import { asking, type SlackCall } from './client.ts';
import { canReceive, type SlackConfig } from './config.ts';
import { codeOf, toFailure } from './failure.ts';
import { invite, membersOf } from './members.ts';
import { messageOf } from './message.ts';
import { readRef } from './refs.ts';
import { post } from './send.ts';

export const rooms: Rooms<SlackConfig> = {
  ensure: (call, room) => asking(call, async (slack) => done(await refOfRoom(slack, await ensureChannel(slack, room)))),
  describe: (call, room, look) => asking(call, (slack) => describe(call, slack, room, look)),
  invite: (call, room, members) => asking(call, (slack) => inviteAll(slack, room, members)),
  post: (call, room, about) => post(call, { to: room.id, message: messageOf(about, canReceive(call.config)), since: about.timestamp }),
  pin: (call, room, message) =>
    asking(call, async (slack) => {
      await harmless('already_pinned', slack.pins.add({ channel: room.id, timestamp: readRef(message).ts }));
      return done(message);
    }),
  close: (call, room) =>
    asking(call, async (slack) => {
      await harmless('already_archived', slack.conversations.archive({ channel: room.id }));
      return done(room);
    }),
};

/** Of a channel: docs.slack.dev/reference/methods/conversations.create, conversations.setTopic. */
const longestName = 80;
const longestTopic = 250;
/** Bots cannot unarchive: a room that was closed is followed by `…-2`. */
const mostRooms = 9;

/** Names are unique in a workspace, archived channels' too, and a room's name holds the incident's short id. */
async function ensureChannel(slack: WebClient, { name, isPrivate }: RoomLook): Promise<Channel> {
  let seen: readonly Channel[] | null = null;
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const wanted = `${name.slice(0, longestName - suffix.length)}${suffix}`;
    try {
      const { channel } = await slack.conversations.create({ name: wanted, is_private: isPrivate });
      return channelOf(channel ?? {});
    } catch (error) {
      if (codeOf(error) !== 'name_taken') throw error;
      seen ??= await channelsLike(slack, name);
      const known = seen.find((channel) => channel.name === wanted && !channel.isArchived);
      if (known !== undefined) return entered(slack, known);
      // Another's private channel, which the bot cannot see, is passed over like one that was closed.
      if (number === mostRooms) throw error;
    }
  }
}

async function channelsLike(slack: WebClient, name: string): Promise<readonly Channel[]> {
  const begin = name.slice(0, longestName - 2);
  const found: Channel[] = [];
  for await (const channel of listChannels(slack)) if (channel.name.startsWith(begin)) found.push(channel);
  return found;
}

/** Whoever opened it: the bot must be in it to do anything there. */
async function entered(slack: WebClient, channel: Channel): Promise<Channel> {
  if (!channel.isMember) await slack.conversations.join({ channel: channel.id });
  return channel;
}

/** The address of a workspace is what Slack's own links begin with: other forms open a browser only. */
async function refOfRoom(slack: WebClient, { id, name }: Channel): Promise<Ref> {
  const { url } = await slack.auth.test();
  return { id, url: `${url ?? 'https://slack.com/'}archives/${id}`, receipt: `Slack #${name} ${id}` };
}

/** Both are done, also where one of them fails. */
async function describe(call: SlackCall, slack: WebClient, room: Ref, { topic, links }: RoomLook): Promise<Outcome<Ref>> {
  const steps = [() => setTopic(slack, room.id, topic), () => keepBookmarks(slack, room.id, links)];
  const failures: Failure[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(toFailure(error, call.http));
    }
  }
  return failures[0] ?? done(room);
}

/** Each change is a message in the channel, so there is none where nothing changes. Topics know no formatting, and need no escaping. */
async function setTopic(slack: WebClient, channel: string, text: string): Promise<void> {
  const topic = shorten(oneLine(text), longestTopic);
  const before = await topicOf(slack, channel);
  // Slack answers with what it has, escaped.
  if (before !== null && unescaped(before) === topic) return;
  await slack.conversations.setTopic({ channel, topic });
}

/** Null where the app may not read it. */
async function topicOf(slack: WebClient, channel: string): Promise<string | null> {
  try {
    return (await slack.conversations.info({ channel })).channel?.topic?.value ?? '';
  } catch (error) {
    if (codeOf(error) === 'missing_scope') return null;
    throw error;
  }
}

const unescaped = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

async function inviteAll(slack: WebClient, room: Ref, members: readonly Member[]): Promise<Outcome<readonly Member[]>> {
  if (members.length === 0) return done([]);
  const { found, unknown, refusal } = await membersOf(slack, members);
  if (found.length === 0 && refusal !== null) throw refusal;
  const refused = await invite(
    slack,
    room.id,
    found.map(({ id }) => id),
  );
  return done([...unknown, ...found.filter(({ id }) => refused.has(id)).map(({ member }) => member)]);
}

/** What has been done before is no failure. */
async function harmless(code: string, act: Promise<unknown>): Promise<void> {
  try {
    await act;
  } catch (error) {
    if (codeOf(error) !== code) throw error;
  }
}
