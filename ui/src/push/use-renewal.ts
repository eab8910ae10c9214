import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { devices } from '../api/profile.ts';
import { renewThisDevice, thisDeviceId } from './this-device.ts';

/** Renews this browser's push subscription, once for each opening of the pages. */
export function useRenewal(): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (thisDeviceId() === null) return;
    // Not in the way of what a responder is waiting for.
    const timer = setTimeout(
      () =>
        void queries
          .fetchQuery(devices)
          .then(renewThisDevice)
          .catch(() => undefined),
      3_000,
    );
    return () => clearTimeout(timer);
  }, [queries]);
}
