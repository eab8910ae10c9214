import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { SecretUnreadable } from '../../src/secrets/secret-box.ts';

const key = 'a passphrase of this test';
const box = createSecretBox({ key, oldKeys: [] });
const place = 'providers/1/password';

describe('a sealed value', () => {
  it('opens at its place, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, boundTo) => {
        expect(box.open(box.seal(plain, boundTo), boundTo)).toBe(plain);
      }),
    );
  });

  it('has the form v1.<key id>.<nonce>.<ciphertext and tag>, with a nonce of its own', () => {
    const sealed = Array.from({ length: 200 }, () => box.seal('hunter2', place));
    for (const text of sealed) expect(text).toMatch(/^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{31}$/);
    expect(new Set(sealed.map((text) => text.split('.')[2])).size).toBe(200);
    expect(sealed.join('')).not.toContain('hunter2');
  });

  it('opens in another process with the same passphrase', () => {
    expect(createSecretBox({ key, oldKeys: [] }).open(box.seal('x', place), place)).toBe('x');
  });

  it('does not open for another row or field', () => {
    for (const elsewhere of ['providers/2/password', 'providers/1/username', '']) {
      expect(() => box.open(box.seal('x', place), elsewhere)).toThrow(SecretUnreadable);
    }
  });

  it('does not open when one character of it was changed', () => {
    const sealed = box.seal('some secret', place);
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom('A', 'B', 'x', 'z', '0', '1', '9', '-', '_', '.'), (index, character) => {
        const changed = sealed.slice(0, index) + character + sealed.slice(index + 1);
        const bytes = (text: string): string =>
          text
            .split('.')
            .map((part, at) => (at < 2 ? part : Buffer.from(part, 'base64url').toString('hex')))
            .join('.');
        fc.pre(bytes(changed) !== bytes(sealed));
        expect(() => box.open(changed, place)).toThrow(SecretUnreadable);
      }),
    );
  });

  it.each(['', 'plain', 'v1', 'v1...', 'v2.a.b.c', 'v1.__proto__.AAAAAAAAAAAAAAAA.AAAA'])('is not "%s"', (text) => {
    expect(() => box.open(text, place)).toThrow(SecretUnreadable);
  });

  it('does not open with a shortened tag', () => {
    const [version, id, nonce, text = ''] = box.seal('some secret', place).split('.');
    const shorter = Buffer.from(text, 'base64url').subarray(0, -4).toString('base64url');
    expect(() => box.open([version, id, nonce, shorter].join('.'), place)).toThrow(SecretUnreadable);
  });
});

describe('a changed key', () => {
  const sealed = box.seal('kept', place);

  it('still opens what was sealed under the old one, and seals under the new one', () => {
    const rotated = createSecretBox({ key: 'the next passphrase', oldKeys: ['another one of old', key] });
    expect(rotated.open(sealed, place)).toBe('kept');
    expect(rotated.seal('x', place).split('.')[1]).not.toBe(sealed.split('.')[1]);
    expect(() => box.open(rotated.seal('x', place), place)).toThrow(SecretUnreadable);
  });

  it('opens nothing of a key that is gone, and says which one it needs', () => {
    const without = createSecretBox({ key: 'the next passphrase', oldKeys: [] });
    expect(() => without.open(sealed, place)).toThrow(`Sealed under key ${sealed.split('.')[1]}`);
    expect(() => without.open(sealed, place)).toThrow(/IMAS_SECRET_KEYS_OLD/);
  });
});
