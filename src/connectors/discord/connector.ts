import type { Connector } from '../connector.ts';
import { about } from './about.ts';
import { DiscordAddress } from './address.ts';
import { announcementBody } from './announcement.ts';
import { check } from './check.ts';
import { DiscordConfig } from './config.ts';
import { digestBody } from './digest.ts';
import { createInbound } from './inbound.ts';
import { listen } from './listen.ts';
import { messageBody, replyBody } from './message.ts';
import { usualPatience, type Patience } from './patience.ts';
import { rooms } from './rooms.ts';
import { changeMessage, replyTo, sendMessage } from './send.ts';

/** @param patience shorter in tests */
export const createDiscordConnector = (patience: Patience = usualPatience): Connector<DiscordConfig> => ({
  id: 'discord',
  title: 'Discord',
  about,
  config: DiscordConfig,
  check,
  notify: {
    medium: 'chat',
    // 50 requests a second for all that a bot does (docs.discord.com/developers/topics/rate-limits). What a channel bears is told in headers alone: five in five seconds
    // at the time of writing (unverified), as many as a webhook.
    pace: { perSecond: 20, perAddressAndSecond: 1 },
    address: DiscordAddress,
    hasDestination: ({ default_channel, webhook_url }) => default_channel !== undefined || webhook_url !== undefined,
    // By its nonce; a webhook knows none.
    dropsDoubles: ({ bot_token, default_channel, webhook_url }) =>
      bot_token !== undefined && (default_channel !== undefined || webhook_url === undefined),
    send: (call, to, about) => sendMessage(call, to, (canPress) => messageBody(about, canPress)),
    update: (call, sent, about) => changeMessage(call, sent, (canPress) => messageBody(about, canPress)),
    reply: (call, sent, about) => replyTo(call, sent, replyBody(about)),
    digest: { may: () => true, send: (call, to, about) => sendMessage(call, to, () => digestBody(about)) },
    announce: (call, to, what) => sendMessage(call, to, () => announcementBody(what)),
  },
  rooms,
  inbound: createInbound(patience),
  listen: (call, on) => listen(call, on, patience),
});

export const discordConnector = createDiscordConnector();
