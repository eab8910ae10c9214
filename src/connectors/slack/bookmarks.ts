import type { WebClient } from '@slack/web-api';
import { shorten } from '../../domain/shorten.ts';
import type { RoomLook } from '../connector.ts';

/** docs.slack.dev/reference/methods/bookmarks.add */
const longest = { title: 256, link: 2048 } as const;

/** The links at the top of a channel: each title once, leading where it leads now. Those that people added stay. */
export async function keepBookmarks(slack: WebClient, channel: string, links: RoomLook['links']): Promise<void> {
  const wanted = links
    .filter(({ url }) => /^https?:\/\//i.test(url) && url.length <= longest.link)
    .map(({ title, url }) => ({ title: shorten(title, longest.title), link: url }));
  if (wanted.length === 0) return;
  const { bookmarks = [] } = await slack.bookmarks.list({ channel_id: channel });
  for (const { title, link } of wanted) {
    const known = bookmarks.find((bookmark) => bookmark.title === title);
    if (known === undefined) await slack.bookmarks.add({ channel_id: channel, title, link, type: 'link' });
    else if (known.link !== link) await slack.bookmarks.edit({ channel_id: channel, bookmark_id: String(known.id), title, link });
  }
}
