import { Command } from 'commander';
import project from '../../package.json' with { type: 'json' };
import { ConfigError, loadConfig } from '../config.ts';
import { DataDirInUse } from '../embedded/data-dir.ts';
import { checkConfig } from './check-config.ts';
import type { EraseOptions } from './erase.ts';
import { runMigrate } from './migrate.ts';
import { stopWithParent } from './program-process.ts';
import { requireDatabase, requireProduction } from './required-config.ts';
import type { SimulateRouteOptions } from './simulate-route.ts';
import { Stop } from './stop.ts';

const program = new Command('imas')
  .version(project.version, '--version', 'print the version')
  .description('Open incident manager: turns alerts into incidents and pages the people on call.')
  .showHelpAfterError()
  .addHelpText(
    'after',
    '\nSettings come from the environment (DATABASE_URL, TEMPORAL_ADDRESS, PORT, IMAS_DATA_DIR and others) and the file .env: see .env.example.',
  );

program
  .command('up')
  .description('run everything on this machine: Postgres, Temporal, API with pages, worker')
  .option('--reset-admin-password', 'give the admin a new password (IMAS_ADMIN_PASSWORD, or a generated one) and print it', false)
  .option('--demo', 'add sample data and the built-in inbox, unless IMAS_DEMO says otherwise', false)
  .option('--json', 'print one line of JSON when everything is up', false)
  .action(async (options: { resetAdminPassword: boolean; demo: boolean; json: boolean }) => {
    const { up } = await import('./up.ts');
    await up(loadConfig(options.demo ? { IMAS_DEMO: '1' } : {}), options);
  });

program
  .command('api')
  .description('run the API and the pages against DATABASE_URL and TEMPORAL_ADDRESS')
  .action(async () => {
    stopWithParent();
    const config = requireProduction(loadConfig());
    const { runApi } = await import('../api/server.ts');
    await runApi(config);
  });

program
  .command('worker')
  .description('run a worker against DATABASE_URL and TEMPORAL_ADDRESS')
  .action(async () => {
    stopWithParent();
    const config = requireProduction(loadConfig());
    const { runWorker } = await import('./run-worker.ts');
    await runWorker(config);
  });

program
  .command('migrate')
  .description('bring the database of DATABASE_URL up to date, and create the first admin')
  .option('--reset-admin-password', 'give the admin a new password (IMAS_ADMIN_PASSWORD, or a generated one) and print it', false)
  .option('--json', 'print what was done as JSON', false)
  .action(async (options: { resetAdminPassword: boolean; json: boolean }) => {
    const config = loadConfig();
    await runMigrate(requireDatabase(config), config, options);
  });

program
  .command('incidents')
  .description('list the open incidents, what nobody has acknowledged first')
  .option('--json', 'print them as JSON', false)
  .action(async (options: { json: boolean }) => {
    const { runIncidents } = await import('./incidents.ts');
    await runIncidents(options, loadConfig());
  });

program
  .command('ack')
  .description('acknowledge an incident: its escalation stops')
  .argument('<incident>', 'INC-ABC123, or a UUID')
  .option('--as <user>', 'the username of whoever acknowledges; your name on this machine by default')
  .action(async (incident: string, options: { as?: string }) => {
    const { runAcknowledge } = await import('./incidents.ts');
    process.exitCode = await runAcknowledge(incident, options, loadConfig());
  });

program
  .command('test-page')
  .description('send a user a test by each contact method that a SEV1 page would use, and print what became of it')
  .argument('<user>', 'a username')
  .option('--json', 'print the results as JSON', false)
  .action(async (username: string, options: { json: boolean }) => {
    const { runTestPage } = await import('./test-page.ts');
    process.exitCode = await runTestPage(username, options, loadConfig());
  });

program
  .command('simulate')
  .description('find out what would happen, without sending or storing anything')
  .command('route')
  .description('print who would be told of an incident that nobody acknowledges: by what, in which order, and why')
  .requiredOption('--service <name>', 'the name of a service, or its id')
  .requiredOption('--severity <severity>', 'SEV1_CRITICAL, SEV2_HIGH, SEV3_MEDIUM or SEV4_LOW')
  .option('--at <time>', 'when the incident opens, as 2026-11-28T03:00:00Z; now by default')
  .option(
    '--impact-scope <name>',
    'an impact scope of the incident; can be repeated',
    (scope: string, scopes: string[]) => [...scopes, scope],
    [],
  )
  .option('--json', 'print the route as JSON, as the API answers it', false)
  .action(async (options: SimulateRouteOptions) => {
    const { runSimulateRoute } = await import('./simulate-route.ts');
    await runSimulateRoute(options, loadConfig());
  });

program
  .command('check-config')
  .description('check the settings, and whether Postgres and Temporal can be reached')
  .option('--json', 'print the result as JSON', false)
  .action(async (options: { json: boolean }) => {
    process.exitCode = await checkConfig(options);
  });

program
  .command('replay')
  .description("replay an incident's recorded history against the current workflow code, and report whether it decides the same")
  .argument('<incident or file>', 'INC-ABC123, a UUID, an export, or a Temporal history file')
  .option('--export <file>', 'write the histories to a file that any installation can replay, and replay nothing')
  .option('--json', 'print the result as JSON', false)
  .action(async (given: string, options: { json: boolean; export?: string }) => {
    const { runReplay } = await import('./replay.ts');
    process.exitCode = await runReplay(given, options, loadConfig());
  });

