import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInGsm7, smsSize } from '../../src/domain/sms-parts.ts';

const size = (text: string): string => {
  const { coding, units, parts } = smsSize(text);
  return `${coding} ${units} ${parts}`;
};

describe('the size of an SMS', () => {
  it.each([
    ['', 'GSM-7 0 1'],
    ['a'.repeat(160), 'GSM-7 160 1'],
    ['a'.repeat(161), 'GSM-7 161 2'],
    ['a'.repeat(306), 'GSM-7 306 2'],
    ['a'.repeat(307), 'GSM-7 307 3'],
    ['a'.repeat(918), 'GSM-7 918 6'],
    ['@£$¥èéùìòÇØøÅåΔ_ÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n\r', 'GSM-7 35 1'],
    ['^{}[]~\\|€', 'GSM-7 18 1'],
    ['€'.repeat(80), 'GSM-7 160 1'],
    // 76 of them fill 152 of a part's 153: the last septet of each part stays empty, since none is cut in half.
    ['€'.repeat(152), 'GSM-7 304 2'],
    ['€'.repeat(153), 'GSM-7 306 3'],
    ['ç', 'UCS-2 1 1'],
    ['é', 'GSM-7 1 1'],
    ['ê', 'UCS-2 1 1'],
    ['я'.repeat(70), 'UCS-2 70 1'],
    ['я'.repeat(71), 'UCS-2 71 2'],
    ['я'.repeat(134), 'UCS-2 134 2'],
    ['я'.repeat(135), 'UCS-2 135 3'],
    ['🔴', 'UCS-2 2 1'],
    ['🔴'.repeat(35), 'UCS-2 70 1'],
    // 33 of them fill 66 of a part's 67.
    ['🔴'.repeat(66), 'UCS-2 132 2'],
    ['🔴'.repeat(67), 'UCS-2 134 3'],
    [`🔴${'a'.repeat(68)}`, 'UCS-2 70 1'],
  ])('%#: %s', (text, expected) => {
    expect(size(text)).toBe(expected);
  });

  it('never grows by more than one part for one more character, and never shrinks', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '€', 'é', ' '), maxLength: 700 }), (text) => {
        const [before, after] = [smsSize(text).parts, smsSize(`${text}€`).parts];
        expect(after - before).toBeGreaterThanOrEqual(0);
        expect(after - before).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is that of Unicode as soon as one character is not in the alphabet', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(smsSize(text).coding).toBe(Array.from(text).every(isInGsm7) ? 'GSM-7' : 'UCS-2');
      }),
    );
  });
});
