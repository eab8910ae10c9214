import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/embedded/free-port.ts';
import { eventually } from './operator.ts';

/** Where Debian's package `prometheus-alertmanager` puts it. */
export const alertmanagerProgram = '/usr/bin/prometheus-alertmanager';

/** Of `POST /api/v2/alerts` (Alertmanager's OpenAPI, `postableAlert`). An alert with an `endsAt` in the past is resolved. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly endsAt?: string;
}

export interface Alertmanager {
  post(alerts: readonly PostedAlert[]): Promise<void>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a real Alertmanager on the loopback with this configuration file. */
export async function startAlertmanager(config: string): Promise<Alertmanager> {
  const [dir, port] = [await mkdtemp(join(tmpdir(), 'imas-alertmanager-')), await freePort()];
  const file = join(dir, 'alertmanager.yml');
  await writeFile(file, config);
  const child = spawn(
    alertmanagerProgram,
    [`--config.file=${file}`, `--storage.path=${join(dir, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await eventually(async () => {
      if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('not ready');
    });
  } catch {
    await stop();
    throw new Error(`Alertmanager did not start: ${said}`);
  }
  return {
    async post(alerts) {
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!answer.ok) throw new Error(`Alertmanager refused: ${answer.status} ${await answer.text()}`);
    },
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    stop,
  };
}
