import type { REST, Routes } from 'discord.js';
import { createVendorFetch } from '../../egress/vendor-fetch.ts';
import type { Call } from '../call.ts';

/** Discord's API over its own client. Of that, only the way it builds requests and reads answers is used. */
export interface Api {
  readonly rest: REST;
  readonly routes: typeof Routes;
}

/** A server has up to 500 channels, each with up to 1,000 overwrites; such a list is the largest answer that is asked for. */
const maxAnswerBytes = 16 * 1024 * 1024;

/**
 * @param base without a version
 * @param token null for webhooks and interactions, whose tokens stand in the path
 * Waits for nothing and repeats nothing: what is limited or broken is for the caller's next attempt. discord.js is loaded when it is first needed.
 */
export async function openApi({ door, signal }: Pick<Call<unknown>, 'door' | 'signal'>, base: string, token: string | null): Promise<Api> {
  const { REST: Client, Routes: routes } = await import('discord.js');
  const fetch = createVendorFetch(door, { signal, maxAnswerBytes });
  const rest = new Client({
    api: base,
    version: '10',
    retries: 0,
    rejectOnRateLimit: () => true,
    offset: 0,
    // It would keep timers for each client.
    hashSweepInterval: 0,
    handlerSweepInterval: 0,
    userAgentAppendix: 'IMAS',
    // Its undici is another version than ours, and would follow redirects.
    async makeRequest(url, { method = 'GET', headers = {}, body, signal: over }) {
      const answer = await fetch(url, {
        method,
        headers: headers as Record<string, string>,
        body: (body ?? null) as string | null,
        ...(over != null && { signal: over as AbortSignal }),
      });
      const { status, statusText, ok, bodyUsed } = answer;
      return {
        status,
        statusText,
        ok,
        headers: answer.headers,
        // It reads answers whole.
        body: null,
        bodyUsed,
        json: async () => answer.json() as Promise<unknown>,
        text: async () => answer.text(),
        arrayBuffer: async () => answer.arrayBuffer(),
      };
    },
  });
  return { rest: token === null ? rest : rest.setToken(token), routes };
}
