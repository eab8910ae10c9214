import { createHash } from 'node:crypto';
import { severityLook } from '../../domain/vocabulary.ts';
import type { IncidentSummary, MailReference } from '../notification.ts';

export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets; the same on every attempt of this delivery. */
  readonly messageId: string;
  /**
   * No mail has this id: all mails of an incident refer to it, by which mail programs join them (RFC 5256 §3, REFERENCES, a
   * missing parent). Gmail, whose rules are its own, has not been tried. Null for a mail that is about many.
   */
  readonly threadId: string | null;
  /** The mail that it answers; it then stands in that thread. */
  readonly inReplyTo?: MailReference;
  /** Where answers go, if not to the sender. */
  readonly replyTo?: string;
  /** What the mail is about, for programs that tell mails apart by it. */
  readonly entityId: string;
  /** RFC 3339. */
  readonly date: string;
  readonly isUrgent: boolean;
}

/** RFC 5322 §3.6.4 wants dot-atom text; any other id becomes its hash, which is as stable. */
export const idPart = (id: string): string =>
  /^[A-Za-z0-9_-]+$/.test(id) && id.length <= 64 ? id : createHash('sha256').update(id).digest('hex').slice(0, 40);

/** The part of a mail's ids behind the `@`. */
export const hostOf = (url: string): string => new URL(url).hostname.replaceAll(/[^A-Za-z0-9.-]/g, '');

/** How bad it is at a glance; green once it is over. */
export const lookOf = ({
  status,
  severity,
}: Pick<IncidentSummary, 'status' | 'severity'>): { readonly emoji: string; readonly color: string } =>
  status === 'RESOLVED' ? { emoji: '✅', color: '#198754' } : severityLook[severity];

/** One narrow column of inline styles, since mail programs drop style sheets; colours come in pairs that read on light and dark. */
export function mailPage({
  language,
  title,
  color,
  body,
}: {
  readonly language: string;
  readonly title: string;
  readonly color: string;
  /** HTML, lines of it. */
  readonly body: readonly string[];
}): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escape(title)}</title>
<style>:root{color-scheme:light dark}a.go{color:#ffffff!important}</style></head>
<body style="margin:0;padding:16px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div style="max-width:560px;margin:0 auto;border-top:6px solid ${color};padding-top:16px">
${body.join('\n')}
</div></body></html>
`;
}

export const headingHtml = (text: string): string =>
  `<h1 style="margin:4px 0 16px;font-size:22px;line-height:1.3;overflow-wrap:anywhere">${escape(text)}</h1>`;

/** The one thing to press. */
export const buttonHtml = (text: string, url: string): string =>
  `<p style="margin:0 0 16px"><a class="go" href="${escape(url)}" style="display:block;padding:16px;border-radius:8px;background:#1c4ed8;color:#ffffff;font-size:18px;font-weight:700;text-align:center;text-decoration:none">${escape(text)}</a></p>`;

export const linkHtml = (text: string, url: string): string =>
  `<p style="margin:0 0 16px;text-align:center"><a href="${escape(url)}" style="display:inline-block;padding:12px">${escape(text)}</a></p>`;

export const footHtml = (lines: readonly string[]): string =>
  `<p style="margin:16px 0 0;font-size:13px;opacity:.7">${lines.map(escape).join('<br>')}</p>`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] as string);
