/** The page of this connector. */
export const about = `Push notifications on a person's own phone or desktop, through their browser: no app store, no account with a vendor. The push services of Google, Mozilla, Apple and
Microsoft carry the messages, encrypted for the device.

## Set up

1. IMAS must be reached by https: browsers register for push on no other address (\`localhost\` is an exception).
2. Create a provider of this type. The key pair is made for you; \`contact\` is a mail address where the push services reach you.
3. Each person opens **Profile** on the phone or desktop that is to ring, and presses **Add this device**. On an iPhone or iPad the page must first be put on the Home Screen
   (Share, then *Add to Home Screen*; iOS 16.4 or newer).

## What people get

- A page rings, stays on the screen until somebody has the incident, and carries **Acknowledge** where the browser shows buttons: one press, without opening anything. Where it
  shows none (Safari), a tap opens a page with one big button. \`IMAS_ANSWER_LINKS\` says what may be done without signing in.
- When somebody acknowledges, the notification is replaced, without a sound, by who has it.
- Several pages of one incident are one notification.
- A phone that was off gets the latest state, not all that came before it (for 24 hours).

A device rings for every severity, beside the other contact methods of its owner. Whoever wants it otherwise adds a contact method with this provider: its address is the ID of a
device, and without one it is all of them; severities and hours count as for others.

## What push cannot do

- It does not override silent mode or *Do Not Disturb*. For a phone that has to wake somebody, add [ntfy](ntfy.md) (with "Keep alerting for highest priority") or an [SMS](ovh-sms.md).
- It does not work without https.
- A browser that was not opened for a long time may end its subscription. IMAS warns the owner of a device that has gone, or that has not been seen for seven days.

## Failures

| failure | cure |
|---|---|
| 404 or 410, the device is gone | the browser ended the subscription: open **Profile** there, and add the device again |
| 401 or 403 | the provider's keys are not those that the device was added with: restore them, or add the devices again |
| 429 | the push service limits this sender: it is tried again when it says so |`;
