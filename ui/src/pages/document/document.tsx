import { Button, CopyButton } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { IconFileText } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import Markdown from 'markdown-to-jsx';
import { Link } from 'wouter';
import { request, RequestRefused } from '../../api/request.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PageSkeleton } from '../../parts/page-skeleton.tsx';
import { Ago } from '../../parts/times.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import classes from './document.module.css';

interface IncidentDocument {
  /** Markdown. */
  readonly body: string;
  readonly created_at: string;
  readonly updated_at: string;
}

const incidentDocument = (id: string) =>
  queryOptions({
    queryKey: ['incident', id, 'document'],
    queryFn: ({ signal }) => request<IncidentDocument>(`/api/v1/incidents/${encodeURIComponent(id)}/document/`, { signal }),
  });

/** The incident document that the system keeps itself. Its Markdown is shown without any HTML of its own. */
export default function DocumentPage({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const shortId = id.toUpperCase();
  const document = useQuery(incidentDocument(shortId));
  usePageTitle(`${shortId} ${t('facts.document')}`);
  if (document.isPending) return <PageSkeleton />;
  if (document.error instanceof RequestRefused && document.error.status === 404)
    return <Empty icon={<IconFileText />} title={document.error.message} />;
  if (document.data === undefined) return <Failure error={document.error} onAgain={() => void document.refetch()} />;
  const { body, updated_at } = document.data;
  return (
    <div className={classes['page']}>
      <div className={classes['bar']}>
        <Link href={`/dashboard/incidents/${shortId}/`}>{shortId}</Link>
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
        <Button size="xs" variant="default" onClick={() => window.print()}>
          {t('document.print')}
        </Button>
      </div>
      <article className={`card ${classes['paper']}`}>
        <Markdown options={{ disableParsingRawHTML: true }}>{body}</Markdown>
      </article>
    </div>
  );
}
