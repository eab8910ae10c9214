import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainQuery } from '../../src/contract/incident.ts';
import { incidentWorkflowId } from '../../src/contract/names.ts';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import { startHouse, type House } from '../support/house.ts';

let house: House;
let policy: PolicyDocument;

beforeAll(async () => {
  house = await startHouse({ clock: 'real' });
  const ann = await house.person('ann');
  policy = {
    levels: [{ targets: [{ type: 'user', id: ann }], delay_seconds: 3600 }],
    repeat: 0,
    fallback: [{ type: 'user', id: ann }],
    acknowledged_timeout_seconds: 0,
  };
});

afterAll(async () => {
  await house.stop();
});

const opened = async (): Promise<string> => {
  const { incidentId } = await house.fire(await house.service(policy));
  await house.untilSaid(incidentId as string, 'ALERT_SENT');
  return incidentId as string;
};

describe('what an operator sees in Temporal', () => {
  it('finds incidents by service, severity, status and short id, as they are now', async () => {
    const incident = await opened();
    const { short_id: shortId } = await house.incident(incident);
    const found = async (query: string): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { workflowId } of house.environment.client.workflow.list({ query })) ids.push(workflowId);
      return ids;
    };
    const query = (status: string, severity: string) =>
      `ImasShortId = '${String(shortId)}' AND ImasStatus = '${status}' AND ImasSeverity = '${severity}'`;
    await house.until('the open one', async () => (await found(query('TRIGGERED', 'SEV2_HIGH'))).includes(incidentWorkflowId(incident)));
    await house.command(incident, { kind: 'change_severity', severity: 'SEV1_CRITICAL' });
    await house.command(incident, { kind: 'acknowledge' });
    await house.until('the acknowledged one', async () =>
      (await found(query('ACKNOWLEDGED', 'SEV1_CRITICAL'))).includes(incidentWorkflowId(incident)),
    );
  });

  it('reads in words what the run is about, what it did and what comes next', async () => {
    const incident = await opened();
    const handle = house.environment.client.workflow.getHandle(incidentWorkflowId(incident));
    const { staticSummary } = await handle.describe();
    expect(await staticSummary()).toMatch(/^INC-[A-Z0-9]{6} SEV2 DiskFull is firing, service-/);
    const details = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(details.currentDetails).toMatch(/waits for ann.*Next: .+ at \d{4}-/s);
    const explained = await handle.query(explainQuery);
    expect(explained.pages.map(({ who, outcome }) => `${who} ${outcome}`)).toEqual(['ann sent', 'ann due']);
    const { events = [] } = await house.history(incident);
    const summaries = (events ?? [])
      .map(({ userMetadata }) => Buffer.from(userMetadata?.summary?.data ?? []).toString())
      .filter((text) => text !== '');
    expect(summaries).toContainEqual(expect.stringContaining('page to ann by Mail'));
  });

  it('needs few events for a quiet incident', async () => {
    const service = await house.service(policy);
    const { incidentId } = await house.fire(service);
    const incident = incidentId as string;
    await house.untilSaid(incident, 'ALERT_SENT');
    await house.command(incident, { kind: 'acknowledge' });
    await house.command(incident, { kind: 'resolve' });
    const handle = house.environment.client.workflow.getHandle(incidentWorkflowId(incident));
    await handle.result();
    const { events } = await house.history(incident);
    expect(events?.length).toBeLessThanOrEqual(35);
  });
});

describe('while no worker runs', () => {
  it('an acknowledgement is accepted, and nobody is paged after it', async () => {
    const incident = await opened();
    const startWorker = await house.stopWorker();
    const acknowledged = house.command(incident, { kind: 'acknowledge' });
    await startWorker();
    expect(await acknowledged).toEqual({ outcome: 'applied', message: 'Acknowledged' });
    expect(await house.incident(incident)).toMatchObject({ status: 'ACKNOWLEDGED' });
  });
});
