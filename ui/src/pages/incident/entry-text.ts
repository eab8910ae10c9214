import type { useTranslation } from 'react-i18next';
import type { TimelineEntry } from '../../api/shapes.ts';
import { severityText } from '../../parts/severity-text.ts';
import { failureText } from './failure-text.ts';

type Translate = ReturnType<typeof useTranslation>['t'];

/** What an entry says, in the reader's language; the server's own words where it tells of something that these pages do not know. */
export function entryText(entry: TimelineEntry, t: Translate): string {
  return textOf(entry, t) ?? entry.message;
}

function textOf(entry: TimelineEntry, t: Translate): string | null {
  const { type, message, actor, data } = entry;
  const by = actor.name;
  switch (type) {
    case 'INCIDENT_OPENED':
      return filled({ title: after(message, 'Incident opened: ') }, (known) => t('entry.opened', known));
    case 'ALERT_RECEIVED':
      return alertText(data, t);
    case 'COMMENT_ADDED':
      return actor.type === 'monitoring' && data['status'] === 'resolved' ? t('entry.alertResolved') : null;
    case 'STATUS_CHANGED':
      return statusText(entry, t);
    case 'SEVERITY_CHANGED': {
      const [severity, was] = [severityText(data['severity'], t), severityText(data['was'], t)];
      if (severity === null || was === null) return null;
      return actor.type === 'monitoring' ? t('entry.severityRaised', { severity, was }) : t('entry.severityChanged', { by, severity, was });
    }
    case 'ASSIGNEE_CHANGED':
      return assigneeText(entry, t);
    case 'ESCALATED':
      return escalationText(entry, t);
    case 'ALERT_SENT':
      return filled(told(data), (known) => t(data['perhaps_twice'] === true ? 'entry.toldTwice' : 'entry.told', known));
    case 'DELIVERY_FAILED':
      return filled({ ...told(data), reason: reasonIn(message, data, t) }, (known) => t('entry.notTold', known));
    case 'DELIVERY_SKIPPED':
      return skippedText(entry, t);
    case 'DOCUMENT_CREATED':
      return t('entry.ready', { title: t('facts.document') });
    case 'WAR_ROOM_CREATED':
      return filled({ title: text(data['title']) }, (known) => t('entry.ready', known));
    case 'DOCUMENT_FAILED':
      return filled({ reason: reasonOf(data, t) }, (known) => t('entry.noDocument', known));
    case 'WAR_ROOM_FAILED':
    case 'WAR_ROOM_SKIPPED':
      return filled({ reason: reasonOf(data, t) }, (known) => t('entry.noRoom', known));
    default:
      return null;
  }
}

function alertText(data: TimelineEntry['data'], t: Translate): string | null {
  const { fired, ended, firing, summary } = data;
  if (typeof fired === 'number' && typeof ended === 'number' && typeof firing === 'number')
    return t('entry.alerts', { fired, ended, firing });
  return filled({ summary: text(summary) }, (known) => t(data['status'] === 'worse' ? 'entry.alertWorse' : 'entry.alert', known));
}

/** What ended an incident, or began it again, by itself stands in the message alone. */
const ownAccord = {
  'Resolved: no alert fires any more': 'entry.resolvedByAlerts',
  'Resolved: no alert has fired for the quiet time': 'entry.resolvedQuiet',
  'Reopened: an alert fires again': 'entry.reopenedByAlert',
  'Paging again: it is worse than what was acknowledged': 'entry.worseThanAcknowledged',
  'Paging again: it is worse than before': 'entry.worseThanBefore',
} as const;

function statusText({ message, actor, data }: TimelineEntry, t: Translate): string | null {
  const by = actor.name;
  const own = Object.hasOwn(ownAccord, message) ? ownAccord[message as keyof typeof ownAccord] : undefined;
  if (own !== undefined) return t(own);
  if (data['status'] === 'ACKNOWLEDGED') return t('entry.acknowledged', { by });
  for (const [said, key] of [
    [`${by} resolved the incident`, 'entry.resolved'],
    [`${by} reopened the incident`, 'entry.reopened'],
  ] as const) {
    const note = after(message, `${said}: `);
    if (note !== null) return t('entry.withNote', { said: t(key, { by }), note });
    if (message === said) return t(key, { by });
  }
  if (message === `${by} asked for the next level: paging again`) return t('entry.askedNext', { by });
  const forgot = /^Paging again: (.+) acknowledged, but it is not resolved$/s.exec(message)?.[1];
  return forgot === undefined ? null : t('entry.forgotten', { who: forgot });
}

function assigneeText({ actor, data }: TimelineEntry, t: Translate): string | null {
  const assignee = data['assignee'] as { readonly id?: unknown; readonly name?: unknown } | null | undefined;
  if (assignee === null) return t('entry.unassigned', { by: actor.name });
  if (actor.id !== null && assignee?.id === actor.id) return t('entry.took', { by: actor.name });
  return filled({ by: actor.name, who: text(assignee?.name) }, (known) => t('entry.assigned', known));
}

function skippedText({ message, data }: TimelineEntry, t: Translate): string | null {
  const { left_out: leftOut } = data;
  if (typeof leftOut === 'number') return t('entry.leftOut', { count: leftOut });
  if (data['may_have_reached'] === true)
    return filled({ ...told(data), reason: reasonOf(data, t) }, (known) => t('entry.mayHaveTold', known));
  return filled({ ...told(data), reason: reasonIn(message, data, t) }, (known) => t('entry.skipped', known));
}

function escalationText({ data }: TimelineEntry, t: Translate): string | null {
  const { level, round, by } = data;
  if (level === 'fallback') return t('entry.fallback');
  if (level === 'last_resort') return t('entry.lastResort');
  if (data['unreached'] === 'all') return t('entry.nobodyAtAll');
  if (typeof level === 'number' && typeof round === 'number')
    return round > 1 ? t('entry.levelAgain', { level, round }) : t('entry.level', { level });
  if (typeof by === 'string') return t('entry.escalatedBy', { by });
  const { unreached } = data;
  return typeof unreached === 'number' ? t('entry.levelUnreached', { level: unreached }) : null;
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const after = (message: string, start: string): string | null => (message.startsWith(start) ? text(message.slice(start.length)) : null);
const told = (data: TimelineEntry['data']) => ({ who: text(data['recipient']), provider: text(data['provider']) });

function reasonOf(data: TimelineEntry['data'], t: Translate): string | null {
  const reason = text(data['reason']);
  return reason === null ? null : failureText(reason, t);
}

function reasonIn(message: string, data: TimelineEntry['data'], t: Translate): string | null {
  const start = `by ${text(data['provider']) ?? ''}: `;
  const at = message.indexOf(start);
  return at < 0 ? null : reasonOf({ reason: message.slice(at + start.length) }, t);
}

/** Null as soon as one of the values is missing: half a sentence is worse than an English one. */
function filled<T extends Readonly<Record<string, string | null>>>(
  values: T,
  say: (known: { readonly [K in keyof T]: string }) => string,
): string | null {
  return Object.values(values).some((value) => value === null) ? null : say(values as { readonly [K in keyof T]: string });
}
