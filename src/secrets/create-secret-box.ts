import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, scryptSync } from 'node:crypto';
import { SecretUnreadable, type SecretBox } from './secret-box.ts';

export interface SecretBoxKeys {
  /** A passphrase; what is sealed from now on is sealed under it. */
  readonly key: string;
  /** Earlier passphrases: what was sealed under them still opens. */
  readonly oldKeys: readonly string[];
}

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Sealed text: `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. AES-256-GCM with a random 96-bit nonce (NIST SP
 * 800-38D §8.2.2: good for 2^32 values a key), `boundTo` as additional data. Keys are derived once, here, which takes
 * some 100 ms each.
 */
export function createSecretBox({ key, oldKeys }: SecretBoxKeys): SecretBox {
  const current = deriveKey(key);
  const keys = new Map([...oldKeys.map(deriveKey), current].map((known) => [known.id, known]));
  return {
    seal(plain, boundTo) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', current.bytes, nonce).setAAD(Buffer.from(boundTo));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [version, current.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
    },

    sign: (text, purpose) => createHmac('sha256', current.bytes).update(`sign ${purpose} `).update(text).digest('base64url'),

    isCurrent: (sealed) => sealed.startsWith(`${version}.${current.id}.`),

    open(sealed, boundTo) {
      const [given, keyId = '', nonceText = '', text = '', ...rest] = sealed.split('.');
      if (given !== version || rest.length > 0) throw new SecretUnreadable('Not a sealed value.');
      const known = keys.get(keyId);
      if (known === undefined)
        throw new SecretUnreadable(`Sealed under key ${printable(keyId)}, which is not given: put it into IMAS_SECRET_KEYS_OLD.`);
      const nonce = Buffer.from(nonceText, 'base64url');
      const bytes = Buffer.from(text, 'base64url');
      if (nonce.length !== nonceBytes || bytes.length < tagBytes) throw new SecretUnreadable('The sealed value is cut short.');
      try {
        const decipher = createDecipheriv('aes-256-gcm', known.bytes, nonce, { authTagLength: tagBytes })
          .setAAD(Buffer.from(boundTo))
          .setAuthTag(bytes.subarray(bytes.length - tagBytes));
        return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - tagBytes)), decipher.final()]).toString('utf8');
      } catch {
        throw new SecretUnreadable('The sealed value was changed, or belongs to another row.');
      }
    },
  };
}

/** A passphrase may be weak: scrypt (RFC 7914) makes each guess cost 32 MiB. The salt is fixed, so that every process derives the same key. */
function deriveKey(passphrase: string): Key {
  const bytes = scryptSync(passphrase, 'imas secret box v1', 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 });
  const id = createHash('sha256').update('key id').update(bytes).digest('hex').slice(0, 8);
  return { id, bytes };
}

const printable = (keyId: string): string => (/^[0-9a-f]{8}$/.test(keyId) ? keyId : 'unknown');
