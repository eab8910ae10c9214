import { basePath } from '../base-path.ts';

/** It shows push messages, and says that there is no connection. */
export function registerServiceWorker(): void {
  if ('serviceWorker' in navigator && window.isSecureContext)
    void navigator.serviceWorker.register(`${basePath}/service-worker.js`).catch(() => undefined);
}