program
  .command('audit')
  .description('check the archive of closed runs')
  .command('verify')
  .description('verify the hash chain of archived runs: finds what was edited, deleted, inserted, swapped or cut off at the end')
  .option(
    '--expect <head>',
    'a head noted earlier, <sequence>:<hash>; can be repeated',
    (head: string, heads: string[]) => [...heads, head],
    [],
  )
  .option('--json', 'print the result as JSON', false)
  .action(async (options: { json: boolean; expect: string[] }) => {
    const { runAuditVerify } = await import('./audit.ts');
    process.exitCode = await runAuditVerify(options, loadConfig());
  });

const erase = program
  .command('erase')
  .description('erase a person or an incident for good; the archive keeps its hashes and says what was erased')
  .addHelpText(
    'after',
    `
"imas audit verify" reports what was erased, by whom and why. Backups made before still hold it: delete them in time,
and erase again after restoring one. A run that was cut off can be repeated.`,
  );

/** The operator's order, as every erasure takes it. */
const erasing = (command: Command): Command =>
  command
    .requiredOption('--reason <text>', 'why; kept in the archive forever, so put no personal data into it')
    .option('--by <name>', 'who erases; kept in the archive (default: your account on this machine)')
    .option('--dry-run', 'list what would be erased, and erase nothing', false)
    .option('--yes', 'do not ask', false)
    .option('--json', 'print what was done as JSON', false);

erasing(
  erase
    .command('incident')
    .description('delete a resolved incident with its alerts, timeline, document and deliveries, and empty its archived histories')
    .argument('<incident>', 'INC-ABC123 or a UUID; resolved, and past the reopen window of its service'),
).action(async (given: string, options: EraseOptions) => {
  const { runEraseIncident } = await import('./erase.ts');
  await runEraseIncident(given, options, loadConfig());
});

erasing(
  erase
    .command('user')
    .description('end an account, and replace names and addresses of its person in incidents, deliveries and archived histories')
    .argument('<username>', 'in no schedule or escalation policy, and named in no open incident')
    .option(
      '--also <text>',
      'another word that names them in what people wrote; can be repeated',
      (text: string, texts: string[]) => [...texts, text],
      [],
    ),
).action(async (username: string, options: EraseOptions & { also: string[] }) => {
  const { runEraseUser } = await import('./erase.ts');
  await runEraseUser(username, options, loadConfig());
});

program
  .command('reseal')
  .description('re-encrypt every stored secret with IMAS_SECRET_KEY, while everything keeps running')
  .option('--json', 'print what was done as JSON', false)
  .addHelpText(
    'after',
    `
To rotate the key without downtime:
  1. If several processes run, restart each with the new key in IMAS_SECRET_KEYS_OLD, so that all can read both.
  2. Restart each with the new key as IMAS_SECRET_KEY and the old one in IMAS_SECRET_KEYS_OLD.
  3. Run "imas reseal" with the same two settings.
  4. Remove the old key at the next restart.`,
  )
  .action(async (options: { json: boolean }) => {
    const { runReseal } = await import('./reseal.ts');
    process.exitCode = await runReseal(options, loadConfig());
  });

program
  .command('alert-sources')
  .description('let monitoring systems send alerts')
  .command('secret')
  .description('give an alert source a new secret and print it, once; from then on senders have to send it')
  .argument('<name>', 'the name of the alert source, such as "Prometheus Alertmanager"')
  .option('--replace', 'replace the secret that it has: senders with the old one are refused', false)
  .option('--json', 'print the result as JSON', false)
  .action(async (name: string, options: { json: boolean; replace: boolean }) => {
    const { runAlertSourceSecret } = await import('./alert-source-secret.ts');
    await runAlertSourceSecret(name, options, loadConfig());
  });

program
  .command('backup')
  .description('write everything that the database holds to a file, while everything runs')
  .argument('<file>', 'a new file; it holds no key, and the stored secrets in it stay encrypted')
  .option('--json', 'print what was written as JSON', false)
  .addHelpText(
    'after',
    `
What runs in Temporal is not part of it: after a restore, workers start every open incident again from the database.`,
  )
  .action(async (file: string, options: { json: boolean }) => {
    const { runBackup } = await import('./backup.ts');
    await runBackup(file, options, loadConfig());
  });

program
  .command('restore')
  .description('fill an empty database from a backup, and bring it up to date')
  .argument('<file>', 'what "imas backup" wrote')
  .option('--replace', 'take away everything that the database holds now', false)
  .option('--json', 'print what was done as JSON', false)
  .action(async (file: string, options: { json: boolean; replace: boolean }) => {
    const { runRestore } = await import('./backup.ts');
    await runRestore(file, options, loadConfig());
  });

try {
  await program.parseAsync();
} catch (error) {
  for (const line of explain(error)) process.stderr.write(`${line}\n`);
  process.exitCode = error instanceof Stop ? error.exitCode : 1;
}
// What still holds the process (a native connection) must not outlive the command.
process.exit();

function explain(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems.map((problem) => `Setting ${problem}`);
  if (error instanceof DataDirInUse) {
    const { occupant, path } = error;
    const who = occupant === null ? 'another "imas up"' : `"imas up" (process ${occupant.pid}, ${occupant.url})`;
    const stop = occupant === null ? 'stop it' : `stop it with: kill ${occupant.pid}`;
    return [`The data folder ${path} is in use by ${who}: ${stop}, or start a second one with another IMAS_DATA_DIR and PORT.`];
  }
  if (error instanceof Stop) return [error.message];
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'ENOSPC' || /No space left on device/.test(message ?? '')) {
    return ['The disk is full: free some space, or choose a folder on another disk with IMAS_DATA_DIR.'];
  }
  return [(message ?? String(error)).split('\n')[0] ?? 'Failed'];
}
