import { hash } from 'node:crypto';
import type { Notification } from '../connectors/notification.ts';

/** What a message shows of its incident, as one short text: where it is another one, the message is out of date. */
export const shownBy = ({ incident, note, reader }: Pick<Notification, 'incident' | 'note' | 'reader'>): string =>
  hash('sha256', JSON.stringify([incident, note, reader.language]), 'base64url');
