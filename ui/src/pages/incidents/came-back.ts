/** What was opened from the list, and whether the browser's Back or the page's own led here again. */
let left: { readonly shortId: string; readonly address: string } | null = null;
let isBack = false;

// Before the router hears of it, and draws the page.
window.addEventListener('popstate', () => (isBack = true), { capture: true });

export function leaveFor(shortId: string): void {
  left = { shortId, address: window.location.search };
  isBack = false;
}

/** The incident whose row was left, once, after a way back. */
export function takeReturn(): string | null {
  const returned = isBack ? left : null;
  isBack = false;
  if (returned !== null) left = null;
  return returned?.shortId ?? null;
}

/** The list as it was left, filters and all. */
export const listPath = (): string => `/dashboard/incidents/${left?.address ?? ''}`;

/** Before a link of the page itself leads back. */
export function goingBack(): void {
  isBack = true;
}
