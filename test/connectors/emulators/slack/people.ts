import { readModal } from './block-kit.ts';
import type { App } from './method.ts';
import type { Telling } from './sockets.ts';
import type { Heard } from './telling.ts';
import type { Channel, Member, Message } from './workspace.ts';

/** What people do in the workspace, and what Slack makes of the app's answers. */
export interface People {
  say(who: Member, channel: Channel, text: string, more?: Readonly<Record<string, unknown>>): Promise<Message>;
  edit(who: Member, channel: Channel, message: Message, text: string): Promise<void>;
  remove(who: Member, channel: Channel, message: Message): Promise<void>;
  react(who: Member, channel: Channel, message: Message, reaction: string, isAdded?: boolean): Promise<void>;
  command(who: Member, channel: Channel, text: string): Promise<void>;
  press(who: Member, channel: Channel, message: Message, actionId: string): Promise<void>;
  /** Fills in the modal that they see. */
  submit(who: Member, values: Readonly<Record<string, string>>): Promise<void>;
  /** An event of any other kind. */
  event(event: Readonly<Record<string, unknown>>): Promise<void>;
  /** What people saw of what the app did not answer in time, or with an error. */
  readonly complaints: readonly string[];
}

export interface World {
  readonly app: App;
  /** Tells the app once; null where it does not answer in time. */
  tell(telling: Telling, retry: number): Promise<Heard | null>;
  /** An address that takes a few messages. */
  responseUrl(who: Member, channel: Channel): string;
}

const retries = 3;

export function createPeople({ app, tell, responseUrl }: World): People {
  const { workspace } = app;
  const complaints: string[] = [];

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

  const trigger = (who: Member): string => {
    const id = `${workspace.id('')}.${workspace.id('')}.abcdef`;
    app.triggers.set(id, { user: who.id, madeAtMs: Date.now(), isUsed: false });
    return id;
  };

  const place = (channel: Channel) => ({
    channel: channel.id,
    channel_type: { public: 'channel', private: 'group', im: 'im' }[channel.kind],
  });

  const hears = (channel: Channel): boolean => channel.members.has(workspace.bot.id);

  return {
    complaints,
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

    async command(who, channel, text) {
      const payload = {
        token: 'unused',
        team_id: workspace.teamId,
        team_domain: 'acme',
        channel_id: channel.id,
        channel_name: channel.name,
        user_id: who.id,
        user_name: who.name,
        command: '/imas',
        text,
        api_app_id: 'A0APP',
        is_enterprise_install: 'false',
        response_url: responseUrl(who, channel),
        trigger_id: trigger(who),
      };
      const heard = await tell({ type: 'slash_commands', payload, acceptsBody: true }, 0);
      if (heard?.status !== 200)
        return void complaints.push(`/imas failed with the error "${heard === null ? 'operation_timeout' : 'dispatch_failed'}"`);
      if (heard.body !== null) showReply(heard.body, who, channel);
    },

    async press(who, channel, message, actionId) {
      const elements = (message.blocks as readonly { readonly elements?: readonly Record<string, unknown>[] }[]).flatMap(
        (block) => block.elements ?? [],
      );
      const button = elements.find((element) => element['action_id'] === actionId);
      if (button === undefined) throw new Error(`there is no button ${actionId}`);
      const payload = {
        type: 'block_actions',
        user: { id: who.id, username: who.name, name: who.name, team_id: workspace.teamId },
        api_app_id: 'A0APP',
        token: 'unused',
        container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: false },
        trigger_id: trigger(who),
        team: { id: workspace.teamId, domain: 'acme' },
        channel: { id: channel.id, name: channel.name },
        response_url: responseUrl(who, channel),
        actions: [{ ...button, block_id: 'Zx9', action_ts: workspace.ts() }],
      };
      const heard = await tell({ type: 'interactive', payload, acceptsBody: false }, 0);
      if (heard?.status !== 200) complaints.push(`a warning sign beside ${actionId}`);
    },

    async submit(who, values) {
      const screen = workspace.screen(who.id);
      const { modal } = screen;
      if (modal === null) throw new Error('there is no modal');
      const blocks = modal['blocks'] as readonly {
        readonly type: string;
        readonly block_id: string;
        readonly optional?: boolean;
        readonly element: { readonly type: string; readonly action_id: string };
      }[];
      const state = Object.fromEntries(
        blocks.map(({ block_id, element, optional }) => {
          const value = values[block_id] ?? null;
          if (value === null && optional !== true) throw new Error(`${block_id} is required`);
          const entered =
            element.type === 'static_select'
              ? { selected_option: value === null ? null : { text: { type: 'plain_text', text: value }, value } }
              : { value };
          return [block_id, { [element.action_id]: { type: element.type, ...entered } }];
        }),
      );
      const payload = {
        type: 'view_submission',
        team: { id: workspace.teamId, domain: 'acme' },
        user: { id: who.id, username: who.name, name: who.name, team_id: workspace.teamId },
        api_app_id: 'A0APP',
        token: 'unused',
        trigger_id: trigger(who),
        view: { ...modal, hash: '1.a', state: { values: state } },
        response_urls: [],
      };
      const heard = await tell({ type: 'interactive', payload, acceptsBody: true }, 0);
      if (heard?.status !== 200) return void complaints.push('We had some trouble connecting. Try again?');
      const { response_action, view } = (heard.body ?? {}) as { response_action?: string; view?: unknown };
      screen.modal = response_action === 'update' ? { ...readModal(view), id: modal['id'] } : null;
    },
  };

  function showReply(body: unknown, who: Member, channel: Channel): void {
    showText(app, who, channel, body);
  }
}

/** What an app answers a command with, or sends to a response URL. */
export function showText({ workspace }: App, who: Member, channel: Channel, body: unknown): void {
  const {
    response_type = 'ephemeral',
    text,
    replace_original,
    ...rest
  } = body as { response_type?: string; text: string; replace_original?: boolean };
  if (Object.keys(rest).length > 0 || replace_original === true) throw new Error(`what is ${JSON.stringify(body)}?`);
  if (response_type === 'ephemeral') workspace.screen(who.id).whispers.push({ channel: channel.id, threadTs: null, text });
  else
    channel.messages.push({
      ts: workspace.ts(),
      user: workspace.bot.id,
      isBots: true,
      text,
      blocks: [],
      threadTs: null,
      metadata: null,
      editedAt: null,
      calls: [],
    });
}
