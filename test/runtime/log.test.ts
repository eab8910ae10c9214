import { expect, test } from 'vitest';
import { createLog } from '../../src/observe/log.ts';

test.each([
  { authorization: 'Bearer s3cret' },
  { headers: { Authorization: 'Bearer s3cret', cookie: 'session=s3cret', 'set-cookie': 's3cret' } },
  { request: { body: { password: 's3cret', token: 's3cret' } } },
  { provider: { config: { bot_token: 's3cret', api_key: 's3cret', access_token: 's3cret' } } },
  { alert_source: { secret: 's3cret', signing_secret: 's3cret' } },
])('a secret never reaches the log: %j', (fields) => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', name: 'test', destination: { write: (line) => void lines.push(line) } });
  log.info(fields, 'something happened');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('something happened');
  expect(lines[0]).not.toContain('s3cret');
});
