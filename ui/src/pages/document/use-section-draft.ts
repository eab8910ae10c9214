import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { IncidentDocument, SectionVersion } from '../../../../src/api/wire.ts';
import { documentKey, writeSection, type SectionName } from '../../api/document.ts';
import { RequestRefused, Unreachable } from '../../api/request.ts';
import { useMe } from '../../session/session.ts';
import { draftPlace, keepDraft, keptDraft, type Draft } from './drafts.ts';

const againMs = 3_000;

const mayPass = (error: unknown): boolean => error instanceof Unreachable || (error instanceof RequestRefused && error.status >= 500);
const isConflict = (error: unknown): boolean => error instanceof RequestRefused && error.status === 409;

/** A person's draft of a section: begun, written, kept, and saved as soon as the server takes it. */
export function useSectionDraft(id: string, section: SectionName, latest: SectionVersion) {
  const place = draftPlace(useMe()?.id ?? '', id, section);
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft | null>(() => keptDraft(place));
  /** Saving was asked for, and the server could not be reached. */
  const [isWaiting, setWaiting] = useState(false);
  /** What is in the editor now, for an answer that comes while its writer goes on. */
  const written = useRef(draft);
  /** The text of the last attempt: its answer may have been lost on the way. */
  const sent = useRef<string | null>(null);

  const change = (next: Draft | null): void => {
    written.current = next;
    setDraft(next);
    keepDraft(place, next);
  };
  const { mutate, reset, error, isPending } = useMutation({
    networkMode: 'always',
    retry: false,
    mutationFn: ({ version, text }: Draft) => writeSection(id, section, { version, text }),
    onMutate: ({ text }) => void (sent.current = text),
    onSuccess: (saved) => {
      queries.setQueriesData<IncidentDocument>({ queryKey: documentKey(id) }, (document) => withVersion(document, section, saved));
      const now = written.current;
      change(now === null || now.text === saved.text ? null : { text: now.text, version: saved.version });
      setWaiting(false);
    },
    onError: (failure) => setWaiting(mayPass(failure)),
    onSettled: () => queries.invalidateQueries({ queryKey: documentKey(id) }),
  });

  useEffect(() => {
    if (!isWaiting || isPending || draft === null) return;
    const again = (): void => mutate(draft);
    const timer = setTimeout(again, againMs);
    window.addEventListener('online', again);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('online', again);
    };
  }, [isWaiting, isPending, draft, mutate]);

  const isOlder = draft !== null && latest.version > draft.version;
  // An attempt whose answer was lost had been stored after all.
  const isOwn = isOlder && sent.current === latest.text;
  return {
    draft,
    /** Somebody else has written since the version that the draft was begun from. */
    isConflict: isOlder && !isOwn && latest.text !== draft.text,
    isSaving: isPending,
    isWaiting,
    /** Why it cannot be saved, where waiting does not help. */
    refusal: mayPass(error) || isConflict(error) ? null : error,
    begin: () => change({ text: latest.text, version: latest.version }),
    write: (text: string) => change({ text, version: isOwn ? latest.version : (draft?.version ?? latest.version) }),
    /** Goes on from the latest version, with this text. */
    rebase: (text: string) => {
      reset();
      setWaiting(false);
      change({ text, version: latest.version });
    },
    discard: () => {
      reset();
      setWaiting(false);
      change(null);
    },
    save: () => {
      if (draft !== null && !isPending) mutate(isOwn ? { ...draft, version: latest.version } : draft);
    },
  };
}

export type SectionDraft = ReturnType<typeof useSectionDraft>;

/** The versions of a section are kept under a longer name of the same key. */
const withVersion = (document: IncidentDocument | undefined, section: SectionName, written: SectionVersion) =>
  document?.sections === undefined
    ? document
    : { ...document, sections: document.sections.map((each) => (each.section === section ? { ...each, written } : each)) };
