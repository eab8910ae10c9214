import type { IncidentSummary, Notification } from '../connectors/notification.ts';
import type { Reader } from '../domain/reader.ts';
import { said } from '../domain/said.ts';
import { aboutIncident } from '../incidents/about-incident.ts';

/** What is sent to see whether a provider, or somebody's way, works. */
export const testNotification = (baseUrl: string, at: Date, reader: Reader): Notification => ({
  ...aboutIncident({ summaryFor: () => testIncident(baseUrl, at), note: null }, reader),
  purpose: 'test',
  event: 'incident.created',
  occasion: said('message.occasion.test'),
  reasons: [said('reason.test')],
});

const testIncident = (baseUrl: string, at: Date): IncidentSummary => ({
  id: '00000000-0000-4000-8000-000000000000',
  shortId: 'INC-TEST00',
  title: 'Test Notification',
  description: 'This is a test from IMAS Manager',
  severity: 'SEV4_LOW',
  status: 'TRIGGERED',
  service: { id: '00000000-0000-4000-8000-000000000000', name: 'test-service' },
  team: null,
  assignee: null,
  createdAt: at.toISOString(),
  url: `${baseUrl}/dashboard/`,
  alerts: null,
  links: { document: null, warRoom: null, runbook: null, source: null, dashboard: null },
});
