import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { perform, type Report, type TrialOptions } from '../stage.ts';

export interface NewVersionOptions extends TrialOptions {
  readonly incidents: number;
}

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Workers of another version take over while incidents are open: every one of them goes on, and ends. */
export async function newVersion({ incidents, ...options }: NewVersionOptions): Promise<Report> {
  const other = await otherVersion();
  try {
    return await perform({
      ...options,
      name: 'new-version',
      secondLevelAfterSeconds: 3600,
      withPeople: false,
      async act({ installation, traffic }) {
        await traffic.open(incidents);
        await untilFirstLevelIsTold(installation.pool, incidents);
        for (const worker of installation.workers) {
          await worker.kill('SIGTERM');
          worker.project = other;
          await worker.start();
          options.say(`${worker.name} is of the new version`);
        }
        await traffic.endAll();
        return { figures: { open_incidents: incidents } };
      },
    });
  } finally {
    await rm(other, { recursive: true, force: true });
  }
}

/** A copy of the sources in which the workflow says something else, so that it is bundled anew. */
async function otherVersion(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'imas-other-version-'));
  for (const part of ['src', 'migrations', 'package.json', 'package-lock.json'])
    await cp(join(project, part), join(dir, part), { recursive: true });
  await symlink(join(project, 'node_modules'), join(dir, 'node_modules'));
  const file = join(dir, 'src/domain/incident/describe.ts');
  const source = await readFile(file, 'utf8');
  const find = 'nothing is due';
  if (!source.includes(find)) throw new Error(`the other version cannot be made: ${file} has no "${find}"`);
  await writeFile(file, source.replace(find, 'nothing is due, says the new version'));
  return dir;
}

async function untilFirstLevelIsTold(
  pool: { query(text: string): Promise<{ rows: { count: number }[] }> },
  incidents: number,
): Promise<void> {
  for (const deadlineMs = Date.now() + 600_000; Date.now() < deadlineMs;) {
    const { rows } = await pool.query(`select count(distinct incident_id)::int as count from timeline_entries where type = 'ALERT_SENT'`);
    if ((rows[0]?.count ?? 0) >= incidents) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the first level was not told in time');
}
