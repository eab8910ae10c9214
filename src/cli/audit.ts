import type { ErasureLink } from '../archive/erasures.ts';
import { verifyChain, type Verdict } from '../archive/verify.ts';
import type { Config } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { createSecretBox } from '../secrets/create-secret-box.ts';
import { findInstallation } from './installation.ts';
import { Stop } from './stop.ts';

export interface AuditOptions {
  readonly json: boolean;
  /** Heads that were noted, `<sequence>:<hash>`. */
  readonly expect: readonly string[];
}

/** `imas audit verify`. Returns the exit code: 0 when the archive is whole, 1 when not. @throws Stop */
export async function runAuditVerify(options: AuditOptions, config: Config): Promise<number> {
  const expected = options.expect.map(readHeadNote);
  const { databaseUrl, secretKey } = await findInstallation(config);
  const database = await openDatabase(databaseUrl, {
    applicationName: 'imas-audit',
    poolSize: 1,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 120_000,
  });
  try {
    const secrets = secretKey === null ? null : createSecretBox({ key: secretKey, oldKeys: config.oldSecretKeys });
    const bar = progressBar(!options.json);
    const verdict = await verifyChain({ pool: database.pool, secrets, expected, onProgress: bar.show });
    bar.end();
    if (options.json) process.stdout.write(`${JSON.stringify(asJson(verdict, secrets !== null))}\n`);
    else process.stdout.write(asText(verdict, secrets !== null));
    return verdict.findings.length === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

function readHeadNote(note: string): { sequence: number; hash: string } {
  const [, sequence = '', hash = ''] = /^(\d+):([0-9a-f]{64})$/.exec(note) ?? [];
  if (hash === '') throw new Stop(`"${note}" is not a head: use 1234:<64 hexadecimal digits>, as printed by "imas audit verify".`);
  return { sequence: Number(sequence), hash };
}

function asText({ links, erasures, erased, head, findings }: Verdict, withKey: boolean): string {
  const lines = erasures.map(describeErasure);
  const problems = findings.map(({ sequence, problem }) => `PROBLEM  ${sequence === null ? 'the chain' : `link ${sequence}`}: ${problem}`);
  lines.push(...problems);
  const runs = links - erasures.length;
  const counted = `${runs} archived ${runs === 1 ? 'run' : 'runs'} checked${erased === 0 ? '' : `, ${erased} erased`}`;
  lines.push(`${counted}, ${findings.length === 0 ? 'nothing wrong' : `${findings.length} problems`}.`);
  if (!withKey)
    lines.push('IMAS_SECRET_KEY is not set, so runs cut off at the end, and erasures made without the key, cannot be detected.');
  if (head !== null && findings.length === 0) {
    lines.push(`Head: ${head}`, 'Keep it outside this installation: --expect can tell later whether the whole archive was rolled back.');
  }
  return `${lines.join('\n')}\n`;
}

const shownLinks = 10;

function describeErasure({ sequence, what, at, by, reason, runs }: ErasureLink): string {
  const links = runs.map((run) => run.sequence);
  const more = links.length > shownLinks ? `, and ${links.length - shownLinks} more` : '';
  const of =
    links.length === 0
      ? 'no history'
      : `${links.length === 1 ? 'the history of link' : 'the histories of links'} ${links.slice(0, shownLinks).join(', ')}${more}`;
  return `ERASED   link ${sequence}: ${what === 'incident' ? 'an incident' : 'a person'}, ${of}, on ${at.slice(0, 10)} by ${by}: ${reason}`;
}

const asJson = ({ links, erasures, erased, head, findings }: Verdict, withKey: boolean): object => ({
  whole: findings.length === 0,
  links,
  erased,
  erasures,
  head,
  end_checked: withKey,
  findings,
});

const barWidth = 30;

/** On a terminal only; a log needs no bar. */
function progressBar(wanted: boolean): { show(done: number, total: number): void; end(): void } {
  const { stderr } = process;
  if (!wanted || !stderr.isTTY) return { show: () => undefined, end: () => undefined };
  let shown = '';
  return {
    show(done, total) {
      const part = total === 0 ? 1 : done / total;
      const line = `\r[${'#'.repeat(Math.round(part * barWidth)).padEnd(barWidth)}] ${Math.floor(part * 100)} %  ${done} of ${total}`;
      if (line === shown) return;
      shown = line;
      stderr.write(line);
    },
    end: () => void stderr.write(`\r${' '.repeat(shown.length)}\r`),
  };
}
