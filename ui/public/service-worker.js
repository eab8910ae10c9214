// Shows push messages, does what their buttons say, and says that there is no connection. It keeps no page and no data: what is shown of incidents is always fresh.
const shell = 'imas-shell-1';
const offline = new URL('offline', self.registration.scope).href;
const icon = new URL('icon-192.png', self.registration.scope).href;
const badge = new URL('badge-96.png', self.registration.scope).href;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(shell)
      .then((cache) => cache.add(new Request(offline, { cache: 'reload' })))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const dropOld = caches.keys().then((names) => Promise.all(names.filter((name) => name !== shell).map((name) => caches.delete(name))));
  event.waitUntil(dropOld.then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return;
  event.respondWith(fetch(event.request).catch(async () => (await caches.match(offline)) ?? Response.error()));
});

self.addEventListener('push', (event) => event.waitUntil(show(messageOf(event))));

// A push that shows nothing costs the subscription: something is always shown.
function messageOf(event) {
  try {
    const message = event.data.json();
    if (typeof message.title === 'string') return message;
  } catch {}
  return {
    act: '',
    title: 'IMAS',
    body: '',
    tag: 'imas',
    lang: 'en',
    at: Date.now(),
    url: '',
    sounds: true,
    stays: false,
    actions: [],
    unsent: '',
  };
}

async function show(message) {
  const standing = await self.registration.getNotifications({ tag: message.tag });
  const isRepeat = standing.some(({ data }) => data?.act === message.act && message.act !== '');
  const sounds = message.sounds && !isRepeat;
  await self.registration.showNotification(message.title, {
    body: message.body,
    tag: message.tag,
    lang: message.lang,
    timestamp: message.at,
    icon,
    badge,
    requireInteraction: message.stays,
    renotify: sounds,
    silent: !sounds,
    ...(sounds && message.stays && { vibrate: [400, 150, 400, 150, 400, 150, 400] }),
    actions: message.actions.slice(0, buttons()).map(({ act, title }) => ({ action: act, title })),
    data: message,
  });
}

// Safari shows no buttons.
const buttons = () => Notification.maxActions ?? 0;

self.addEventListener('notificationclick', (event) => {
  const message = event.notification.data ?? {};
  const chosen = message.actions?.find(({ act }) => act === event.action);
  if (chosen !== undefined) return event.waitUntil(answer(message, chosen));
  event.notification.close();
  const withoutButtons = buttons() === 0 ? message.actions?.[0]?.url : undefined;
  event.waitUntil(open(withoutButtons ?? (message.url || self.registration.scope)));
});

async function answer(message, { url }) {
  const quiet = { ...message, sounds: false, body: message.title };
  try {
    const response = await fetch(url, { method: 'POST', credentials: 'omit', headers: { accept: 'application/json' } });
    const { text } = await response.json();
    // The server itself could not be asked.
    if (typeof text !== 'string') throw new Error(`answered ${response.status}`);
    await show({ ...quiet, act: '', title: text, stays: false, actions: [] });
  } catch {
    await show({ ...message, act: '', sounds: false, body: message.unsent, stays: true });
  }
}

async function open(url) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const found = windows.find((client) => client.url === url);
  return found === undefined ? self.clients.openWindow(url) : found.focus();
}
