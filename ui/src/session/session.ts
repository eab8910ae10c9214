import { useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from '../api/request.ts';
import type { Me } from '../../../src/api/wire.ts';

const path = '/api/auth/session/';
export const sessionKey = ['session'] as const;

export const readSession = async (): Promise<Me | null> => (await request<{ user: Me | null }>(path)).user;

export const signIn = (credentials: { username: string; password: string }): Promise<Me> =>
  request<Me>(path, { method: 'POST', body: credentials });

/** Who is signed in; null when nobody is. */
export function useSession() {
  return useQuery({ queryKey: sessionKey, queryFn: readSession, staleTime: 5 * 60_000 });
}

/** The person in front of the page. Only below the pages that need one. */
export function useMe(): Me | null {
  return useSession().data ?? null;
}

export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await request(path, { method: 'DELETE' });
    queries.clear();
    queries.setQueryData(sessionKey, null);
  };
}
