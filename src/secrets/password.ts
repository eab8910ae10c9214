import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** OWASP's password storage cheat sheet: N=2^15, r=8, p=3 is as strong as N=2^17, p=1 and takes a quarter of the memory (32 MiB). */
const cost = { N: 2 ** 15, r: 8, p: 3 } as const;
const keyBytes = 32;

/** `scrypt$N$r$p$salt$key`, salt and key in base64url: later versions can raise the cost and still read this. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/**
 * Whether the password fits. Takes as long for null (no such user, or one without a password) as for a wrong one, so
 * that time does not tell who exists.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const parsed = stored === null ? null : parse(stored);
  const { salt, key, ...costs } = parsed ?? { ...cost, salt: randomBytes(16), key: randomBytes(keyBytes) };
  const candidate = await derive(password, salt, costs);
  return timingSafeEqual(candidate, key) && parsed !== null;
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

function parse(stored: string): (Cost & { readonly salt: Buffer; readonly key: Buffer }) | null {
  const [scheme, N, r, p, salt, key] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return null;
  const keyBuffer = Buffer.from(key, 'base64url');
  if (keyBuffer.length !== keyBytes) return null;
  return { N: Number(N), r: Number(r), p: Number(p), salt: Buffer.from(salt, 'base64url'), key: keyBuffer };
}

function derive(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // NFKC: the same password typed on another keyboard gives the same bytes (NIST SP 800-63B, 5.1.1.2).
    const options = { N, r, p, maxmem: 256 * N * r };
    scrypt(password.normalize('NFKC'), salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
