import { expect, test } from 'vitest';
import { readConfig, type ConfigError } from '../../src/config.ts';

const whole = {
  IMAS_MAIL_REPLY_ADDRESS: 'Replies@Example.com',
  IMAS_MAIL_INBOX: 'imaps://replies%40example.com:p%3Aass%2Fword@IMAP.example.com/Answers%20here',
  IMAS_MAIL_AUTHSERV_ID: 'MX.example.com',
};
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
  } catch (error) {
    return (error as ConfigError).problems;
  }
  return [];
};

test('nobody answers by mail where nothing is set', () => {
  expect(readConfig({}).mailAnswers).toBeNull();
});

test('a mailbox is read from its URL', () => {
  expect(readConfig(whole).mailAnswers).toEqual({
    replyTo: { local: 'replies', domain: 'example.com' },
    inbox: {
      host: 'imap.example.com',
      port: 993,
      security: 'tls',
      user: 'replies@example.com',
      password: 'p:ass/word',
      folder: 'Answers here',
    },
    hookSecret: null,
    authservId: 'mx.example.com',
  });
  const other = readConfig({ ...whole, IMAS_MAIL_INBOX: 'imap://a:b@10.0.0.5:1143' }).mailAnswers;
  expect(other?.inbox).toMatchObject({ host: '10.0.0.5', port: 1143, security: 'starttls', folder: 'INBOX' });
});

test('a hook is enough', () => {
  const { mailAnswers } = readConfig({ IMAS_MAIL_REPLY_ADDRESS: 'r@example.com', IMAS_MAIL_HOOK_SECRET: 'a secret of sixteen' });
  expect(mailAnswers).toMatchObject({ inbox: null, hookSecret: 'a secret of sixteen', authservId: null });
});

test.each([
  ['no address', { ...whole, IMAS_MAIL_REPLY_ADDRESS: '' }, /^IMAS_MAIL_REPLY_ADDRESS: /],
  ['an address with a plus', { ...whole, IMAS_MAIL_REPLY_ADDRESS: 'a+b@example.com' }, /^IMAS_MAIL_REPLY_ADDRESS: /],
  ['two addresses', { ...whole, IMAS_MAIL_REPLY_ADDRESS: 'a@example.com, b@example.com' }, /^IMAS_MAIL_REPLY_ADDRESS: /],
  [
    'an address that leaves no room',
    { ...whole, IMAS_MAIL_REPLY_ADDRESS: `${'a'.repeat(38)}@example.com` },
    /^IMAS_MAIL_REPLY_ADDRESS: .*37/,
  ],
  ['no way in', { IMAS_MAIL_REPLY_ADDRESS: 'a@example.com' }, /^IMAS_MAIL_INBOX: is needed, or IMAS_MAIL_HOOK_SECRET/],
  ['a short secret', { IMAS_MAIL_REPLY_ADDRESS: 'a@example.com', IMAS_MAIL_HOOK_SECRET: 'hunter2' }, /^IMAS_MAIL_HOOK_SECRET: .*16/],
  ['another protocol', { ...whole, IMAS_MAIL_INBOX: 'https://a:hunter2@example.com' }, /^IMAS_MAIL_INBOX: must be imaps/],
  ['no password', { ...whole, IMAS_MAIL_INBOX: 'imaps://hunter2@example.com' }, /^IMAS_MAIL_INBOX: must be imaps/],
  ['a password that is not encoded', { ...whole, IMAS_MAIL_INBOX: 'imaps://a:hunter2%@example.com' }, /^IMAS_MAIL_INBOX: must be imaps/],
])('%s is refused, without its value', (_, env, problem) => {
  const [first, ...more] = problemsOf(env);
  expect(more).toEqual([]);
  expect(first).toMatch(problem);
  expect(first).not.toContain('hunter2');
});
