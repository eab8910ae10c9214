import { setTimeout as delay } from 'node:timers/promises';
import { createHearsay } from './hearsay.ts';
import { serviceNames } from './people.ts';
import { createRandom, type Random } from './random.ts';
import type { Recipients } from './recipients.ts';

/** Alerts of one name: they make one incident. */
interface Group {
  readonly name: string;
  readonly service: string;
  readonly startsAt: string;
  readonly instances: string[];
  incidentId: string | null;
  /** Requests about it that are not answered with 2xx yet. */
  underWay: number;
  ended: boolean;
  acknowledging: boolean;
}

export interface Answered {
  readonly name: string;
  readonly instance: string;
  readonly status: 'firing' | 'resolved';
}

export interface TrafficRecord {
  /** Alerts answered with 2xx, each time. */
  readonly accepted: readonly Answered[];
  /** Incidents whose acknowledgement was answered with 2xx, and when. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Groups that were ended by their source, by incident. */
  readonly ended: ReadonlySet<string>;
  readonly requests: number;
  /** Answers other than 2xx, by status; `broken` for none. */
  readonly refusals: Readonly<Record<string, number>>;
  /** What the refusals said, and how often. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Of webhook answers, whatever they were. */
  readonly slowestMs: number;
  /** Requests that were never answered with 2xx though they were sent again and again. */
  readonly givenUp: number;
}

export interface TrafficOptions {
  readonly url: string;
  readonly token: string;
  readonly recipients: Recipients;
  readonly seed: number;
  /** Requests a second with alerts in them. */
  readonly perSecond: number;
  /** Share of them that opens an incident. */
  readonly newShare?: number;
  /** Whether people acknowledge. */
  readonly withPeople?: boolean;
}

const resendAfterMs = 300;
const giveUpAfterMs = 120_000;
const requestTimeoutMs = 10_000;

/** The bearer secret of the alert source for Alertmanager. */
export const bearer = 'a bearer secret for trials alone';

/** What monitoring and people do, as steadily as clocks do it. Whoever is refused or cut off sends the same again, as Alertmanager does. */
export class Traffic {
  private readonly options: TrafficOptions;
  private readonly random: Random;
  private readonly isTold: (group: Group) => boolean;
  private readonly groups: Group[] = [];
  private readonly sends = new Set<Promise<void>>();
  private timers: NodeJS.Timeout[] = [];
  private readonly accepted: Answered[] = [];
  private readonly acknowledged = new Map<string, number>();
  private readonly refusals: Record<string, number> = {};
  private readonly reasons: Record<string, number> = {};
  private requests = 0;
  private slowestMs = 0;
  private givenUp = 0;

  constructor(options: TrafficOptions) {
    this.options = options;
    this.random = createRandom(options.seed);
    this.isTold = createHearsay(options.recipients);
  }

  start(): void {
    const { perSecond, withPeople = true } = this.options;
    const startedAtMs = performance.now();
    let begun = 0;
    // By the clock: timers come late, and the rate would be a lower one. What is more than a second late on a starved machine is left out.
    const launchDue = (): void => {
      const due = ((performance.now() - startedAtMs) / 1_000) * perSecond;
      for (begun = Math.max(begun, Math.floor(due - perSecond)); begun < due; begun += 1) this.launch(this.alert());
    };
    this.timers.push(setInterval(launchDue, 10));
    if (withPeople) this.timers.push(setInterval(() => this.launch(this.acknowledgeOne()), 900));
  }

