import { said } from '../../domain/said.ts';
import { shorten } from '../../domain/shorten.ts';
import type { IncidentStatus } from '../../domain/vocabulary.ts';
import { words } from '../../texts/languages.ts';
import type { Notification } from '../notification.ts';
import { oneLine, viewText } from '../notification-text.ts';

/** docs.discord.com/developers/components/reference: five rows of five buttons, a label of 80 characters, a URL of 512, a `custom_id` of 100. */
export interface Row {
  readonly type: 1;
  readonly components: readonly Button[];
}
export type Button =
  | { readonly type: 2; readonly style: 1 | 2 | 3; readonly label: string; readonly custom_id: string }
  | { readonly type: 2; readonly style: 5; readonly label: string; readonly url: string };

const most = 5;
const longestLabel = 80;
const longestUrl = 512;

type Act = 'acknowledge' | 'resolve' | 'escalate' | 'assign';

const acts: Record<IncidentStatus, readonly Act[]> = {
  TRIGGERED: ['acknowledge', 'resolve', 'escalate', 'assign'],
  ACKNOWLEDGED: ['resolve', 'escalate', 'assign'],
  RESOLVED: [],
};

/** Primary, success, secondary. */
const styles = { acknowledge: 1, resolve: 3, escalate: 2, assign: 2 } as const;

/**
 * What can be done as the incident stands, and the link to it. Presses come back where a bot sent the message; below a webhook's there are only links
 * (docs.discord.com/developers/resources/webhook, execute webhook), such as those that need no sign-in.
 */
export function buttonsFor(notification: Notification, canPress: boolean): readonly Row[] {
  const { incident, reader, answers, purpose } = notification;
  const label = (act: Act): string => words(said(`message.button.${act}`), reader.language);
  const possible = purpose === 'test' ? [] : acts[incident.status];
  const pressed = possible.map((act): Button => ({ type: 2, style: styles[act], label: label(act), custom_id: `${act}:${incident.id}` }));
  const linked = answers.filter(({ act }) => possible.includes(act)).flatMap(({ act, url }) => link(label(act), url));
  return rowsOf([...(canPress ? pressed : linked), ...link(viewText(reader), incident.url)]);
}

export const linkRows = (links: readonly (readonly [label: string, url: string])[]): readonly Row[] =>
  rowsOf(links.flatMap(([label, url]) => link(label, url)));

/** None for an address that Discord would refuse: the whole message would fail with it. */
const link = (label: string, url: string): readonly Button[] =>
  url.length <= longestUrl && /^https?:\/\//i.test(url) && URL.canParse(url)
    ? [{ type: 2, style: 5, label: shorten(oneLine(label), longestLabel) || '—', url }]
    : [];

const rowsOf = (buttons: readonly Button[]): readonly Row[] =>
  Array.from({ length: Math.min(most, Math.ceil(buttons.length / most)) }, (_, row) => ({
    type: 1,
    components: buttons.slice(row * most, (row + 1) * most),
  }));
