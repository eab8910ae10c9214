import { z } from 'zod';

/**
 * Bodies by docs.discord.com/developers and by Discord's own description of its API (github.com/discord/discord-api-spec). Fields that Discord does not know are
 * ignored by it, and refused here. Where the two differ, the narrower counts: 2,000 characters of content, 1,024 of a topic, five fields of a form.
 */
export const Snowflake = z.string().regex(/^\d{17,20}$/);
/** Discord trims, and takes an empty text for none. */
const text = (max: number) => z.string().trim().min(1).max(max);
const url = (max: number) => z.url({ protocol: /^https?$/ }).max(max);

const Embed = z
  .strictObject({
    title: text(256).optional(),
    description: text(4096).optional(),
    url: url(2048).optional(),
    timestamp: z.iso.datetime({ offset: true }).optional(),
    color: z.int().min(0).max(0xffffff).optional(),
    author: z.strictObject({ name: text(256), url: url(2048).optional() }).optional(),
    footer: z.strictObject({ text: text(2048) }).optional(),
    fields: z
      .array(z.strictObject({ name: text(256), value: text(1024), inline: z.boolean().optional() }))
      .max(25)
      .optional(),
  })
  .refine(({ title, description, author, footer, fields }) => Boolean(title ?? description ?? author ?? footer ?? fields?.[0]), 'is empty');

const sizeOf = ({ title = '', description = '', author, footer, fields = [] }: z.infer<typeof Embed>): number =>
  [title, description, author?.name ?? '', footer?.text ?? '', ...fields.flatMap(({ name, value }) => [name, value])].join('').length;

const Embeds = z
  .array(Embed)
  .max(10)
  .refine((embeds) => embeds.reduce((sum, embed) => sum + sizeOf(embed), 0) <= 6000, 'Embed size exceeds maximum size of 6000');

const Button = z.union([
  z.strictObject({ type: z.literal(2), style: z.int().min(1).max(4), label: text(80), custom_id: z.string().min(1).max(100) }),
  z.strictObject({ type: z.literal(2), style: z.literal(5), label: text(80), url: url(512) }),
]);

const Components = z
  .array(z.strictObject({ type: z.literal(1), components: z.array(Button).min(1).max(5) }))
  .max(5)
  .refine((rows) => {
    const ids = rows.flatMap(({ components }) => components.flatMap((button) => ('custom_id' in button ? [button.custom_id] : [])));
    return new Set(ids).size === ids.length;
  }, 'Component custom id cannot be duplicated');

const AllowedMentions = z
  .strictObject({
    parse: z.array(z.enum(['users', 'roles', 'everyone'])).optional(),
    users: z.array(Snowflake).max(100).optional(),
    roles: z.array(Snowflake).max(100).optional(),
    replied_user: z.boolean().optional(),
  })
  .refine(
    ({ parse = [], users = [] }) => users.length === 0 || !parse.includes('users'),
    'parse:["users"] and users: [ids...] are mutually exclusive.',
  );

const message = {
  content: z.string().max(2000).nullish(),
  embeds: Embeds.nullish(),
  components: Components.nullish(),
  allowed_mentions: AllowedMentions.nullish(),
};

export const MessageEdit = z.strictObject(message);
export const WebhookMessage = z.strictObject({ ...message, username: text(80).optional() });
export const MessageCreate = z.strictObject({
  ...message,
  nonce: z.union([z.int(), z.string().max(25)]).optional(),
  enforce_nonce: z.boolean().optional(),
  message_reference: z
    .strictObject({
      message_id: Snowflake,
      channel_id: Snowflake.optional(),
      guild_id: Snowflake.optional(),
      fail_if_not_exists: z.boolean().optional(),
    })
    .optional(),
});
export type MessageCreate = z.infer<typeof MessageCreate>;

const Bits = z.string().regex(/^\d{1,20}$/);
const OverwriteBody = z.strictObject({ id: Snowflake, type: z.int().min(0).max(1), allow: Bits.nullish(), deny: Bits.nullish() });
export const OverwriteEdit = OverwriteBody.omit({ id: true });
export const ChannelCreate = z.strictObject({
  name: z.string().min(1).max(100),
  type: z.int().optional(),
  topic: z.string().max(1024).nullish(),
  parent_id: Snowflake.nullish(),
  permission_overwrites: z.array(OverwriteBody).max(100).nullish(),
});
export const ChannelEdit = z.strictObject({ name: z.string().min(1).max(100).optional(), topic: z.string().max(1024).nullish() });
export const DirectChannel = z.strictObject({ recipient_id: Snowflake });

/** docs.discord.com/developers/interactions/application-commands: names in small letters, groups hold subcommands and no more groups. */
const name = z
  .string()
  .regex(/^[-_'\p{L}\p{N}]{1,32}$/u)
  .refine((one) => one === one.toLowerCase(), 'Command name is invalid');
const described = {
  name,
  description: text(100),
  description_localizations: z.partialRecord(z.enum(['fr', 'de', 'en-US', 'en-GB']), text(100)).nullish(),
};
const Value = z.strictObject({ ...described, type: z.literal(3), required: z.boolean().optional() });
const Subcommand = z.strictObject({ ...described, type: z.literal(1), options: z.array(Value).max(25).optional() });
const Group = z.strictObject({ ...described, type: z.literal(2), options: z.array(Subcommand).min(1).max(25) });
export const Commands = z
  .array(
    z.strictObject({
      ...described,
      type: z.literal(1).optional(),
      options: z
        .array(z.union([Value, Subcommand, Group]))
        .max(25)
        .optional(),
    }),
  )
  .max(130);

const Flags = z.literal(64).optional();
const Field = z.strictObject({
  type: z.literal(18),
  label: text(45),
  component: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal(4),
      custom_id: z.string().min(1).max(100),
      style: z.int().min(1).max(2),
      required: z.boolean().optional(),
    }),
    z.strictObject({
      type: z.literal(3),
      custom_id: z.string().min(1).max(100),
      required: z.boolean().optional(),
      options: z
        .array(z.strictObject({ label: text(100), value: text(100) }))
        .min(1)
        .max(25),
    }),
  ]),
});
/** The first answer to an interaction: docs.discord.com/developers/interactions/receiving-and-responding. */
export const Response = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal(1) }),
  z.strictObject({ type: z.literal(4), data: z.strictObject({ ...message, flags: Flags }) }),
  z.strictObject({ type: z.literal(5), data: z.strictObject({ flags: Flags }).optional() }),
  z.strictObject({ type: z.literal(6) }),
  z.strictObject({
    type: z.literal(9),
    data: z.strictObject({ custom_id: z.string().min(1).max(100), title: text(45), components: z.array(Field).min(1).max(5) }),
  }),
]);
