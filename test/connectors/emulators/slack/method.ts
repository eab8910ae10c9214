import type { z } from 'zod';
import type { Workspace } from './workspace.ts';
import type { Channel } from './workspace.ts';
import { refuse } from './refusal.ts';

/** What the methods of one app work on. */
export interface App {
  readonly workspace: Workspace;
  readonly scopes: Set<string>;
  /** Of a press, a command or a form: good for three seconds, and once. */
  readonly triggers: Map<string, { readonly user: string; readonly madeAtMs: number; isUsed: boolean }>;
  /** Where a socket opens. */
  socketUrl(): string;
}

export interface Method {
  /** A form's fields, all of them texts; others are refused. */
  readonly takes: z.ZodType<Readonly<Record<string, string>>>;
  /** One of these is needed; none where it is empty. Which ones may depend on the channel. */
  scopes(args: Readonly<Record<string, string | undefined>>, app: App): readonly string[];
  readonly token: 'bot' | 'app';
  run(args: Readonly<Record<string, string | undefined>>, app: App): Readonly<Record<string, unknown>>;
}

/** As it is known: the conversations that the bot can see. @throws Refusal */
export function channelOf({ workspace }: App, id: string | undefined): Channel {
  const channel = workspace.channels.get(id ?? '');
  if (channel === undefined || (channel.kind !== 'public' && !channel.members.has(workspace.bot.id))) return refuse('channel_not_found');
  return channel;
}

/** `channels:…` for public ones, `groups:…` for private ones, `im:…` for direct ones. */
export const byKind =
  (action: { readonly public: string; readonly private: string; readonly im: string }) =>
  (args: Readonly<Record<string, string | undefined>>, { workspace }: App): readonly string[] => {
    const channel = workspace.channels.get(args['channel'] ?? args['channel_id'] ?? '');
    return [action[channel?.kind ?? 'public']];
  };

export const isMember = ({ workspace }: App, channel: Channel): boolean => channel.members.has(workspace.bot.id);

/** docs.slack.dev/reference/objects/conversation-object */
export const conversation = (app: App, channel: Channel) => ({
  id: channel.id,
  name: channel.name,
  is_channel: channel.kind === 'public',
  is_group: channel.kind === 'private',
  is_im: channel.kind === 'im',
  is_private: channel.kind !== 'public',
  is_archived: channel.isArchived,
  is_member: isMember(app, channel),
  context_team_id: app.workspace.teamId,
  topic: { value: escaped(channel.topic), creator: '', last_set: 0 },
  purpose: { value: '', creator: '', last_set: 0 },
});

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
