import { shorten } from '../../domain/shorten.ts';
import type { Announcement } from '../notification.ts';
import { oneLine } from '../notification-text.ts';
import { buttonHtml, escape, headingHtml, hostOf, idPart, linkHtml, mailPage, type MailContent } from './mail-parts.ts';

const colors: Readonly<Record<Announcement['tone'], string>> = { bad: '#DC3545', good: '#198754', plain: '#6c757d' };

/** @param sender domain of the mail's id, where it leads nowhere */
export function writeAnnouncementMail(what: Announcement, actId: string, sender: string): MailContent {
  const [first, ...others] = what.links;
  const title = shorten(oneLine(what.title), 200);
  return {
    subject: title,
    text: [
      title,
      '',
      what.text.trim(),
      ...(what.facts.length === 0 ? [] : ['', ...what.facts.map(([label, value]) => `${label}: ${oneLine(value)}`)]),
      ...(what.links.length === 0 ? [] : ['', ...what.links.map((link) => `${oneLine(link.title)}: ${link.url}`)]),
      '',
    ].join('\n'),
    html: mailPage({
      language: 'en',
      title,
      color: colors[what.tone],
      body: [
        headingHtml(title),
        `<p style="margin:0 0 16px;white-space:pre-line;overflow-wrap:anywhere">${escape(what.text.trim())}</p>`,
        ...what.facts.map(([label, value]) => `<p style="margin:0 0 4px"><b>${escape(label)}</b> ${escape(oneLine(value))}</p>`),
        ...(first === undefined ? [] : [buttonHtml(oneLine(first.title), first.url)]),
        ...others.map((link) => linkHtml(oneLine(link.title), link.url)),
      ],
    }),
    messageId: `${idPart(actId)}@${first === undefined ? sender : hostOf(first.url)}`,
    threadId: null,
    ...(what.inReplyTo !== undefined && { inReplyTo: what.inReplyTo }),
    entityId: actId,
    date: new Date().toISOString(),
    isUrgent: false,
  };
}
