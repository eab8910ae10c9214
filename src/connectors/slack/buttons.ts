import { said } from '../../domain/said.ts';
import type { IncidentStatus } from '../../domain/vocabulary.ts';
import { words } from '../../texts/languages.ts';
import type { Notification } from '../notification.ts';
import { viewText } from '../notification-text.ts';
import { limits, linkButton, plain, type Button } from './block-kit.ts';

export const presses = ['acknowledge', 'resolve', 'escalate', 'assign_to_me'] as const;
type Press = (typeof presses)[number];

const offered: Readonly<Record<IncidentStatus, readonly Press[]>> = {
  TRIGGERED: presses,
  ACKNOWLEDGED: ['resolve', 'escalate', 'assign_to_me'],
  RESOLVED: [],
};

/** "🔍 View Incident", and what can be done from here: by presses where they reach us, else by the links of whoever reads it. */
export function buttonsOf(about: Notification, canPress: boolean): readonly Button[] {
  const { incident, purpose, reader } = about;
  const name = (press: Press): string => words(said(`message.act.${press}`), reader.language);
  const possible = purpose === 'test' ? [] : offered[incident.status];
  const acts: readonly Button[] = canPress
    ? possible.map((press) => ({
        type: 'button',
        text: plain(name(press), limits.button),
        action_id: press,
        value: incident.id,
        ...(press === 'acknowledge' && { style: 'primary' }),
      }))
    : about.answers.filter(({ act }) => possible.includes(act)).flatMap(({ act, url }) => linkButton(act, name(act), url));
  return [...linkButton('incident', `🔍 ${viewText(reader)}`, incident.url), ...acts];
}
