import type { Connector } from '../connector.ts';
import { about } from './about.ts';
import { announcementMessage } from './announcement.ts';
import { check } from './check.ts';
import { canReceive, SlackAddress, SlackConfig } from './config.ts';
import { digestMessage } from './digest.ts';
import { groups } from './groups.ts';
import { inbound } from './inbound.ts';
import { listen } from './listen.ts';
import { lookUp } from './look-up.ts';
import { messageOf, replyOf } from './message.ts';
import { rooms } from './rooms.ts';
import { change, post, reply } from './send.ts';

export const slackConnector: Connector<SlackConfig> = {
  id: 'slack',
  title: 'Slack',
  about,
  config: SlackConfig,
  check,
  notify: {
    medium: 'chat',
    // "Generally allows posting one message per second per channel", and "several hundred messages per minute" in a workspace:
    // docs.slack.dev/apis/web-api/rate-limits.
    pace: { perSecond: 5, perAddressAndSecond: 1 },
    address: SlackAddress,
    hasDestination: ({ default_channel }) => default_channel !== undefined,
    // It can be looked for, where the scopes allow it: which they are is not known here.
    dropsDoubles: () => false,
    send: (call, to, about) => post(call, { to, message: messageOf(about, canReceive(call.config)), since: about.timestamp }),
    update: (call, sent, about) => change(call, sent, messageOf(about, canReceive(call.config))),
    reply: (call, sent, about) => reply(call, sent, replyOf(about), about.timestamp),
    digest: {
      may: () => true,
      send: (call, to, about) => post(call, { to, message: digestMessage(about), since: about.timestamp }),
    },
    announce: (call, to, what) => post(call, { to, message: announcementMessage(what), since: null }),
  },
  rooms,
  groups,
  inbound,
  lookUp,
  listen,
};
