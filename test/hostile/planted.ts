import { randomBytes } from 'node:crypto';

/** Secrets that can be found again wherever they leaked, and however they were encoded on the way. */
export class Planted {
  private readonly cores = new Map<string, string>();

  /** A text around which secrets are made: 24 letters and digits that stand nowhere else. */
  core(name: string): string {
    const known = this.cores.get(name);
    if (known !== undefined) return known;
    const core = `Q${randomBytes(18).toString('base64').replaceAll(/[+/]/g, 'x')}`.slice(0, 24);
    this.cores.set(name, core);
    return core;
  }

  /** A secret that somebody else made: a token, a cookie. */
  add(name: string, secret: string): string {
    this.cores.set(name, secret);
    return secret;
  }

  get names(): readonly string[] {
    return [...this.cores.keys()];
  }

  /** Names of what stands in the text: plain, in hexadecimal, or in base64 at any alignment. */
  foundIn(text: string): readonly string[] {
    const lower = text.toLowerCase();
    return [...this.cores]
      .filter(([, core]) => {
        const hex = Buffer.from(core).toString('hex');
        return text.includes(core) || lower.includes(hex) || base64s(core).some((encoded) => text.includes(encoded));
      })
      .map(([name]) => name);
  }
}

/** What base64 of a text around it has in common, for each of three places where it may begin. */
function base64s(core: string): readonly string[] {
  return [0, 1, 2].flatMap((lead) => {
    const bytes = Buffer.concat([Buffer.alloc(lead), Buffer.from(core)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
    return (['base64', 'base64url'] as const).map((encoding) => whole.toString(encoding).slice(lead === 0 ? 0 : 4));
  });
}

/** A Temporal history, or anything that holds bytes, as text in which nothing is hidden in base64. */
export function readable(value: unknown): string {
  return JSON.stringify(value, (_name, given: unknown) => {
    if (given instanceof Uint8Array) return Buffer.from(given).toString('utf8');
    if (typeof given === 'object' && given !== null && (given as { type?: unknown }).type === 'Buffer') {
      return Buffer.from((given as unknown as { data: number[] }).data).toString('utf8');
    }
    return typeof given === 'bigint' ? String(given) : given;
  });
}
