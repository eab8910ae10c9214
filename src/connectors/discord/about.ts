/** The page of this connector. */
export const about = `Sends messages to a Discord server, by a channel’s webhook or by a bot. A bot also opens war rooms, has buttons and commands, and takes what people write in a war room into the
incident’s timeline. Both may stand in one provider: what has no address then goes to \`default_channel\` by the bot, or, without one, to the webhook.

## A webhook

1. In Discord: the channel’s settings, **Integrations**, **Webhooks**, **New Webhook**, **Copy Webhook URL**.
2. Enter the URL as \`webhook_url\`. For a thread, add \`?thread_id=<its ID>\`.

That is all. The message has a link to the incident, and is changed in place later. Discord does not recognise a repeat of a webhook’s message: a send whose outcome is unknown may arrive twice.

## A bot

1. On [discord.com/developers/applications](https://discord.com/developers/applications): **New Application**. Copy **Application ID** and **Public Key** from *General Information*.
2. *Bot*: **Reset Token**, and enter the token as \`bot_token\`. Turn on **Message Content Intent** for what people write in war rooms to reach the timeline; **Server Members Intent** is used if it is on, and nothing needs it.
3. Invite the bot, with the application’s ID in the place of \`APPLICATION_ID\`:

   \`https://discord.com/oauth2/authorize?client_id=APPLICATION_ID&permissions=268437520&scope=bot\`

   This grants Manage Channels, Send Messages and Manage Roles. For the commands, use \`scope=bot+applications.commands\`. The rest of the permissions, the role *@everyone* often has already; otherwise give them to the bot’s role.
4. In Discord, with **Developer Mode** on (*User Settings*, *Advanced*), right-click and **Copy ID**: of the server as \`guild_id\`, of a category for war rooms as \`incidents_category_id\`, of a channel as \`default_channel\`.

| permission | without it |
|---|---|
| View Channels, Send Messages | nothing can be sent to the channel |
| Embed Links | messages arrive without their details |
| Manage Channels | no war rooms |
| Manage Roles | nobody can be invited to a war room, and none is closed |
| Pin Messages (before February 2026: Manage Messages) | nothing is pinned |
| Mention Everyone | \`@everyone\` notifies nobody |
| Read Message History | news do not stand below the message as replies, but by themselves |

A permission that is missing costs its own feature and no other; the test of the provider names it.

The address of a contact method is the ID of a channel, or of a person for a direct message. \`<#ID>\` and \`<@ID>\` say which of the two it is, and save a request. A person has to share a server with the bot and to allow
direct messages from its members.

## Buttons and commands

They come over the bot’s own connection to Discord (the Gateway), so this installation needs no public address. If it has one, Discord can call it instead: enter \`https://<this installation>/api/v1/discord/interactions\` as **Interactions Endpoint URL** in
*General Information*, after \`public_key\` is entered here. Discord uses one of the two ways, never both.

\`/imas help\`, \`/imas incident list\`, \`/imas incident create\` (a form), \`/imas incident ack <id>\`, \`/imas incident resolve <id>\`, \`/imas oncall\`. They are registered when the connection to Discord begins, and replace other commands
that the application has on this server: use an application of its own. A bot token is used for one server and by one installation.

## War rooms

A war room is a text channel in the category, with the category’s permissions; a private one is for those who are invited. It is found again by the last line of its topic. Only people whose Discord account is linked can be invited: Discord knows nobody by email address. When
the category is full (50 channels), rooms are opened outside of it, with its permissions. Closing a room takes everybody’s right to write in it; nothing is deleted.

What people write, edit and delete there follows in the timeline, and so does a message that somebody marks with 📌. Discord accepts two changes of a topic in ten minutes; later ones wait.

## When it fails

| failure | cure |
|---|---|
| 401 | the token was reset: copy the new one |
| 50001, Missing Access | invite the bot again, by the link above; or let it view the channel |
| 50013, Missing Permissions | give the permission to the bot’s role, on the server and in the category |
| 10003, Unknown Channel | check the ID |
| 10004, Unknown Guild | check \`guild_id\`, and invite the bot to that server |
| 10015, Unknown Webhook | it was deleted: create another |
| 50007, Cannot send messages to this user | the person shares no server with the bot, or allows no direct messages |
| 4004 at the connection | as 401 |
| 4014 at the connection | Message Content Intent is off; buttons and commands work all the same |

Messages mention nobody, whatever stands in an alert: Markdown and mentions in it are shown as plain text. Only an announcement that asks for it mentions \`@everyone\`.`;
