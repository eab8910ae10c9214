import { slackManifest } from './manifest.ts';
import { features } from './scopes.ts';

const manifest = JSON.stringify(slackManifest({ baseUrl: 'https://imas.example.com', socketMode: false }), null, 2);

const rows = features.map(({ does, scopes }) => `| ${does} | ${scopes.map((scope) => `\`${scope}\``).join(' ')} |`).join('\n');

/** The page of this connector. */
export const about = `Notifies channels and people in Slack, opens war rooms, keeps user groups, and takes buttons and \`/imas\` from there.

An address is a channel's ID (\`C0123456789\`), \`#name\`, a member's ID (\`U0123456789\`) or an email address. A message follows its incident: it is
changed in place, and what is new stands in its thread. Names and texts from outside never mention anybody.

## Set up

1. Open [api.slack.com/apps](https://api.slack.com/apps), **Create New App**, **From a manifest**, and choose the workspace.
2. Paste the manifest of your installation: \`GET /api/v1/provider-types/SLACK/manifest/\` returns it with your own addresses (\`?socket_mode=true\` for Socket Mode). Or take the one [below](#app-manifest), with the address of your IMAS in the place of \`https://imas.example.com\`. Create the app.
3. **Install App**, **Install to Workspace**. Copy the **Bot User OAuth Token** (\`xoxb-…\`) into \`bot_token\`.
4. **Basic Information**, **App Credentials**: copy the **Signing Secret** into \`signing_secret\`.
5. Save the provider, then **Event Subscriptions**, **Retry** next to the Request URL: Slack shows *Verified*.
6. In private channels, type \`/invite @imas\`. Test the provider.

If Slack cannot reach your IMAS, use Socket Mode: in the manifest, set \`socket_mode_enabled\` to \`true\` and leave out the three URLs. Then
**Basic Information**, **App-Level Tokens**, **Generate**, with the scope \`connections:write\`: copy the token (\`xapp-…\`) into \`app_token\`. \`signing_secret\` is not
needed then. IMAS opens the connection, to Slack alone.

To notify only, \`bot_token\` and the scope \`chat:write\` are enough; without a signing secret or an app-level token, messages have no buttons but links.

## Who is on call

A schedule may name a **User Group**, as \`@sre-oncall\` or by its ID: IMAS keeps it equal to who is on call, overrides included, so that whoever mentions
it reaches them. Make the group in Slack first (a paid plan has them), and let the app change groups: **User Groups** in the workspace's permissions, and the scopes in the
table below. People are found by their linked account, else by their email address. Whoever else is in the group is removed; while nobody is on call it stays as it is. With several
workspaces, choose the provider in the schedule too.

When somebody else is on call, the channel of the schedule's team (\`slack_channel_id\`) is told: *Hand-over: Primary. Bob is on call until Mon 7 Dec, 09:00. Before: Ann.* Turn it off in
the schedule with **Announce Hand-overs**. What goes wrong is tried again, and stands on the home page and in the schedule's **Warning**.

## Scopes

A missing scope costs the features in its row and no others; the provider's health names them. After adding a scope, reinstall the app.

| feature | scopes |
|---|---|
${rows}

## Good to know

- A room that was closed is archived. Bots cannot unarchive a channel: if its incident comes back, a new room gets the same name with \`-2\`.
- Slack takes about one message a second for each channel; IMAS keeps to that, over all its processes.
- After an interruption, IMAS looks for its message in the channel before it sends it again. It can do so only in channels that the bot is in.
- \`/imas\` and buttons act for the IMAS account that is linked to whoever uses them.

## Troubleshooting

| Slack says | cure |
|---|---|
| \`invalid_auth\`, \`token_revoked\`, \`account_inactive\` | copy the bot token again; reinstall the app if it was removed |
| \`not_in_channel\` | \`/invite @imas\` in the channel |
| \`channel_not_found\` | check the ID; in a private channel, \`/invite @imas\` |
| \`is_archived\` | unarchive the channel, or choose another |
| \`missing_scope\` | add the scope that is named, reinstall the app |
| \`users_not_found\` | no active member of the workspace has this email address |
| \`messages_tab_disabled\` | **App Home**, turn on the **Messages Tab** |
| \`restricted_action\` | a setting of the workspace or channel: ask a Slack admin |
| \`ratelimited\` | nothing to do: IMAS waits as long as Slack asks for |
| the Request URL is not verified | check \`signing_secret\`, and that Slack reaches \`/api/v1/slack/events/\` over HTTPS |
| a button shows a warning sign | the request did not reach IMAS: check **Interactivity & Shortcuts**, Request URL |

## App manifest

\`\`\`json
${manifest}
\`\`\``;
