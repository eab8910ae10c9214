import { startReceiver, type Receiver } from '../emulators/receiver.ts';

export type Json = Readonly<Record<string, string | null>>;

export interface ToyVendor {
  readonly url: string;
  readonly token: string;
  /** What it answers instead, from now on, at these paths. */
  readonly refuses: Map<string, number>;
  /** What was asked for, with its path: each key once, since the toy knows it again. */
  readonly made: ReadonlyMap<string, Json>;
  close(): Promise<void>;
}

/** An emulator of what stands behind the toy connector. */
export async function startToyVendor(): Promise<ToyVendor> {
  const token = 'key-of-the-toy';
  const made = new Map<string, Json>();
  const refuses = new Map<string, number>();
  const receiver: Receiver = await startReceiver(({ path, headers, text }) => {
    if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: `no toy for ${headers.authorization}` };
    const refused = refuses.get(path);
    if (refused !== undefined) return { status: refused, body: 'not now' };
    const asked = JSON.parse(text) as Json;
    const name = `${path} ${asked['key']}`;
    made.set(name, asked);
    return { status: 200, body: JSON.stringify({ id: String([...made.keys()].indexOf(name)) }) };
  });
  return { url: receiver.url, token, made, refuses, close: () => receiver.close() };
}
