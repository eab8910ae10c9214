/** The page of this connector. */
export const about = `Push notifications on phones and desktops through [ntfy](https://ntfy.sh): the public server, or your own. The address of a contact method is a topic.

## Set up

1. Install the ntfy app (Android, iOS) or open the server in a browser, and subscribe to a topic. Whoever knows the name of a topic of an open server can read it: choose one that nobody guesses.
2. On a server with access control, create a user for IMAS and let it write to the topics:
   \`ntfy user add imas\`, \`ntfy access imas "imas-*" write-only\`, \`ntfy token add imas\`. The token is \`access_token\`.
   Let it read them too (\`read-write\`), and IMAS can see after a broken connection whether a message was published.
3. Create the provider with \`server_url\` and \`default_topic\`, and test it.

| severity | priority | tags |
|---|---|---|
| SEV1 | 5 | rotating_light, fire, sos |
| SEV2 | 4 | warning, exclamation |
| SEV3 | 3 | bell, loudspeaker |
| SEV4 | 2 | information_source |

What needs nobody (acknowledged, resolved, a comment) has priority 3 at most.

On a topic of their own, people get buttons: Acknowledge and Resolve act at once, without signing in. The topic of a team gets none, since everybody who reads it could press.

A notification is updated in place, without a sound, once somebody has taken the incident or it is over: with ntfy 2.16 or newer, on Android (app 1.22 or newer) and on the web. Older
servers and iPhones show a new, silent notification instead.

On Android, "Keep alerting for highest priority" makes SEV1 sound until it is dismissed.

## Failures

| failure | cure |
|---|---|
| 401 unauthorized | check \`access_token\`, or \`username\` and \`password\` |
| 403 forbidden | let this user write to the topic (\`ntfy access\`) |
| 404 page not found | \`server_url\` is not an ntfy server |
| 429 too many requests | the server limits requests: raise \`visitor-request-limit-burst\`, or exempt this host (\`visitor-request-limit-exempt-hosts\`) |
| 429 daily message quota reached | ntfy.sh allows 250 messages a day: use an account with a higher limit, or your own server |
| 507 | a topic of UnifiedPush has no subscriber: open the app on the phone once |

A message holds at most 4,096 bytes: what is longer is shortened. ntfy drops no duplicates by itself.`;
