import type { Devices } from '../../../src/api/wire.ts';
import { addDevice, removeDevice, renewDevice } from '../api/profile.ts';
import { RequestRefused } from '../api/request.ts';

/** Why this browser takes no push messages; null where it can. */
export type Lack = 'insecure' | 'ios' | 'unsupported' | 'denied' | null;

const isApplePhone = (): boolean =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);

export function lackOfPush(): Lack {
  if (!window.isSecureContext) return 'insecure';
  const canPush = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  // There, push is for pages on the Home Screen alone (webkit.org/blog/13878).
  if (!canPush) return isApplePhone() ? 'ios' : 'unsupported';
  return Notification.permission === 'denied' ? 'denied' : null;
}

/** Which of the person's devices this browser is. */
const storageKey = 'imas-device';
export const thisDeviceId = (): string | null => localStorage.getItem(storageKey);

type PushProvider = Devices['providers'][number];

/** Asks for permission where it has not been given. @throws RequestRefused, Unreachable, and what the browser says against it */
export async function addThisDevice({ id, public_key: key }: PushProvider): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new DOMException('Permission denied', 'NotAllowedError');
  const subscription = await subscribe(key);
  const added = await addDevice(id, nameOfThisDevice(navigator.userAgent), subscription.toJSON());
  localStorage.setItem(storageKey, added.id);
}

export async function removeAnyDevice(id: string): Promise<void> {
  await removeDevice(id);
  if (thisDeviceId() === id) await forgetThisDevice();
}

async function forgetThisDevice(): Promise<void> {
  localStorage.removeItem(storageKey);
  const registration = await navigator.serviceWorker?.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

/** At each opening: a browser may have ended its subscription, or changed it, without a word. */
export async function renewThisDevice({ devices, providers }: Devices): Promise<void> {
  const id = thisDeviceId();
  if (id === null || lackOfPush() !== null) return;
  const device = devices.find((one) => one.id === id);
  const provider = providers.find((one) => one.id === device?.provider.id);
  if (device === undefined) return forgetThisDevice();
  if (provider === undefined || Notification.permission !== 'granted') return;
  const subscription = await subscribe(provider.public_key);
  try {
    await renewDevice(id, subscription.toJSON());
  } catch (error) {
    if (error instanceof RequestRefused && error.status === 404) return forgetThisDevice();
    throw error;
  }
}

async function subscribe(key: string): Promise<PushSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  // One that was made for other keys takes nothing of ours.
  if (known !== null && isFor(known, key)) return known;
  await known?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
}

function isFor({ options: { applicationServerKey: own } }: PushSubscription, key: string): boolean {
  const wanted = bytesOf(key);
  return own !== null && own.byteLength === wanted.length && new Uint8Array(own).every((byte, index) => byte === wanted[index]);
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

const browsers = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['SamsungBrowser', 'Samsung Internet'],
  ['Firefox', 'Firefox'],
  ['FxiOS', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['CriOS', 'Chrome'],
  ['Safari', 'Safari'],
] as const;
const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'Mac'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

/** `Chrome, Android`: enough to tell one's own devices apart. */
export function nameOfThisDevice(userAgent: string): string {
  const found = (names: readonly (readonly [string, string])[]): string | undefined =>
    names.find(([mark]) => userAgent.includes(mark))?.[1];
  return [found(browsers) ?? 'Browser', found(systems)].filter((part) => part !== undefined).join(', ');
}
