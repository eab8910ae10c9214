import { Button, CopyButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconFileText } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { incidentDocument } from '../../api/document.ts';
import { RequestRefused } from '../../api/request.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failure, useReason } from '../../parts/failure.tsx';
import { Markdown } from '../../parts/markdown.tsx';
import { PageSkeleton } from '../../parts/page-skeleton.tsx';
import { Ago } from '../../parts/times.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import classes from './document.module.css';
import { Section } from './section.tsx';

/** The incident document that the system keeps itself: it follows the incident, and people write their sections in place. */
export default function DocumentPage({ id }: { readonly id: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const shortId = id.toUpperCase();
  const document = useQuery(incidentDocument(shortId, i18n.language));
  const reason = useReason(document.error);
  usePageTitle(`${shortId} ${t('facts.document')}`);
  if (document.isPending) return <PageSkeleton />;
  if (document.error instanceof RequestRefused && document.error.status === 404) return <Empty icon={<IconFileText />} title={reason} />;
  if (document.data === undefined) return <Failure error={document.error} onAgain={() => void document.refetch()} />;
  const { title, body, sections, original, updated_at } = document.data;
  /** A section that was saved a moment ago is shown before the whole has been read again. */
  const downloadLatest = async (): Promise<void> => {
    const { data } = await document.refetch();
    download(`${shortId}.md`, data?.body ?? body);
  };
  return (
    <div className={classes['page']}>
      <div className={classes['bar']}>
        <Link className="touch" href={`/dashboard/incidents/${shortId}/`}>
          {shortId}
        </Link>
        <span className="dim">
          {t('document.updated')} <Ago at={updated_at} />
        </span>
        <CopyButton value={body}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {t(copied ? 'incidents.copied' : 'document.copy')}
            </Button>
          )}
        </CopyButton>
        <Button size="xs" variant="default" onClick={() => void downloadLatest()}>
          {t('document.download')}
        </Button>
        <Button size="xs" variant="default" onClick={() => window.print()}>
          {t('document.print')}
        </Button>
      </div>
      <article className={`card ${classes['paper']}`}>
        <h1>{title}</h1>
        {sections.map((section) => (
          <Section key={section.section} id={shortId} section={section} />
        ))}
      </article>
      {original !== null && (
        <details className={classes['original']}>
          <summary>{t('document.original')}</summary>
          <div className={`card ${classes['paper']}`}>
            <Markdown text={original} />
          </div>
        </details>
      )}
    </div>
  );
}

function download(name: string, markdown: string): void {
  const url = URL.createObjectURL(new Blob([markdown], { type: 'text/markdown;charset=utf-8' }));
  const link = window.document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
