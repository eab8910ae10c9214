import type { Connector } from '../connector.ts';
import { about } from './about.ts';
import { checkServer } from './check.ts';
import { NtfyConfig, Topic } from './config.ts';
import { writeAnnouncement, writeDigest } from './digest-message.ts';
import { quiet, writeMessage } from './message.ts';
import { publishAgain, publishNew } from './publish.ts';

export const ntfyConnector: Connector<NtfyConfig> = {
  id: 'ntfy',
  title: 'ntfy',
  about,
  config: NtfyConfig,
  check: checkServer,
  notify: {
    medium: 'push',
    hasDestination: () => true,
    // Android and the web do, on servers from 2.16 on; iPhones and older servers show both.
    dropsDoubles: () => false,
    // 60 at once, then one in five seconds, by default (docs.ntfy.sh/publish, "Limitations"); beyond, it answers 429.
    pace: { perSecond: 5 },
    address: Topic,
    send: (call, to, notification) => publishNew(call, to, writeMessage(notification, call.config)),
    update: (call, sent, notification) => publishAgain(call, sent, { ...writeMessage(notification, call.config), priority: quiet }),
    digest: {
      may: () => true,
      send: (call, to, digest) => publishNew(call, to, writeDigest(digest, call.config)),
    },
    announce: (call, to, what) => publishNew(call, to, writeAnnouncement(what, call.config)),
  },
};
