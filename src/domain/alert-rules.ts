import type { AlertEvent } from './alert-event.ts';
import type { Severity } from './vocabulary.ts';

export const ruleOperators = ['equals', 'not_equals', 'contains', 'starts_with', 'ends_with'] as const;

/** `field` is `name`, `summary`, `service`, `fingerprint`, `severity`, or a label as `labels.<name>`. */
export interface RuleCondition {
  readonly field: string;
  readonly operator: (typeof ruleOperators)[number];
  readonly value: string;
}

export interface AlertRule {
  readonly id: string;
  readonly name: string;
  readonly source: string | null;
  /** All must hold; none at all matches every alert of the source. */
  readonly conditions: readonly RuleCondition[];
  readonly serviceId: string | null;
  readonly severity: Severity | null;
  /** Keep and show the alert, but open no incident for it. */
  readonly suppress: boolean;
}

export interface Routed {
  readonly serviceId: string;
  readonly severity: Severity;
  readonly ruleId: string | null;
  readonly suppressed: boolean;
  readonly matched: 'rule' | 'name' | 'catch_all';
}

export interface Routes {
  /** In the order in which they are tried. */
  readonly rules: readonly AlertRule[];
  /** Service id by lower-case name. */
  readonly servicesByName: ReadonlyMap<string, string>;
  readonly catchAllServiceId: string;
}

/** The first rule that matches decides what it names; the label `service` decides the rest, and the catch-all service what is left. */
export function routeAlert(alert: AlertEvent, routes: Routes): Routed {
  const rule = routes.rules.find((candidate) => matches(candidate, alert));
  const named = alert.service === null ? undefined : routes.servicesByName.get(alert.service.toLowerCase());
  const severity = rule?.severity ?? alert.severity;
  const suppressed = alert.neverPages === true || (rule?.suppress ?? false);
  const ruleId = rule?.id ?? null;
  if (rule?.serviceId) return { serviceId: rule.serviceId, severity, ruleId, suppressed, matched: 'rule' };
  if (named !== undefined) return { serviceId: named, severity, ruleId, suppressed, matched: 'name' };
  return { serviceId: routes.catchAllServiceId, severity, ruleId, suppressed, matched: 'catch_all' };
}

/** What of an alert rules look at. */
export type RuledAlert = Pick<AlertEvent, 'source' | 'name' | 'summary' | 'service' | 'fingerprint' | 'severity' | 'labels'>;

export function matches(rule: Pick<AlertRule, 'source' | 'conditions'>, alert: RuledAlert): boolean {
  if (rule.source !== null && rule.source !== alert.source) return false;
  return rule.conditions.every((condition) => holds(condition, valueOf(alert, condition.field)));
}

function valueOf(alert: RuledAlert, field: string): string {
  if (field.startsWith('labels.')) return alert.labels[field.slice('labels.'.length)] ?? '';
  switch (field) {
    case 'name':
      return alert.name;
    case 'summary':
      return alert.summary;
    case 'service':
      return alert.service ?? '';
    case 'fingerprint':
      return alert.fingerprint;
    case 'severity':
      return alert.severity;
    default:
      return '';
  }
}

function holds({ operator, value }: RuleCondition, actual: string): boolean {
  switch (operator) {
    case 'equals':
      return actual === value;
    case 'not_equals':
      return actual !== value;
    case 'contains':
      return actual.includes(value);
    case 'starts_with':
      return actual.startsWith(value);
    case 'ends_with':
      return actual.endsWith(value);
  }
}
