import { createHash } from 'node:crypto';
import { severityLook } from '../../domain/vocabulary.ts';
import type { Notification } from '../notification.ts';
import { shorten } from '../../domain/shorten.ts';
import { bodyText, facts, headline, oneLine, quickLinks, whyText } from '../notification-text.ts';

export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets; the same on every attempt of this delivery. */
  readonly messageId: string;
  /**
   * No mail has this id: all mails of an incident refer to it, by which mail programs join them (RFC 5256 §3, REFERENCES, a
   * missing parent). Gmail, whose rules are its own, has not been tried.
   */
  readonly threadId: string;
}

/** Everything that a mail about an incident says. */
export function writeMail(notification: Notification, deliveryId: string): MailContent {
  const { incident } = notification;
  const host = new URL(incident.url).hostname.replaceAll(/[^A-Za-z0-9.-]/g, '');
  return {
    subject: shorten(`[${incident.shortId}] ${incident.severity} ${oneLine(incident.title)}`, 200),
    text: writeText(notification),
    html: writeHtml(notification),
    messageId: `${idPart(deliveryId)}@${host}`,
    threadId: `incident-${idPart(incident.id)}@${host}`,
  };
}

/** RFC 5322 §3.6.4 wants dot-atom text; any other id becomes its hash, which is as stable. */
const idPart = (id: string): string =>
  /^[A-Za-z0-9_-]+$/.test(id) && id.length <= 64 ? id : createHash('sha256').update(id).digest('hex').slice(0, 40);

/** What its link is for: nobody is asked to acknowledge what somebody has, or what is over. */
const invitation = ({ incident }: Notification): string => (incident.status === 'TRIGGERED' ? 'Acknowledge or view' : 'View the incident');

function writeText(notification: Notification): string {
  const { incident } = notification;
  const why = whyText(notification);
  return [
    `${headline(notification)}: ${oneLine(incident.title)}`,
    '',
    `${invitation(notification)}: ${incident.url}`,
    '',
    ...facts(notification).map(([label, value]) => `${label}: ${oneLine(value)}`),
    '',
    bodyText(notification),
    '',
    ...quickLinks(notification).map(([label, url]) => `${label}: ${url}`),
    '',
    `${incident.shortId}, ${notification.timestamp}`,
    ...(why === '' ? [] : [`Why you get this: ${why}`]),
    '',
  ].join('\n');
}

/** One narrow column of inline styles, since mail programs drop style sheets; colours come in pairs that read on light and dark. */
function writeHtml(notification: Notification): string {
  const { incident } = notification;
  const why = whyText(notification);
  const { color, emoji } = severityLook[incident.severity];
  const rows = facts(notification).map(
    ([label, value]) =>
      `<tr><td style="padding:4px 16px 4px 0;opacity:.7;white-space:nowrap;vertical-align:top">${escape(label)}</td><td style="padding:4px 0"><strong>${escape(oneLine(value))}</strong></td></tr>`,
  );
  const links = quickLinks(notification).map(([label, url]) => `<a href="${escape(url)}" style="margin-right:16px">${escape(label)}</a>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escape(oneLine(incident.title))}</title>
<style>:root{color-scheme:light dark}a.go{color:#ffffff!important}</style></head>
<body style="margin:0;padding:16px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div style="max-width:560px;margin:0 auto;border-top:6px solid ${color};padding-top:16px">
<p style="margin:0;font-size:14px">${emoji} ${escape(headline(notification))} · ${escape(incident.shortId)}</p>
<h1 style="margin:4px 0 16px;font-size:22px;line-height:1.3;overflow-wrap:anywhere">${escape(oneLine(incident.title))}</h1>
<p style="margin:0 0 16px"><a class="go" href="${escape(incident.url)}" style="display:block;padding:16px;border-radius:8px;background:#1c4ed8;color:#ffffff;font-size:18px;font-weight:700;text-align:center;text-decoration:none">${invitation(notification)}</a></p>
<table role="presentation" style="border-collapse:collapse;font-size:15px">${rows.join('')}</table>
<p style="margin:16px 0;white-space:pre-wrap;overflow-wrap:anywhere">${escape(bodyText(notification))}</p>
<p style="margin:16px 0">${links.join('')}</p>
<p style="margin:16px 0 0;font-size:13px;opacity:.7">${escape(notification.timestamp)}${why === '' ? '' : `<br>Why you get this: ${escape(why)}`}</p>
</div></body></html>
`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] as string);
