import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

/** Renews this browser's push subscription, once for each opening of the pages. */
export function useRenewal(): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (localStorage.getItem('imas-device') === null) return;
    // Not in the way of what a responder is waiting for.
    const timer = setTimeout(() => void renew().catch(() => undefined), 3_000);
    return () => clearTimeout(timer);

    async function renew(): Promise<void> {
      const [{ devices }, { renewThisDevice }] = await Promise.all([import('../api/profile.ts'), import('./this-device.ts')]);
      await renewThisDevice(await queries.fetchQuery(devices));
    }
  }, [queries]);
}
