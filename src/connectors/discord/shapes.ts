import { z } from 'zod';

/** What is read of Discord's answers (docs.discord.com/developers/resources): an answer without it cannot be understood. */
export const MessageShape = z.object({ id: z.string(), channel_id: z.string() });

export const OverwriteShape = z.object({ id: z.string(), type: z.number(), allow: z.string(), deny: z.string() });

export const ChannelShape = z.object({
  id: z.string(),
  type: z.number(),
  guild_id: z.string().optional(),
  name: z.string().nullish(),
  topic: z.string().nullish(),
  parent_id: z.string().nullish(),
  permission_overwrites: z.array(OverwriteShape).default([]),
});
export type Channel = z.infer<typeof ChannelShape>;

export const UserShape = z.object({ id: z.string(), username: z.string() });
export const GuildShape = z.object({
  id: z.string(),
  name: z.string(),
  owner_id: z.string(),
  roles: z.array(z.object({ id: z.string(), permissions: z.string() })),
});
export const MemberShape = z.object({ roles: z.array(z.string()) });
export const ApplicationShape = z.object({ id: z.string(), flags: z.number().default(0) });
export const WebhookShape = z.object({ name: z.string().nullish() });
export const GatewayShape = z.object({
  url: z.string(),
  /** How many sessions may begin, and the milliseconds until there are more. */
  session_start_limit: z.object({ remaining: z.number(), reset_after: z.number() }),
});
export type Entrance = z.infer<typeof GatewayShape>;

/** By docs.discord.com/developers/resources/channel. */
export const channelType = { text: 0, category: 4, announcement: 5 } as const;
