import { scryptSync } from 'node:crypto';

/**
 * Tells whether two passphrases are the same, and nothing else about them: each guess costs as much as with a sealed value (see
 * createSecretBox).
 */
export const keyFingerprint = (passphrase: string): string =>
  scryptSync(passphrase, 'imas key fingerprint v1', 16, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }).toString('hex');
