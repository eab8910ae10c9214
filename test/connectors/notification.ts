import type { IncidentSummary, Notification } from '../../src/connectors/notification.ts';

export const incident: IncidentSummary = {
  id: '0b0f6c6e-6a3b-4d0c-9a55-9c1e2f3a4b5c',
  shortId: 'INC-ABC123',
  title: 'Redis is down',
  description: 'No replica answers since 10:02.',
  severity: 'SEV1_CRITICAL',
  status: 'TRIGGERED',
  service: { id: '5f3f1c1a-0000-4000-8000-000000000001', name: 'redis-prod' },
  team: 'Platform',
  assignee: null,
  createdAt: '2026-11-21T10:02:03.000Z',
  url: 'https://imas.example.com/dashboard/incidents/INC-ABC123/',
  alerts: null,
  links: {
    document: 'https://docs.example.com/lid',
    warRoom: null,
    runbook: 'https://wiki.example.com/redis?a=1&b=2',
    source: 'https://prometheus.example.com/graph',
    dashboard: 'https://grafana.example.com/d/redis',
  },
};

export interface Changes extends Partial<Omit<Notification, 'incident'>> {
  readonly incident?: Partial<IncidentSummary>;
}

/** A page for a new incident, with changes. */
export const notificationWith = ({ incident: changes = {}, ...rest }: Changes = {}): Notification => ({
  purpose: 'page',
  event: 'incident.created',
  occasion: { code: 'message.occasion.new', values: {} },
  reasons: [{ code: 'cause.verbatim', values: { text: 'Level 1 of policy "Default", round 1' } }],
  comment: null,
  answers: [],
  note: null,
  wording: { title: null, body: null },
  timestamp: '2026-11-21T10:02:05.000Z',
  reader: { language: 'en', timeZone: 'UTC' },
  ...rest,
  incident: { ...incident, ...changes },
});
