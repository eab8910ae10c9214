import type { StandingFacts } from '../../incidents/document-facts.ts';
import type { IncidentWire } from './wire.ts';

/** The incident as its document says it. */
export const standingFacts = (incident: IncidentWire): StandingFacts => ({
  incident: {
    shortId: incident.short_id,
    title: incident.title,
    description: incident.description,
    severity: incident.severity,
    status: incident.status,
    service: incident.service,
    team: incident.team?.name ?? null,
    assignee: incident.assignee?.name ?? null,
    createdAt: incident.created_at,
    url: incident.url,
    links: { document: incident.document_url, warRoom: incident.war_room_url, runbook: incident.runbook_url },
  },
  acknowledged: incident.acknowledged_at === null ? null : { at: incident.acknowledged_at, by: incident.acknowledged_by },
  resolvedAt: incident.resolved_at,
  impactScopes: incident.impact_scopes.map(({ name }) => name),
});
