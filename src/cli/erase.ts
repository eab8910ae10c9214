import { createInterface } from 'node:readline/promises';
import { userInfo } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import type { Config } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { eraseIncident, findIncidentToErase } from '../erasure/erase-incident.ts';
import { erasePerson, type ErasedPerson } from '../erasure/erase-person.ts';
import { CannotErase, type ErasureDeps, type Order } from '../erasure/erasure.ts';
import { findPerson } from '../erasure/person.ts';
import { createSecretBox } from '../secrets/create-secret-box.ts';
import { findInstallation } from './installation.ts';
import { Stop } from './stop.ts';

export interface EraseOptions {
  readonly reason: string;
  readonly by?: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** A statement may look through a whole table, or wait for the archiver. */
const statementTimeoutMs = 10 * 60_000;

/** `imas erase incident`. @throws Stop */
export const runEraseIncident = (given: string, options: EraseOptions, config: Config): Promise<void> =>
  withInstallation(config, async (deps) => {
    const order = orderOf(options);
    const found = await findIncidentToErase(deps.pool, given);
    const name = found.shortId ?? found.id;
    tell(options, [
      `Erasing ${name} deletes ${listed(found.rows)}, empties ${counted(found.histories, 'archived history', 'archived histories')}, and deletes its runs from Temporal.`,
    ]);
    if (options.dryRun) return answer(options, { incident: name, dry_run: true, rows: found.rows, histories: found.histories });
    await confirm(options, name);
    const { histories, runs } = await eraseIncident(deps, found, order);
    tell(options, [
      `${name} is erased: ${counted(histories, 'archived history', 'archived histories')} emptied, ${counted(runs, 'run', 'runs')} deleted from Temporal.`,
      backups,
    ]);
    answer(options, { incident: name, dry_run: false, rows: found.rows, histories, runs });
  });

/** `imas erase user`. @throws Stop */
export const runEraseUser = (
  username: string,
  options: EraseOptions & { readonly also: readonly string[] },
  config: Config,
): Promise<void> =>
  withInstallation(config, async (deps) => {
    const order = orderOf(options);
    const person = await findPerson(deps.pool, username, options.also);
    const planned = await erasePerson(deps, person, order, { dry: true });
    tell(options, [
      `Erasing ${person.username} ends their account and calls them ${planned.pseudonym} in ${listed(planned.rows)}, and ${counted(planned.histories, 'archived history', 'archived histories')}.`,
      ...(planned.bodies === 0 ? [] : [`${counted(planned.bodies, 'rejected body', 'rejected bodies')} of alerts will be deleted.`]),
      ...(planned.stillNamedIn.length === 0
        ? []
        : [`The configuration names them too, and is left for you to change: ${planned.stillNamedIn.join(', ')}.`]),
    ]);
    if (options.dryRun) return answer(options, asJson(person.username, true, planned));
    await confirm(options, person.username);
    const onProgress = (histories: number): void =>
      void process.stderr.write(`${counted(histories, 'history', 'histories')} rewritten …\n`);
    const done = await erasePerson(deps, person, order, { dry: false, onProgress });
    tell(options, [
      `${person.username} is erased, and called ${done.pseudonym}: replaced in ${listed(done.rows)}, and ${counted(done.histories, 'archived history', 'archived histories')}.`,
      backups,
    ]);
    answer(options, asJson(person.username, false, done));
  });

const backups =
  'Backups made before still hold what was erased: delete them when you no longer need them, and erase again after restoring one.';

async function withInstallation(config: Config, act: (deps: ErasureDeps) => Promise<void>): Promise<void> {
  const { databaseUrl, temporal, secretKey } = await findInstallation(config);
  if (secretKey === null) throw new Stop('Not set: IMAS_SECRET_KEY, the key of this installation. An erasure is sealed with it.');
  if (temporal.address === null) throw new Stop('Not set: TEMPORAL_ADDRESS. Temporal may still hold what is to be erased.');
  const connection = await Connection.connect({ ...temporal.access, address: temporal.address, connectTimeout: '5s' }).catch(() => {
    throw new Stop(`Temporal does not answer at ${temporal.address}, and may still hold what is to be erased.`);
  });
  const database = await openDatabase(databaseUrl, {
    applicationName: 'imas-erase',
    poolSize: 3,
    connectTimeoutMs: 5_000,
    statementTimeoutMs,
  });
  try {
    await act({
      pool: database.pool,
      client: new Client({ connection, namespace: temporal.namespace }),
      secrets: createSecretBox({ key: secretKey, oldKeys: config.oldSecretKeys }),
      log: pino({ level: 'warn' }, pino.destination(2)),
    });
  } catch (error) {
    if (error instanceof CannotErase) throw new Stop(error.message);
    throw error;
  } finally {
    await database.close();
    await connection.close();
  }
}

/** Empty for a user without a name, as in some containers. */
function account(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

function orderOf({ reason, by = account() }: EraseOptions): Order {
  const order = { by: by.trim(), reason: reason.trim() };
  if (order.reason === '' || order.by === '') throw new Stop('Say why with --reason, and by whom with --by: both are kept in the archive.');
  return order;
}

/** @throws Stop without a yes */
async function confirm({ yes, json }: EraseOptions, name: string): Promise<void> {
  if (yes) return;
  if (json || !process.stdin.isTTY) throw new Stop('Nothing was erased: confirm with --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const typed = await terminal.question(`This cannot be undone. Type ${name} to go on: `);
  terminal.close();
  if (typed.trim() !== name) throw new Stop('Nothing was erased.');
}

const counted = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

const listed = (rows: Readonly<Record<string, number>>): string => {
  const some = Object.entries(rows).filter(([, n]) => n > 0);
  return some.length === 0 ? 'no rows' : some.map(([table, n]) => `${counted(n, 'row', 'rows')} of ${table}`).join(', ');
};

const tell = ({ json }: EraseOptions, lines: readonly string[]): void => {
  if (!json) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
};

const answer = ({ json }: EraseOptions, result: object): void => {
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
};

const asJson = (user: string, dryRun: boolean, { pseudonym, rows, histories, bodies, stillNamedIn }: ErasedPerson): object => ({
  user,
  dry_run: dryRun,
  pseudonym,
  rows,
  histories,
  rejected_bodies: bodies,
  still_named_in: stillNamedIn,
});
