import type { People } from './people.ts';
import type { Channel, Message } from './workspace.ts';
import type { World } from './world.ts';

const retries = 3;

/** What people write and mark, and whom Slack tells: docs.slack.dev/reference/events. */
export function createWriting({
  app: { workspace },
  tell,
  complaints,
}: World): Pick<People, 'say' | 'edit' | 'remove' | 'react' | 'event'> {
  /** Up to three times more, with the same id: docs.slack.dev/apis/events-api#error-handling. */
  async function happen(event: Readonly<Record<string, unknown>>): Promise<void> {
    const payload = {
      token: 'unused',
      team_id: workspace.teamId,
      api_app_id: 'A0APP',
      type: 'event_callback',
      event_id: workspace.id('Ev'),
      event_time: Math.floor(Date.now() / 1000),
      authorizations: [{ team_id: workspace.teamId, user_id: workspace.bot.id, is_bot: true }],
      event: { ...event, event_ts: workspace.ts() },
    };
    for (let retry = 0; retry <= retries; retry += 1) {
      const heard = await tell({ type: 'events_api', payload, acceptsBody: false }, retry);
      if (heard?.status === 200) return;
    }
    complaints.push(`event ${event['type']}`);
  }

  const place = (channel: Channel) => ({
    channel: channel.id,
    channel_type: { public: 'channel', private: 'group', im: 'im' }[channel.kind],
  });

  const hears = (channel: Channel): boolean => channel.members.has(workspace.bot.id);

  return {
    async say(who, channel, text, more = {}) {
      const message: Message = {
        ts: workspace.ts(),
        user: who.id,
        isBots: false,
        text,
        blocks: [],
        threadTs: null,
        metadata: null,
        editedAt: null,
        calls: [],
      };
      channel.messages.push(message);
      const written = { ...place(channel), user: who.id, text, ts: message.ts, ...more };
      if (hears(channel)) await happen({ type: 'message', ...written });
      if (text.includes(`<@${workspace.bot.id}>`)) await happen({ type: 'app_mention', ...written });
      return message;
    },
    async edit(who, channel, message, text) {
      const before = { type: 'message', user: who.id, text: message.text, ts: message.ts };
      message.text = text;
      const now = { ...before, text, edited: { user: who.id, ts: workspace.ts() } };
      await happen({
        type: 'message',
        subtype: 'message_changed',
        hidden: true,
        ...place(channel),
        ts: workspace.ts(),
        message: now,
        previous_message: before,
      });
    },
    async remove(who, channel, message) {
      const before = { type: 'message', user: who.id, text: message.text, ts: message.ts };
      const hasReplies = channel.messages.some(({ threadTs }) => threadTs === message.ts);
      channel.messages.splice(channel.messages.indexOf(message), hasReplies ? 0 : 1);
      const event = hasReplies
        ? {
            subtype: 'message_changed',
            message: { type: 'message', subtype: 'tombstone', text: 'This message was deleted.', ts: message.ts, user: 'USLACKBOT' },
          }
        : { subtype: 'message_deleted', deleted_ts: message.ts };
      await happen({ type: 'message', hidden: true, ...place(channel), ts: workspace.ts(), previous_message: before, ...event });
    },
    react: (who, channel, message, reaction, isAdded = true) =>
      happen({
        type: isAdded ? 'reaction_added' : 'reaction_removed',
        user: who.id,
        reaction,
        item_user: message.user,
        item: { type: 'message', channel: channel.id, ts: message.ts },
      }),
    event: happen,
  };
}
