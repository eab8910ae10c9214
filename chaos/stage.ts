import { setTimeout as delay } from 'node:timers/promises';
import { adminPassword, createInstallation, startPrograms, type Installation, type InstallationOptions } from './installation.ts';
import { addPeople } from './people.ts';
import { lastErrors, underWay, untilQuiet } from './quiet.ts';
import { startRecipients, type Recipients } from './recipients.ts';
import { bearer, signIn, Traffic, type TrafficOptions } from './traffic.ts';
import { keepEvidence } from './evidence.ts';
import { judge, type Death, type Verdict } from './verdict.ts';

export interface TrialOptions {
  readonly seed: number;
  /** One line for whoever watches. */
  readonly say: (line: string) => void;
  /** Leaves data and logs where they are. */
  readonly keep?: boolean;
  /** Leaves the logs where they are when something was lost. */
  readonly keepLogs?: boolean;
  /** The installation that it is played on; see `createInstallation`. */
  readonly installation?: InstallationOptions;
}

export interface Report {
  readonly scenario: string;
  readonly figures: Readonly<Record<string, number | string>>;
  /** What must not be. */
  readonly violations: readonly string[];
}

export interface Stage {
  readonly installation: Installation;
  readonly recipients: Recipients;
  readonly traffic: Traffic;
  /** Something ended, by whoever's hand. */
  died(who: string, how: string): void;
}

/** What a scenario saw by itself, beside what is looked at after every one. */
export interface Seen {
  readonly figures?: Readonly<Record<string, number | string>>;
  readonly violations?: readonly string[];
}

export interface Scenario extends TrialOptions, Partial<Pick<TrafficOptions, 'perSecond' | 'newShare' | 'withPeople'>> {
  readonly name: string;
  readonly plant?: string | null;
  readonly secondLevelAfterSeconds?: number;
  /** How long what was begun may take to come to its end, milliseconds. */
  readonly quietWithinMs?: number;
  /** Answers other than 2xx that may be; none when absent. 409 always may: somebody was quicker. */
  readonly mayAnswer?: RegExp;
  act(stage: Stage): Promise<Seen>;
  /** Looks once more when all is judged, while everything still runs. Returns what must not be. */
  afterwards?(stage: Stage): Promise<readonly string[]>;
}

const defaultQuietWithinMs = 150_000;

/**
 * Sets everything up, lets the scenario act under load, waits for quiet, and compares. A scenario that breaks off is a violation, and
 * what was answered until then is compared all the same.
 */
export async function perform(scenario: Scenario): Promise<Report> {
  const { seed, say, keep = false, keepLogs = false, plant = null, perSecond = 5, secondLevelAfterSeconds = 8 } = scenario;
  const { quietWithinMs = defaultQuietWithinMs, mayAnswer } = scenario;
  const startedAtMs = performance.now();
  const [recipients, installation] = await Promise.all([startRecipients(), createInstallation({ ...scenario.installation, plant })]);
  let left: 'nothing' | 'logs' | 'everything' = keep ? 'everything' : keepLogs ? 'logs' : 'nothing';
  try {
    await startPrograms(installation);
    await addPeople(installation.pool, recipients, secondLevelAfterSeconds);
    await installation.pool.query(`update alert_sources set secret_hash = sha256($1) where source = 'alertmanager'`, [Buffer.from(bearer)]);
    // A setting counts two seconds after it was made, at the latest.
    await delay(2_500);
    const token = await signIn(installation.url, adminPassword);
    const traffic = new Traffic({ ...scenario, url: installation.url, token, recipients, seed, perSecond });
    const deaths: Death[] = [];
    const stage = {
      installation,
      recipients,
      traffic,
      died: (who: string, how: string) => void deaths.push({ atMs: Date.now(), who, how }),
    };
    const seen = await scenario.act(stage).catch((error: Error): Seen => ({ violations: [`broke off: ${error.message}`] }));
    await traffic.stop();
    say('waiting for quiet');
    const calmFromMs = performance.now();
    const unrest = await untilQuiet(installation.pool, quietWithinMs);
    const restless = unrest === null ? [] : await underWay(installation.pool).catch(() => []);
    for (const error of await lastErrors(installation.pool).catch(() => [])) say(`attempts that failed: ${error}`);
    const { record } = traffic;
    for (const [reason, count] of Object.entries(record.reasons)) say(`${count} times ${reason}`);
    const verdict = await judge(installation.pool, record, recipients, deaths).catch((error: Error) => notJudged(error));
    say(verdict.violations.length === 0 ? 'nothing lost' : verdict.violations.join('\n'));
    const seenAfterwards = (await scenario.afterwards?.(stage)) ?? [];
    const logs = await Promise.all(installation.workers.map((worker) => worker.log()));
    const nondeterministic = logs.reduce((sum, log) => sum + (log.match(/TMPRL1100|[Nn]ondeterminism/g)?.length ?? 0), 0);
    const violations = [
      ...(seen.violations ?? []),
      ...verdict.violations,
      ...(unrest === null ? [] : [`not at rest after ${quietWithinMs / 1000} s: ${JSON.stringify(unrest)}`, ...restless]),
      ...(nondeterministic > 0 ? [`${nondeterministic} nondeterminism errors`] : []),
      ...Object.entries(record.refusals).flatMap(([status, count]) =>
        status === '409' || mayAnswer?.test(status) === true ? [] : [`${count} requests were answered with ${status}`],
      ),
      ...seenAfterwards,
    ];
    if (violations.length === 0 && !keep) left = 'nothing';
    else await keepEvidence(installation.pool, installation.dir, violations).catch((error: Error) => say(`no evidence: ${error.message}`));
    return {
      scenario: scenario.name,
      figures: {
        seed,
        ...seen.figures,
        seconds: Math.round((performance.now() - startedAtMs) / 1000),
        quiet_after_seconds: Math.round((performance.now() - calmFromMs) / 1000),
        requests: record.requests,
        slowest_answer_ms: Math.round(record.slowestMs),
        refused_or_cut_off: Object.values(record.refusals).reduce((sum, some) => sum + some, 0),
        retried_by_balancer: installation.balancer.retried,
        alerts_accepted: verdict.accepted,
        incidents: verdict.incidents,
        mails: verdict.mails,
        double_mails_flagged: verdict.doubleMails,
        webhooks: verdict.calls,
        double_webhooks_dropped: verdict.droppedCalls,
        audit_pages: verdict.auditPages,
      },
      violations,
    };
  } finally {
    await installation.stop({ keep: left });
    await recipients.close();
    if (left !== 'nothing') say(`kept: ${installation.dir}`);
  }

  /** Postgres itself did not come up again: nothing can be compared, and that is the verdict. */
  function notJudged(error: Error): Verdict {
    const none = {
      incidents: 0,
      mails: recipients.mails.length,
      calls: recipients.calls.length,
      doubleMails: 0,
      droppedCalls: 0,
      auditPages: 0,
    };
    return { accepted: 0, ...none, violations: [`the store could not be compared with what was answered: ${error.message}`] };
  }
}
