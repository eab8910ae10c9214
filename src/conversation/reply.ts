import type { Reply } from '../connectors/connector.ts';
import type { Said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';
import type { ChatUser } from './account.ts';

/** What whoever asked reads, in their language, in Markdown; `forAll` where the whole room shall see it. */
export const text = (what: Said, user: Pick<ChatUser, 'reader'> | null = null, { forAll = false } = {}): Reply => ({
  kind: 'text',
  text: words(what, user?.reader.language ?? 'en'),
  forAll,
});
