import { expect, it } from 'vitest';
import { createHttp } from '../../src/connectors/http.ts';
import { createEgress } from '../../src/egress/create-egress.ts';

const door = createEgress({ allow: [] });
const shown = (secret: string, words: string): string =>
  createHttp({ door, signal: AbortSignal.timeout(1_000), secrets: [secret] }).shown(words);

const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nOwTnc3hBjk1Z0yUq7aBc\n-----END PRIVATE KEY-----';
const odd = 'p@ss "w/ord"+ü';

it.each([
  ['in an address', odd, encodeURIComponent(odd)],
  ['in a form', odd, new URLSearchParams([['', odd]]).toString().slice(1)],
  ['in JSON', odd, JSON.stringify(odd).slice(1, -1)],
  ['in base64', odd, Buffer.from(odd).toString('base64')],
  ['over several lines', pem, pem],
  ['over several lines in JSON', pem, JSON.stringify(pem).slice(1, -1)],
  ['in part: a line of a key', pem, 'OwTnc3hBjk1Z0yUq7aBc'],
  ['in part: a value of an address', 'https://hooks.example.com/?key=abc%2Fdef%2Bghi', 'abc%2Fdef%2Bghi'],
])('a secret is hidden %s', (_, secret, quoted) => {
  expect(shown(secret, `refused: ${quoted}.`)).toMatch(/^refused: \*[* ]+\.$/);
});

it.each(['', 'a', 'ab', 'ann@example.com'])('a secret is hidden in the login of %j', (user) => {
  const words = shown('correct-horse-battery', `refused: ${Buffer.from(`${user}:correct-horse-battery`).toString('base64')}`);
  const open = Buffer.from(words.replace(/\*+/g, ''), 'latin1').toString();
  expect(words).toContain('********');
  expect(Buffer.from(open.slice('refused: '.length), 'base64').toString('latin1')).not.toMatch(/horse|batter/);
});
