import { Alert, Button, SegmentedControl, Textarea } from '@mantine/core';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SectionVersion } from '../../../../src/api/wire.ts';
import { useReason } from '../../parts/failure.tsx';
import { Markdown } from '../../parts/markdown.tsx';
import classes from './section.module.css';
import type { SectionDraft } from './use-section-draft.ts';

interface SectionEditorProps {
  readonly heading: string;
  readonly latest: SectionVersion;
  readonly draft: SectionDraft;
  readonly text: string;
  /** The editor was opened by a press, so that the cursor belongs there. */
  readonly isBegun: boolean;
}

export default function SectionEditor({ heading, latest, draft, text, isBegun }: SectionEditorProps): ReactNode {
  const { t } = useTranslation();
  const [view, setView] = useState<'source' | 'preview'>('source');
  const [isAsked, setAsked] = useState(false);
  const isChanged = text !== latest.text;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!draft.isConflict) draft.save();
  };
  return (
    <div className={classes['editor']}>
      {draft.isConflict && <Conflict latest={latest} draft={draft} text={text} />}
      <SegmentedControl
        size="xs"
        value={view}
        onChange={(value) => setView(value as typeof view)}
        aria-label={t('document.editSection', { section: heading })}
        data={(['source', 'preview'] as const).map((value) => ({ value, label: t(`document.${value}`) }))}
      />
      {view === 'source' ? (
        <Textarea
          autosize
          minRows={5}
          maxRows={30}
          maxLength={50_000}
          autoFocus={isBegun}
          aria-label={t('document.text', { section: heading })}
          description={t('document.hint')}
          inputWrapperOrder={['input', 'description']}
          value={text}
          onChange={(event) => draft.write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      ) : (
        <div className={classes['preview']}>
          <Markdown text={text} />
        </div>
      )}
      <EditorState draft={draft} isChanged={isChanged} />
      {isAsked && isChanged ? (
        <div className={classes['buttons']} role="alertdialog" aria-label={t('document.discard')}>
          <span>{t('document.discard')}</span>
          <Button size="sm" variant="default" onClick={() => setAsked(false)} autoFocus>
            {t('document.discardNo')}
          </Button>
          <Button size="sm" color="red" variant="light" onClick={draft.discard}>
            {t('document.discardYes')}
          </Button>
        </div>
      ) : (
        <div className={classes['buttons']}>
          <Button size="sm" variant="default" onClick={() => (isChanged ? setAsked(true) : draft.discard())}>
            {t('document.cancel')}
          </Button>
          <Button size="sm" loading={draft.isSaving} disabled={draft.isConflict} onClick={draft.save}>
            {t('document.save')}
          </Button>
        </div>
      )}
    </div>
  );
}

function EditorState({ draft, isChanged }: { readonly draft: SectionDraft; readonly isChanged: boolean }): ReactNode {
  const { t } = useTranslation();
  const reason = useReason(draft.refusal);
  const state = draft.isWaiting
    ? t('document.waiting')
    : draft.refusal !== null
      ? `${t('document.refused')} ${reason}`
      : isChanged
        ? t('document.unsaved')
        : '';
  return (
    <p className={classes['state']} role="status" data-bad={draft.isWaiting || draft.refusal !== null || undefined}>
      {state}
    </p>
  );
}

/** Somebody was quicker: both texts are there, and whoever is here decides. */
function Conflict({ latest, draft, text }: Pick<SectionEditorProps, 'latest' | 'draft' | 'text'>): ReactNode {
  const { t } = useTranslation();
  return (
    <Alert
      className={classes['conflict'] ?? ''}
      color="yellow"
      variant="light"
      role="alert"
      title={t('document.conflict.title', { who: latest.edited_by?.name ?? '' })}
    >
      <p className={classes['why']}>{t('document.conflict.why')}</p>
      <div className={classes['theirs']}>
        {latest.text.trim() === '' ? t('document.conflict.emptied') : <Markdown text={latest.text} />}
      </div>
      <div className={classes['choices']}>
        <Button size="xs" variant="default" onClick={() => draft.rebase(`${latest.text.trimEnd()}\n\n${text}`.trimStart())}>
          {t('document.conflict.both')}
        </Button>
        <Button size="xs" variant="default" onClick={() => draft.rebase(text)}>
          {t('document.conflict.mine')}
        </Button>
      </div>
    </Alert>
  );
}
