import type { AlertLinks } from '../../domain/alert-event.ts';

/** Only those that there are: a link is either an address or absent, never null. */
export function linksOf(given: { readonly [Name in keyof AlertLinks]-?: string | null }): AlertLinks {
  return {
    ...(given.source !== null && { source: given.source }),
    ...(given.runbook !== null && { runbook: given.runbook }),
    ...(given.silence !== null && { silence: given.silence }),
    ...(given.dashboard !== null && { dashboard: given.dashboard }),
  };
}
