import type { Announcement } from '../notification.ts';
import { oneLine } from '../notification-text.ts';
import { fieldSections, header, joined, limits, section, type SlackMessage } from './block-kit.ts';
import { link, mrkdwn } from './mrkdwn.ts';

const emojis: Readonly<Record<Announcement['tone'], string>> = { bad: '🔴 ', good: '✅ ', plain: '' };

/** The one mention that is ours: docs.slack.dev/messaging/formatting-message-text#special-mentions. */
const everybody = '<!channel> ';
/** Of a message: docs.slack.dev/reference/block-kit/blocks. */
const mostFacts = 100;

export function announcementMessage({ title, text, tone, facts, links, mentionAll }: Announcement): SlackMessage {
  const heading = `${emojis[tone]}${oneLine(title)}`;
  const mention = mentionAll ? everybody : '';
  const body = `${mention}${mrkdwn(text.trim(), limits.section - everybody.length)}`.trim();
  const linked = joined(
    links.filter(({ url }) => /^https?:\/\//i.test(url)).map((one) => link(oneLine(one.url), oneLine(one.title))),
    '  ·  ',
  );
  return {
    text: `${mention}${mrkdwn(heading === '' ? text.trim() : heading, 1000)}`,
    blocks: [
      ...(heading === '' ? [] : [header(heading)]),
      ...(body === '' ? [] : [section(body)]),
      ...fieldSections(facts.slice(0, mostFacts).map(([label, value]) => `*${mrkdwn(oneLine(label), 300)}*\n${mrkdwn(value, 1500)}`)),
      ...(linked === '' ? [] : [section(linked)]),
    ],
  };
}
