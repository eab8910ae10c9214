/** The filters of the list when it was left. */
let address = '';

/** Where the page is left for an incident, its place in the browser's history remembers which. */
export function leaveFor(shortId: string): void {
  address = window.location.search;
  window.history.replaceState(leftFor(shortId), '');
}

export const leftFor = (shortId: string) => ({ leftFor: shortId });

/** The incident that this place in the history was left for; null for one that is new. */
export function readReturn(): string | null {
  const state = window.history.state as Partial<ReturnType<typeof leftFor>> | null;
  return state?.leftFor ?? null;
}

/** The list as it was left, filters and all. */
export const listPath = (): string => `/dashboard/incidents/${address}`;
