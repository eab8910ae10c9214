export const home = '/dashboard/';

/** Where to go after sign-in: a path of this origin, whatever the address bar asks for. */
export function safeReturnTo(wanted: string | null, origin: string): string {
  if (wanted === null) return home;
  let url: URL;
  try {
    url = new URL(wanted, origin);
  } catch {
    return home;
  }
  if (url.origin !== origin || !wanted.startsWith('/') || url.pathname.startsWith('/sign-in')) return home;
  return url.pathname + url.search + url.hash;
}

export const signInPath = (from: string): string =>
  from === home || from === '/' ? '/sign-in' : `/sign-in?return_to=${encodeURIComponent(from)}`;
