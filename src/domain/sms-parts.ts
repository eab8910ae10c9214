/** How a text travels by SMS: in the 7-bit alphabet of phones, or in two bytes for each UTF-16 unit as soon as one character is not in it. */
export type SmsCoding = 'GSM-7' | 'UCS-2';

export interface SmsSize {
  readonly coding: SmsCoding;
  /** In the units of its coding: a character of the extension table counts for two in GSM-7, an emoji for two in UCS-2. */
  readonly units: number;
  /** How many messages it takes, each of which is paid for. */
  readonly parts: number;
}

/** 3GPP TS 23.038 §6.2.1, without the escape character. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** 3GPP TS 23.038 §6.2.1.1: each is sent as two. */
const extended = new Set('\f^{}\\[~]|€');

/** One message holds 140 octets; of several, each gives up six for their order: 3GPP TS 23.040 §9.2.3.24.1. */
const room: Readonly<Record<SmsCoding, { readonly alone: number; readonly amongOthers: number }>> = {
  'GSM-7': { alone: 160, amongOthers: 153 },
  'UCS-2': { alone: 70, amongOthers: 67 },
};

export const isInGsm7 = (character: string): boolean => basic.has(character) || extended.has(character);

export function smsSize(text: string): SmsSize {
  const characters = Array.from(text);
  const coding = characters.every(isInGsm7) ? 'GSM-7' : 'UCS-2';
  const sizes = characters.map((character) => (coding === 'UCS-2' ? character.length : extended.has(character) ? 2 : 1));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { alone, amongOthers } = room[coding];
  return { coding, units, parts: units <= alone ? 1 : partsOf(sizes, amongOthers) };
}

/** A character is never cut in half: what does not fit any more begins the next part. */
function partsOf(sizes: readonly number[], capacity: number): number {
  let [parts, used] = [1, 0];
  for (const size of sizes) {
    if (used + size > capacity) [parts, used] = [parts + 1, 0];
    used += size;
  }
  return parts;
}
