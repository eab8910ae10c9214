/** The words that the outside knows: their spelling is part of the wire format. */

export const severities = ['SEV1_CRITICAL', 'SEV2_HIGH', 'SEV3_MEDIUM', 'SEV4_LOW'] as const;
export type Severity = (typeof severities)[number];

export const incidentStatuses = ['TRIGGERED', 'ACKNOWLEDGED', 'RESOLVED'] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

export const criticalities = ['TIER_1_CRITICAL', 'TIER_2_HIGH', 'TIER_3_MEDIUM', 'TIER_4_LOW'] as const;
export type Criticality = (typeof criticalities)[number];

export const incidentEvents = [
  'incident.created',
  'incident.acknowledged',
  'incident.resolved',
  'incident.escalated',
  'comment.added',
] as const;
export type IncidentEvent = (typeof incidentEvents)[number];

/** 1 is the worst. */
export const severityRank = (severity: Severity): number => severities.indexOf(severity) + 1;

export const isWorse = (a: Severity, b: Severity): boolean => severityRank(a) < severityRank(b);

export const severityLook: Record<Severity, { emoji: string; color: string }> = {
  SEV1_CRITICAL: { emoji: '🔴', color: '#DC3545' },
  SEV2_HIGH: { emoji: '🟠', color: '#FD7E14' },
  SEV3_MEDIUM: { emoji: '🟡', color: '#FFC107' },
  SEV4_LOW: { emoji: '🟢', color: '#0DCAF0' },
};
