/** docs.discord.com/developers/events/gateway, list of intents. */
const intent = { guilds: 1, guildMembers: 1 << 1, guildMessages: 1 << 9, guildMessageReactions: 1 << 10, messageContent: 1 << 15 } as const;

/** Those that need no consent of the application's owner. Presses and commands come with none at all. */
export const openIntents = intent.guilds | intent.guildMessages | intent.guildMessageReactions;

/** docs.discord.com/developers/resources/application, application flags: for bots in a hundred servers, and for those in fewer. */
const flag = { guildMembers: (1 << 14) | (1 << 15), messageContent: (1 << 18) | (1 << 19) } as const;

export const hasMessageContent = (flags: number): boolean => (flags & flag.messageContent) !== 0;

/** Those that are turned on for the application: Discord closes the connection of one that asks for more. */
export const intentsFor = (flags: number): number =>
  openIntents | ((flags & flag.guildMembers) === 0 ? 0 : intent.guildMembers) | (hasMessageContent(flags) ? intent.messageContent : 0);
