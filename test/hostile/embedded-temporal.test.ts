import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporalCli } from '../../src/embedded/temporal-binaries.ts';
import { chooseTemporalPorts, startTemporal, type EmbeddedTemporal } from '../../src/embedded/temporal-server.ts';

/**
 * A web page that somebody opens on this machine, and whose name leads to 127.0.0.1 by the time it asks again: the browser lets it talk to every
 * port here, and sends the page's name as the host.
 */
const rebound = 'attacker.example';

/** Addresses that a process listens at, as Linux tells them: `0100007F` is 127.0.0.1. */
async function listeningOf(pid: number): Promise<{ readonly address: string; readonly port: number }[]> {
  const fds = await readdir(`/proc/${pid}/fd`);
  const links = new Set(await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))));
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')));
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A' && links.has(`socket:[${columns[9]}]`))
    .map(([, local = '']) => ({ address: local.split(':')[0] ?? '', port: Number.parseInt(local.split(':')[1] ?? '', 16) }));
}

/** The status of the answer; 0 where what listens there speaks no HTTP. */
function ask(port: number, host: string, method: 'GET' | 'POST', path: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = { host: `${host}:${port}`, 'content-type': 'application/json', origin: `http://${host}:${port}` };
    const asked = request({ host: '127.0.0.1', port, method, path, headers, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', () => resolve(0)).on('timeout', () => asked.destroy());
    asked.end(method === 'POST' ? JSON.stringify({ input: [{ id: 'x', body: { kind: 'resolve' } }] }) : undefined);
  });
}

const namespace = '/api/v1/namespaces/default';
const calls = [
  ['GET', '/api/v1/system-info'],
  ['GET', `${namespace}/workflows`],
  ['POST', `${namespace}/workflows/held/signal/command`],
  ['POST', `${namespace}/workflows/new`],
  ['GET', '/namespaces/default/workflows'],
  ['POST', '/namespaces/default/workflows/held/signal/command'],
] as const;

describe.skipIf(process.platform !== 'linux')('the embedded Temporal', () => {
  let dir: string;
  let temporal: EmbeddedTemporal;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'imas-temporal-'));
    const ports = await chooseTemporalPorts({ wanted: null, withUi: false });
    const executable = await temporalCli();
    temporal = await startTemporal({ executable, dir, logFile: join(dir, 'log'), namespace: 'default', ports });
    const connection = await Connection.connect({ address: temporal.address });
    await new Client({ connection }).workflow.start('held', { workflowId: 'held', taskQueue: 'nobody' });
    await connection.close();
  });
  afterAll(async () => {
    await temporal.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('listens on the loopback alone, at none of the usual ports, and has no UI', async () => {
    const listening = await listeningOf(temporal.pid);
    expect(listening.length).toBeGreaterThan(0);
    expect([...new Set(listening.map(({ address }) => address))]).toEqual(['0100007F']);
    expect(listening.filter(({ port }) => [7233, 7243, 8233].includes(port))).toEqual([]);
    expect(temporal.uiUrl).toBeNull();
  });

  it.each([rebound, '127.0.0.1', 'localhost'])('does nothing for a web page that is called %s', async (host) => {
    const answers: string[] = [];
    for (const { port } of await listeningOf(temporal.pid)) {
      for (const [method, path] of calls) {
        const status = await ask(port, host, method, path);
        if (status >= 200 && status < 300) answers.push(`${method} ${path} at port ${port}: ${status}`);
      }
    }
    expect(answers).toEqual([]);
    const connection = await Connection.connect({ address: temporal.address });
    const client = new Client({ connection });
    const { events } = await client.workflow.getHandle('held').fetchHistory();
    expect((events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes != null)).toEqual([]);
    await expect(client.workflow.getHandle('new').describe()).rejects.toThrow();
    await connection.close();
  });
});

it('takes the ports that it is told, and has its UI where it is wanted', async () => {
  expect(await chooseTemporalPorts({ wanted: 7233, withUi: true })).toEqual({ port: 7233, uiPort: 8233 });
  expect(await chooseTemporalPorts({ wanted: 7233, withUi: false })).toEqual({ port: 7233, uiPort: null });
  const any = await chooseTemporalPorts({ wanted: null, withUi: true });
  expect([any.port, any.uiPort]).not.toContain(7233);
  expect(any.uiPort).not.toBe(8233);
});
