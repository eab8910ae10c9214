import type { Http } from '../http.ts';

/** What time it is at OVH: what is signed carries it, and OVH refuses a request that is not of now. */
export interface OvhClock {
  /** Seconds since 1970 as OVH counts them, asked for once for each address of the API, or again where `anew`. */
  seconds(http: Http, apiUrl: string, options: { readonly anew: boolean }): Promise<{ readonly value: number; readonly isFresh: boolean }>;
}

/** Kept against the clock that never jumps, so that setting this machine's time makes no request wrong. */
export function createOvhClock(): OvhClock {
  const startedAt = new Map<string, number>();
  return {
    async seconds(http, apiUrl, { anew }) {
      const known = anew ? undefined : startedAt.get(apiUrl);
      if (known !== undefined) return { value: Math.round(known + performance.now() / 1000), isFresh: false };
      const told = await ask(http, apiUrl);
      startedAt.set(apiUrl, told - performance.now() / 1000);
      return { value: Math.round(told), isFresh: true };
    },
  };
}

/** `GET /auth/time` needs no signature. Where it does not answer as it should, this machine's clock has to do. */
async function ask(http: Http, apiUrl: string): Promise<number> {
  const { status, body } = await http.fetch({ url: `${apiUrl}/auth/time`, method: 'GET' });
  const told = body.trim();
  return status === 200 && /^\d{9,11}$/.test(told) ? Number(told) : Date.now() / 1000;
}
