import type { ReadMail } from './read-mail.ts';

const bulk = new Set(['bulk', 'junk', 'list', 'auto_reply']);
const daemons = /^(?:mailer-daemon|postmaster|no-?reply)@/;

/** Whether a program wrote it, or a list sent it: holiday notices, reports of mails that did not arrive (RFC 3834 §2, §5; RFC 3464). */
export function isAutomatic({ from, header }: Pick<ReadMail, 'from' | 'header'>): boolean {
  const words = (name: string): string[] => header(name).map((value) => (value.split(/[;(]/)[0] ?? '').trim().toLowerCase());
  return (
    words('auto-submitted').some((word) => word !== 'no') ||
    words('precedence').some((word) => bulk.has(word)) ||
    header('x-autoreply').some((value) => !['', 'no'].includes(value.trim().toLowerCase())) ||
    words('content-type').some((word) => word === 'multipart/report') ||
    header('return-path').some((value) => /^\s*<\s*>\s*$/.test(value)) ||
    (from !== null && daemons.test(from))
  );
}
