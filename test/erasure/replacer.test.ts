import { expect, it, test } from 'vitest';
import { createReplacer, type PersonTexts } from '../../src/erasure/replacer.ts';

const ann: PersonTexts = {
  names: ['Ann Arden', 'ann'],
  addresses: ['ann@example.com', '+33612345678'],
  also: ['Annie'],
  pseudonym: 'erased-user-1a2b3c4d',
};
const { text, json } = createReplacer(ann);
const name = ann.pseudonym;

it.each([
  ['Ask Ann Arden, or ann arden’s phone: +33612345678.', `Ask ${name}, or ${name}’s phone: ${name}-2.`],
  ['@ann has it; Annie knows', `@${name} has it; ${name} knows`],
  ['<ann@example.com>, ANN@EXAMPLE.COM.', `<${name}-1>, ${name}-1.`],
  ['ann', name],
  ['ann arrived in Annecy', 'ann arrived in Annecy'],
  [
    'Joann Arden, Ann Arden-Smith, jo.ann@example.com, ann@example.com.au',
    'Joann Arden, Ann Arden-Smith, jo.ann@example.com, ann@example.com.au',
  ],
])('of what people wrote: %s', (was, is) => {
  expect(text(was)).toBe(is);
  expect(text(is)).toBe(is);
});

test('a name of one word goes from sentences of IMAS, and is no code', () => {
  expect(text('ann acknowledged', 'message')).toBe(`${name} acknowledged`);
  expect(createReplacer({ ...ann, names: ['user'] }).json({ type: 'user', name: 'user', by: 'user' })).toEqual({
    type: 'user',
    name,
    by: name,
  });
});

test('an address in an id, as of a page, is replaced; a name is not taken for one', () => {
  const page = { id: 'e1.l0.provider:7:ann@example.com.0', recipients: { 'provider:7:ann@example.com': { name: 'ann' } }, key: 'ann' };
  expect(json(page)).toEqual({ id: `e1.l0.provider:7:${name}-1.0`, recipients: { [`provider:7:${name}-1`]: { name } }, key: 'ann' });
});

test('what is nobody’s is the same value', () => {
  const nothing = { a: [{ b: 'Bob' }], c: null, d: 1 };
  expect(json(nothing)).toBe(nothing);
});
