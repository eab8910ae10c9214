import { basePath } from '../../base-path.ts';

/** A text that is not saved yet. */
export interface Draft {
  readonly text: string;
  /** The version of the section that its writer has seen. */
  readonly version: number;
}

/** Whose draft of what: two who share a browser do not see each other's. */
export const draftPlace = (userId: string, incident: string, section: string): string =>
  `imas-draft${basePath}:${userId}:${incident}:${section}`;

export function keptDraft(place: string): Draft | null {
  try {
    const { text, version } = JSON.parse(localStorage.getItem(place) ?? '') as Partial<Draft>;
    return typeof text === 'string' && typeof version === 'number' ? { text, version } : null;
  } catch {
    return null;
  }
}

/** Kept where a reload, a crash and a sign-in find it. Where the browser keeps nothing, it is in the page alone. */
export function keepDraft(place: string, draft: Draft | null): void {
  try {
    if (draft === null) localStorage.removeItem(place);
    else localStorage.setItem(place, JSON.stringify(draft));
  } catch {
    // The editor goes on.
  }
}
