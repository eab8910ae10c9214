import type { Connector } from '../connector.ts';
import { about } from './about.ts';
import { checkAccount } from './check.ts';
import { createOvhClock } from './clock.ts';
import { OvhSmsConfig } from './config.ts';
import { writeAnnouncementSms, writeDigestSms } from './digest-text.ts';
import { PhoneNumber } from './phone-number.ts';
import { sendSms } from './send.ts';
import { writeSms } from './text.ts';

/** One for a process: it remembers how OVH's clock goes. */
export function createOvhSmsConnector(): Connector<OvhSmsConfig> {
  const clock = createOvhClock();
  return {
    id: 'ovh-sms',
    title: 'OVHcloud SMS',
    about,
    config: OvhSmsConfig,
    check: (call) => checkAccount(call, clock),
    notify: {
      medium: 'sms',
      // Nothing is dropped there; a message is only looked for, and only where the token may look.
      dropsDoubles: () => false,
      // How many the API bears "depends on the volume of your account" (OVHcloud SMS FAQ, rate limits); beyond, it answers 429.
      pace: { perSecond: 5 },
      address: PhoneNumber,
      send: (call, to, notification) => sendSms(call, clock, to, (look) => writeSms(notification, look)),
      digest: {
        may: () => true,
        send: (call, to, digest) => sendSms(call, clock, to, (look) => writeDigestSms(digest, look)),
      },
      announce: (call, to, what) => sendSms(call, clock, to, (look) => writeAnnouncementSms(what, look)),
    },
  };
}
