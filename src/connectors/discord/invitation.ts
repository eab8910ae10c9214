/** Manage Channels, Send Messages and Manage Roles. What else is used, the role of everybody has by default, or costs one feature. */
const invited = 268437520;

/** Where an administrator of the server lets the bot in. */
export const invitation = (applicationId: string | undefined, scopes = 'bot'): string =>
  `https://discord.com/oauth2/authorize?client_id=${applicationId ?? 'APPLICATION_ID'}&permissions=${invited}&scope=${scopes}`;
