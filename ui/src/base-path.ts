/** Below which the pages and the API are: `/imas`; empty at the root. The server writes it into the document. */
export const basePath = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '';

/** Path and query of an address below the base path, as `request` takes them. `next` carries the public address, which need not be where this page came from. */
export function requestPathOf(address: string): string {
  const { pathname, search } = new URL(address, window.location.origin);
  return (basePath !== '' && pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : pathname) + search;
}
