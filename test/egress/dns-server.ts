import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** A DNS server on the loopback (RFC 1035 §4) that may say something else each time it is asked. */
export interface DnsServer {
  readonly port: number;
  /** How often each name was asked for, with the type: `rebind.example.com A`. */
  readonly asked: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export type Zone = (question: { readonly name: string; readonly type: 'A' | 'AAAA'; readonly nth: number }) => readonly string[];

const types = new Map([
  [1, 'A' as const],
  [28, 'AAAA' as const],
]);

export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const asked = new Map<string, number>();
  const socket: Socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, end } = readName(query, 12);
    const type = types.get(query.readUInt16BE(end));
    const key = `${name} ${type ?? '?'}`;
    const nth = (asked.get(key) ?? 0) + 1;
    asked.set(key, nth);
    const addresses = type === undefined ? [] : zone({ name, type, nth });
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    // A response, recursion available, no error; one question, the answers.
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    socket.send(Buffer.concat([header, query.subarray(12, end + 4), ...addresses.map(answer)]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: (socket.address() as AddressInfo).port,
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** Points back at the question's name; time to live 0. */
function answer(address: string): Buffer {
  const bytes = address.includes(':') ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(bytes.length === 4 ? 1 : 28, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([record, bytes]);
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = tail === undefined ? before : [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}

function readName(message: Buffer, at: number): { name: string; end: number } {
  const labels: string[] = [];
  let place = at;
  for (let length = message[place] as number; length > 0; length = message[place] as number) {
    labels.push(message.subarray(place + 1, place + 1 + length).toString('latin1'));
    place += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: place + 1 };
}