  /** Opens so many incidents, in batches, and waits until all are accepted. */
  async open(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 20) await Promise.all(Array.from({ length: Math.min(20, left) }, () => this.fireNew()));
  }

  /** Ends every alert, and waits until that is accepted. */
  async endAll(): Promise<void> {
    for (const group of this.groups.filter(({ ended }) => !ended)) await this.end(group);
  }

  /** Sends no more, and waits until everything that was begun is answered. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    await Promise.all(this.sends);
  }

  get record(): TrafficRecord {
    const { accepted, acknowledged, requests, refusals, reasons, slowestMs, givenUp } = this;
    const ended = new Set(this.groups.filter((group) => group.ended).map((group) => group.incidentId ?? ''));
    return { accepted, acknowledged, ended, requests, refusals, reasons, slowestMs, givenUp };
  }

  private launch(send: Promise<void>): void {
    const kept = send.finally(() => this.sends.delete(kept));
    this.sends.add(kept);
  }

  private alert(): Promise<void> {
    const { newShare = 0.25 } = this.options;
    const open = this.groups.filter((group) => !group.ended && group.incidentId !== null);
    if (open.length === 0 || this.random.next() < newShare) return this.fireNew();
    const quiet = open.filter((group) => group.underWay === 0);
    const what = this.random.next();
    const told = quiet.filter((group) => this.isTold(group) && !group.acknowledging);
    if (what < 0.25 && told.length > 0) return this.end(this.random.pick(told));
    const group = this.random.pick(open);
    if (what < 0.55 && group.instances.length < 8) group.instances.push(`${group.name}-${group.instances.length}`);
    return this.post(group, [group.instances.at(-1) as string], 'firing');
  }

  private fireNew(): Promise<void> {
    const name = `Trial${this.groups.length + 1}`;
    const group: Group = {
      name,
      service: this.random.pick(serviceNames),
      startsAt: new Date().toISOString(),
      instances: [`${name}-0`],
      incidentId: null,
      underWay: 0,
      ended: false,
      acknowledging: false,
    };
    this.groups.push(group);
    return this.post(group, group.instances, 'firing');
  }

  private end(group: Group): Promise<void> {
    group.ended = true;
    return this.post(group, group.instances, 'resolved');
  }

  private async post(group: Group, instances: readonly string[], status: 'firing' | 'resolved'): Promise<void> {
    const endsAt = new Date().toISOString();
    const body = {
      version: '4',
      status,
      alerts: instances.map((instance) => ({
        status,
        labels: { alertname: group.name, service: group.service, severity: 'warning', instance },
        annotations: { summary: `${group.name} fires` },
        startsAt: group.startsAt,
        ...(status === 'resolved' && { endsAt }),
      })),
    };
    group.underWay += 1;
    const sent = instances.map((instance): Answered => ({ name: group.name, instance, status }));
    const answer = await this.until2xx('/api/v1/webhooks/alertmanager/', body, { authorization: `Bearer ${bearer}` });
    group.underWay -= 1;
    if (answer === null) return;
    this.accepted.push(...sent);
    const { alerts } = answer.body as { alerts: { incident: string | null }[] };
    group.incidentId ??= alerts[0]?.incident ?? null;
  }

  private async acknowledgeOne(): Promise<void> {
    const group = this.groups.find(
      (one, index) => index % 5 < 2 && !one.ended && !one.acknowledging && one.incidentId !== null && this.isTold(one),
    );
    if (group === undefined) return;
    group.acknowledging = true;
    const incidentId = group.incidentId as string;
    const headers = { authorization: `Token ${this.options.token}`, 'idempotency-key': `ack-${incidentId}` };
    const answer = await this.until2xx(`/api/v1/incidents/${incidentId}/acknowledge/`, {}, headers);
    if (answer !== null && answer.status < 300) this.acknowledged.set(incidentId, Date.now());
    group.acknowledging = false;
    // What is acknowledged is left to people: nothing ends it.
    if (answer === null) group.ended = false;
  }

  private async until2xx(path: string, body: object, headers: Record<string, string>): Promise<{ status: number; body: unknown } | null> {
    const isAlert = path.includes('webhooks');
    for (const deadlineMs = Date.now() + giveUpAfterMs; Date.now() < deadlineMs; await delay(resendAfterMs)) {
      this.requests += 1;
      const startedAtMs = performance.now();
      try {
        const response = await fetch(`${this.options.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(requestTimeoutMs),
        });
        const answer: unknown = await response.json().catch(() => null);
        if (isAlert) this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAtMs);
        if (response.ok) return { status: response.status, body: answer };
        this.refusals[response.status] = (this.refusals[response.status] ?? 0) + 1;
        const reason = `${response.status} ${(answer as { detail?: string } | null)?.detail ?? ''}`;
        this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
        if (response.status === 409) return { status: response.status, body: answer };
      } catch {
        if (isAlert) this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAtMs);
        this.refusals['broken'] = (this.refusals['broken'] ?? 0) + 1;
      }
    }
    this.givenUp += 1;
    return null;
  }
}

/** A person's token. */
export async function signIn(url: string, password: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/token/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  if (!answer.ok) throw new Error(`sign in: ${answer.status}`);
  return ((await answer.json()) as { token: string }).token;
}
