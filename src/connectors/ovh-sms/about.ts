/** The page of this connector. */
export const about = `Sends SMS through an OVHcloud SMS account. The address of a contact method is a phone number in international format: \`+33612345678\`.

## Set up

1. Order an SMS account in the OVHcloud Control Panel (Telecom, SMS). Its name, such as \`sms-ab12345-1\`, is \`service_name\`.
2. Add a sender there (Senders, Add) and wait until OVHcloud has validated it, which usually takes up to 72 hours. Enter it as \`sender\`.
3. Create a token with these rights and unlimited validity:
   [eu.api.ovh.com/createToken](https://eu.api.ovh.com/createToken/?GET=/sms&GET=/sms/*&POST=/sms/*/jobs).
   Its three keys are \`application_key\`, \`application_secret\` and \`consumer_key\`.
4. Turn on automatic top-up (Options, Automatic top-up): without credits nothing is sent.

| right | what it is for |
|---|---|
| \`POST /sms/*/jobs\` | sending; this one alone is enough |
| \`GET /sms\`, \`GET /sms/*\` | remaining credits and the state of the sender in health; after a broken connection, whether the message was sent |

## Messages

Four lines: the severity, the title, the service, and a link. The link is the reader's own where there is one: it opens a page with one button, without signing in.

| | one SMS | each of several |
|---|---|---|
| with \`emoji\` | 70 characters | 67 |
| without | 160 characters | 153 |

The title is shortened so that a message takes at most four SMS; more only if its link alone needs them. Without \`emoji\`, characters that
the alphabet of phones lacks are replaced (\`ê\` by \`e\`, \`…\` by \`...\`) and other signs are left out. A text in another script, such as Cyrillic, stays as it is, and
then 70 and 67 hold again.

Without a \`sender\`, a short number sends (OVHcloud accounts in France only). OVHcloud blocks links from short numbers: such a message ends in the short id of the incident instead.

## Failures

| failure | cure |
|---|---|
| Invalid signature | check \`application_secret\` and \`consumer_key\`; check this machine's clock |
| This credential is not valid, does not exist | the token has expired or was revoked: create another |
| This call has not been granted | the token lacks the right \`POST /sms/*/jobs\` |
| 404 | \`service_name\` is no SMS account of the token's owner |
| the sender is refused | it is still being validated, or was refused: see Senders in the Control Panel |
| no credits | buy credits, or turn on automatic top-up |
| the number is not accepted | write it in international format |

OVHcloud drops no duplicates. After a connection that broke off, the message is looked for if the token may read; otherwise the timeline says that it may have been sent twice.`;
