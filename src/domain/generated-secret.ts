const prefix = 'imas_';
/** 160 bits, as hex. */
const bytes = 20;

/** A secret that nobody guesses, made of random bytes. The prefix tells scanners of source code whose it is. */
export function generatedSecret(fillRandomly: (empty: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  const digits = Array.from(fillRandomly(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0'));
  return prefix + digits.join('');
}

/** Whether it may be one of them: then it is no use to guess at it. */
export const isLikeGenerated = (text: string): boolean => text.length === prefix.length + bytes * 2 && /^imas_[0-9a-f]+$/.test(text);
