import { Button } from '@mantine/core';
import { IconHistory, IconPencil } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentSection, SectionVersion } from '../../../../src/api/wire.ts';
import { Markdown } from '../../parts/markdown.tsx';
import { Ago } from '../../parts/times.tsx';
import classes from './section.module.css';
import { useSectionDraft } from './use-section-draft.ts';

const SectionEditor = lazy(() => import('./section-editor.tsx'));
const SectionHistory = lazy(() => import('./section-history.tsx'));

/** What the system knows first, then what people wrote. */
export function Section({ id, section }: { readonly id: string; readonly section: DocumentSection }): ReactNode {
  const { heading, facts, written } = section;
  return (
    <section aria-label={heading}>
      {written === null && <h2>{heading}</h2>}
      {written !== null && <WrittenSection id={id} section={section} written={written} />}
      {written === null && facts !== '' && <Markdown text={facts} />}
    </section>
  );
}

interface WrittenSectionProps {
  readonly id: string;
  readonly section: DocumentSection;
  readonly written: SectionVersion;
}

function WrittenSection({ id, section: { section, heading, facts }, written }: WrittenSectionProps): ReactNode {
  const { t, i18n } = useTranslation();
  const draft = useSectionDraft(id, section, written);
  const [isBegun, setBegun] = useState(false);
  const [isHistoryOpen, setHistoryOpen] = useState(false);
  const edit = useRef<HTMLButtonElement>(null);
  const isEditing = draft.draft !== null;
  const wasEditing = useRef(isEditing);
  useEffect(() => {
    if (wasEditing.current && !isEditing) edit.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  const prompt = `document.empty.${section}`;
  return (
    <>
      <div className={classes['head']}>
        <h2>{heading}</h2>
        {!isEditing && (
          <Button
            ref={edit}
            size="xs"
            variant="default"
            className={classes['edit'] ?? ''}
            leftSection={<IconPencil size={14} aria-hidden />}
            aria-label={t('document.editSection', { section: heading })}
            onClick={() => {
              setBegun(true);
              draft.begin();
            }}
          >
            {t('document.edit')}
          </Button>
        )}
      </div>
      {facts !== '' && <Markdown text={facts} />}
      {draft.draft !== null ? (
        <Suspense fallback={null}>
          <SectionEditor heading={heading} latest={written} draft={draft} text={draft.draft.text} isBegun={isBegun} />
        </Suspense>
      ) : written.text.trim() === '' ? (
        <p className={classes['empty']}>{i18n.exists(prompt) ? t(prompt as 'document.empty.impact') : ''}</p>
      ) : (
        <Markdown text={written.text} />
      )}
      {written.edited_at !== null && (
        <p className={classes['edited']}>
          <span>
            {t('document.editedBy', { who: written.edited_by?.name ?? '' })} <Ago at={written.edited_at} />
          </span>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconHistory size={14} aria-hidden />}
            aria-label={t('document.history.title', { section: heading })}
            onClick={() => setHistoryOpen(true)}
          >
            {t('document.history.open')}
          </Button>
        </p>
      )}
      {isHistoryOpen && (
        <Suspense fallback={null}>
          <SectionHistory id={id} section={section} heading={heading} latest={written} onClose={() => setHistoryOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
