import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';

const tables = {
  incidents: 'select * from incidents where id = $1',
  timeline_entries: 'select * from timeline_entries where incident_id = $1 order by sequence',
  commands: 'select * from commands where incident_id = $1 order by accepted_at',
  deliveries: 'select * from deliveries where incident_id = $1 order by started_at',
} as const;

/** What the store says of each incident that a violation names, beside the programs' logs: the store itself is not kept. */
export async function keepEvidence(pool: Pool, dir: string, violations: readonly string[]): Promise<void> {
  const ids = new Set(violations.flatMap((violation) => violation.match(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/)?.[0] ?? []));
  for (const id of ids) {
    const rows = await Promise.all(
      Object.entries(tables).map(async ([table, sql]) => [table, (await pool.query(sql, [id])).rows] as const),
    );
    await writeFile(join(dir, `incident-${id}.log`), `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
  }
}
