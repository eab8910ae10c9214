import type { Announcement } from '../notification.ts';
import { oneLine } from '../notification-text.ts';
import { linkRows } from './buttons.ts';
import { colorOf, fieldsWithin, limits, weight } from './embed.ts';
import { nobody, type Body } from './message.ts';
import { plain, plainOrDash } from './plain.ts';

const colors = { bad: '#DC3545', good: '#198754', plain: '#6C757D' } as const;

/** Of the 6,000 characters: what the facts have at least, beside a long text. */
const forFacts = 2000;

export function announcementBody({ title, text, tone, facts, links, mentionAll }: Announcement): Body {
  const line = oneLine(title);
  const embed = { color: colorOf(colors[tone]), title: plainOrDash(line, limits.title) };
  const room = limits.all - weight(embed);
  const description = plain(text, Math.min(limits.description, room - (facts.length === 0 ? 0 : forFacts)));
  const fields = facts.map(([label, value]) => ({
    name: plainOrDash(oneLine(label), limits.name),
    value: plainOrDash(value, limits.value),
    inline: true,
  }));
  return {
    content: `${mentionAll ? '@everyone ' : ''}${plainOrDash(line, 400)}`,
    embeds: [
      {
        ...embed,
        ...(description.trim() !== '' && { description }),
        fields: fieldsWithin(fields, room - description.length, limits.fields),
      },
    ],
    components: linkRows(links.map((link) => [link.title, link.url])),
    allowed_mentions: mentionAll ? { parse: ['everyone'] } : nobody,
  };
}
