import { z } from 'zod';
import type { Received } from '../connector.ts';
import type { DiscordConfig } from './config.ts';

const Person = z.object({ id: z.string(), username: z.string(), global_name: z.string().nullish() });

const common = {
  id: z.string(),
  application_id: z.string(),
  token: z.string(),
  channel_id: z.string().optional(),
  guild_id: z.string().optional(),
  locale: z.string().optional(),
  member: z.object({ nick: z.string().nullish(), user: Person }).optional(),
  user: Person.optional(),
};

interface Option {
  readonly name: string;
  readonly type: number;
  readonly value?: string | number | boolean | undefined;
  readonly options?: readonly Option[] | undefined;
}
const OptionShape: z.ZodType<Option> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.number(),
    value: z.union([z.string(), z.number(), z.boolean()]).optional(),
    options: z.array(OptionShape).optional(),
  }),
);

const Entry = z.object({ custom_id: z.string(), value: z.string().optional(), values: z.array(z.string()).optional() });
/** A label holds one field, a row (the older way) several. */
const Part = z.object({ component: Entry.optional(), components: z.array(Entry).optional() });

/** docs.discord.com/developers/interactions/receiving-and-responding, interaction object: a handshake, a command, a pressed button, a form. */
const InteractionShape = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal(1) }),
  z.object({ ...common, type: z.literal(2), data: z.object({ name: z.string(), options: z.array(OptionShape).default([]) }) }),
  z.object({ ...common, type: z.literal(3), data: z.object({ custom_id: z.string() }) }),
  z.object({ ...common, type: z.literal(5), data: z.object({ custom_id: z.string(), components: z.array(Part) }) }),
]);
export type Interaction = z.infer<typeof InteractionShape>;
export type Act = Exclude<Interaction, { type: 1 }>;

/** Null for what is none, or of a kind that is not used here. */
export const readInteraction = (json: unknown): Interaction | null => InteractionShape.safeParse(json).data ?? null;

/**
 * Whether it was done on the connection's server, or in a conversation with the bot. An application may be on servers of others too, and two connections
 * may have the same one.
 */
export const isFor = (
  { guild_id, application_id }: Pick<DiscordConfig, 'guild_id' | 'application_id'>,
  interaction: Interaction,
): boolean =>
  (guild_id === undefined || interaction.guild_id === undefined || interaction.guild_id === guild_id) &&
  (application_id === undefined || interaction.application_id === application_id);

/** The command that we register; its name is no part of what was asked. */
export const ourCommand = 'imas';

export function receivedOf(interaction: Act): Received {
  const { id, member, user } = interaction;
  const person = member?.user ?? user ?? null;
  return {
    id,
    accountName: member?.nick ?? person?.global_name ?? person?.username ?? null,
    accountId: person?.id ?? null,
    room: interaction.channel_id ?? null,
    what: whatOf(interaction),
  };
}

function whatOf(interaction: Act): Received['what'] {
  switch (interaction.type) {
    case 2: {
      const { name, options } = interaction.data;
      return { kind: 'command', text: [...(name === ourCommand ? [] : [name]), ...wordsOf(options)].join(' ') };
    }
    case 3: {
      const [button = '', ...value] = interaction.data.custom_id.split(':');
      return { kind: 'press', button, value: value.join(':') };
    }
    case 5: {
      const { custom_id: form, components } = interaction.data;
      const entries = components.flatMap(({ component, components: row = [] }) => (component === undefined ? row : [component]));
      return {
        kind: 'form',
        form,
        values: Object.fromEntries(entries.map((entry) => [entry.custom_id, entry.value ?? entry.values?.[0] ?? ''])),
      };
    }
  }
}

/** As it would be typed: the names of groups and subcommands, then the values. */
const wordsOf = (options: readonly Option[]): readonly string[] =>
  options.flatMap(({ name, value, options: inner = [] }) => (value === undefined ? [name, ...wordsOf(inner)] : [String(value).trim()]));
