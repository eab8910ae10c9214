import type { useTranslation } from 'react-i18next';

type Translate = ReturnType<typeof useTranslation>['t'];

const accountReasons = { 'no preference is set': 'reason.noPreference', 'last way': 'reason.lastWay' } as const;
const fixed = {
  'named directly': 'reason.named',
  'owner team': 'reason.ownerTeam',
  'was paged before': 'reason.pagedBefore',
  'last resort: nobody else can be reached': 'reason.lastResort',
  'incident.created': 'reason.event.created',
  'incident.acknowledged': 'reason.event.acknowledged',
  'incident.resolved': 'reason.event.resolved',
  'incident.escalated': 'reason.event.escalated',
  'comment.added': 'reason.event.comment',
} as const;

const isFixed = (reason: string): reason is keyof typeof fixed => Object.hasOwn(fixed, reason);

/** The shapes that reasons have, each for a whole reason. */
const shapes: readonly [RegExp, (groups: Readonly<Record<string, string>>, t: Translate) => string][] = [
  [
    /^policy "(?<name>.+)" version (?<version>\d+), round (?<round>\d+), level (?<level>\d+)$/s,
    (groups, t) => t('reason.level', groups as Record<'name' | 'version' | 'round' | 'level', string>),
  ],
  [
    /^policy "(?<name>.+)" version (?<version>\d+), final fallback$/s,
    (groups, t) => t('reason.fallback', groups as Record<'name' | 'version', string>),
  ],
  [
    /^target: (?<kind>user|schedule|team|provider) (?<name>.+)$/s,
    ({ kind, name = '' }, t) => t(`reason.target.${kind as 'user' | 'schedule' | 'team' | 'provider'}`, { name }),
  ],
  [/^(?<who>.+) is on call$/s, ({ who = '' }, t) => t('reason.onCall', { who })],
  [/^(?<who>.+) is a member$/s, ({ who = '' }, t) => t('reason.member', { who })],
  [/^impact scope (?<name>.+)$/s, ({ name = '' }, t) => t('reason.scope', { name })],
  [
    /^preference (?<number>\d+): (?<provider>.+) for (?<severities>every severity|SEV[\w, ]+?)(?<later>, taken when the ways before it fail)?$/s,
    ({ number = '', provider = '', severities = '', later }, t) =>
      t('reason.preference', { number, provider, severities: severities === 'every severity' ? t('reason.everySeverity') : severities }) +
      (later === undefined ? '' : t('reason.later')),
  ],
  [
    /^(?<what>phone number|mail address) of the account: (?<why>no preference is set|last way)$/,
    ({ what, why }, t) =>
      t(what === 'phone number' ? 'reason.phone' : 'reason.mail', { why: t(accountReasons[why as keyof typeof accountReasons]) }),
  ],
];

/** Why someone was told, in the reader's language; what has no known shape stays as the server says it. */
export function reasonText(reason: string, t: Translate): string {
  if (isFixed(reason)) return t(fixed[reason]);
  for (const [shape, say] of shapes) {
    const groups = shape.exec(reason)?.groups;
    if (groups !== undefined) return say(groups, t);
  }
  return reason;
}
