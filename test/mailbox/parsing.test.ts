import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAsk } from '../../src/mailbox/ask.ts';
import { passedDmarc } from '../../src/mailbox/authentication-results.ts';
import { isAutomatic } from '../../src/mailbox/automatic.ts';
import { textOfHtml } from '../../src/mailbox/html-text.ts';
import { mostMailBytes, readMail } from '../../src/mailbox/read-mail.ts';
import { unquoted } from '../../src/mailbox/unquoted.ts';
import { replies } from './replies.ts';

const mail = (headers: readonly string[], body = 'ack') => readMail(Buffer.from([...headers, '', body].join('\r\n')));

describe('an answer', () => {
  it.each(replies.map((reply) => [reply.program, reply] as const))('of %s', async (_, { lines, isHtml, ask }) => {
    const type = `Content-Type: text/${isHtml === true ? 'html' : 'plain'}; charset=utf-8`;
    const read = await mail(['From: ann@example.com', type, 'Content-Transfer-Encoding: 8bit'], lines.join('\r\n'));
    expect(readAsk(read.text)).toEqual(ask);
  });

  it.each(['ack', 'ACK', ' Acknowledge ', 'acknowledged', 'Acquitter', 'acquitté', 'ACQUITTE\u0301', 'pris', 'Pris !', '/ack', 'ack…'])(
    '%j acknowledges',
    (line) => expect(readAsk(line)).toEqual({ do: 'acknowledge' }),
  );

  it.each(['resolve', 'Resolved', 'résolu', 'RÉSOLU.', 'Résoudre', 'resoudre', '/resolve'])('%j resolves', (line) =>
    expect(readAsk(line)).toEqual({ do: 'resolve' }),
  );

  it('is a comment of at most what the API takes', () => {
    const long = readAsk('x'.repeat(20_000));
    expect(long).toMatchObject({ do: 'comment', text: expect.stringMatching(/^x+…$/) });
    expect((long as { text: string }).text).toHaveLength(10_000);
  });

  it('is plain text where a mail has both', async () => {
    const both = ['--b', 'Content-Type: text/plain', '', 'ack', '--b', 'Content-Type: text/html', '', '<p>resolve</p>', '--b--', ''];
    const read = await mail(
      ['From: ann@example.com', 'MIME-Version: 1.0', 'Content-Type: multipart/alternative; boundary=b'],
      both.join('\r\n'),
    );
    expect(readAsk(read.text)).toEqual({ do: 'acknowledge' });
  });

  it('is nothing that an attached mail says', async () => {
    const attached = ['--b', 'Content-Type: message/rfc822', '', 'Subject: x', '', 'resolve', '--b--', ''];
    const read = await mail(
      ['From: ann@example.com', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'],
      attached.join('\r\n'),
    );
    expect(readAsk(read.text)).toBeNull();
  });

  it('quotes nothing of a text without quotes, and whatever is quoted is left out', () => {
    const words = fc.stringMatching(/^[a-z ]{0,30}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ text: words, isQuoted: fc.boolean() }), { maxLength: 30 }), (lines) => {
        const own = lines.filter(({ isQuoted }) => !isQuoted).map(({ text }) => text);
        const left = unquoted(lines.map(({ text, isQuoted }) => (isQuoted ? `> ${text}` : text)).join('\n'));
        expect(left).toBe(
          own
            .join('\n')
            .replaceAll(/\n{3,}/g, '\n\n')
            .trim(),
        );
      }),
    );
  });

  it('takes no time to speak of, whatever it is made of', () => {
    const began = performance.now();
    for (const part of ['<', '<!--', '<blockquote>', '&#', 'On 1 ', 'Le 1\n', 'From: ', '>', '-- \n', 'De :\nÀ :\n', '\u0301', '= ']) {
      const long = part.repeat(mostMailBytes / part.length);
      readAsk(long);
      textOfHtml(long);
      passedDmarc([long], 'mx', 'example.com');
    }
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('what a mail says of itself', () => {
  it.each([
    ['a holiday notice', ['Auto-Submitted: auto-replied (vacation)']],
    ['a program', ['Auto-Submitted: auto-generated']],
    ['a list', ['Precedence: list']],
    ['a mass mail', ['Precedence: bulk']],
    ['junk', ['Precedence: Junk']],
    ['a responder', ['X-Autoreply: yes']],
    ['a server, to nobody', ['Return-Path: <>']],
    ['a report', ['Content-Type: multipart/report; report-type=delivery-status; boundary=x']],
  ])('%s is automatic', async (_, headers) => expect(isAutomatic(await mail(['From: ann@example.com', ...headers]))).toBe(true));

  it.each(['MAILER-DAEMON@example.com', 'postmaster@example.com'])('%s is automatic', async (from) =>
    expect(isAutomatic(await mail([`From: ${from}`]))).toBe(true),
  );

  it.each([[['Auto-Submitted: no']], [['Precedence: first-class']], [['Return-Path: <ann@example.com>']], [[]]])(
    '%j is a person',
    async (headers) => expect(isAutomatic(await mail(['From: ann@example.com', ...headers]))).toBe(false),
  );

  it.each([
    [['From: Ann <Ann@Example.com>'], 'ann@example.com'],
    [['From: "ann@example.com" <eve@evil.test>'], 'eve@evil.test'],
    [['From: =?utf-8?q?ann=40example=2Ecom?= <eve@evil.test>'], 'eve@evil.test'],
    [['From: ann@example.com', 'From: eve@evil.test'], null],
    [['From: ann@example.com, eve@evil.test'], null],
    [['From: People: ann@example.com, eve@evil.test;'], null],
    [['Sender: ann@example.com'], null],
  ])('%j is from %j', async (headers, from) => expect((await mail(headers)).from).toBe(from));

  it('no mail above the limit is parsed, nor one of parts within parts without end', async () => {
    await expect(readMail(Buffer.alloc(mostMailBytes + 1))).rejects.toThrow('too large');
    const nested = Array.from({ length: 100 }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join('');
    await expect(readMail(Buffer.from(`From: a@example.com\r\n${nested}`))).rejects.toThrow('depth');
  });
});

describe('a server that vouches for the sender', () => {
  const pass =
    'mx.example.com; spf=pass smtp.mailfrom=example.com; dkim=pass (2048-bit key) header.d=example.com; dmarc=pass (p=none) header.from=example.com';
  const judged = (...headers: string[]) => passedDmarc(headers, 'mx.example.com', 'example.com');

  it.each([
    [pass],
    ['MX.example.com 1; dmarc=PASS header.from=Example.com'],
    ['mx.example.com;\r\n dmarc = pass (comment (with "one" inside) ; dmarc=fail) header.from=example.com'],
    ['"mx.example.com"; dmarc/1=pass header.from="example.com"'],
    ['mx.example.com; dmarc=pass action=none header.from=example.com'],
  ])('%j does', (header) => expect(judged(header)).toBe(true));

  it.each([
    ['no header'],
    ['another server', 'mx.evil.test; dmarc=pass header.from=example.com'],
    ['one below that of another server', 'mx.evil.test; dmarc=fail header.from=example.com', pass],
    ['one below its own that says no', 'mx.example.com; dmarc=fail header.from=example.com', pass],
    ['one below its own that says nothing of it', 'mx.example.com; spf=pass', pass],
    ['a failure', 'mx.example.com; dmarc=fail header.from=example.com'],
    ['none', 'mx.example.com; none'],
    ['dmarc=none', 'mx.example.com; dmarc=none header.from=example.com'],
    ['another domain', 'mx.example.com; dmarc=pass header.from=evil.test'],
    ['no domain', 'mx.example.com; dmarc=pass'],
    ['two answers', 'mx.example.com; dmarc=pass header.from=example.com; dmarc=fail header.from=example.com'],
    ['a comment', 'mx.example.com; spf=fail (; dmarc=pass header.from=example.com)'],
    ['a string', 'mx.example.com; spf=fail smtp.mailfrom="; dmarc=pass header.from=example.com"'],
    ['a comment without an end', 'mx.example.com (; dmarc=pass header.from=example.com'],
    ['no name', 'dmarc=pass header.from=example.com'],
    ['a later version', 'mx.example.com 2; dmarc=pass header.from=example.com'],
    ['SPF alone', 'mx.example.com; spf=pass smtp.mailfrom=example.com'],
    ['a longer name', 'mx.example.com.evil.test; dmarc=pass header.from=example.com'],
  ])('%s does not', (_, ...headers) => expect(judged(...headers)).toBe(false));
});
