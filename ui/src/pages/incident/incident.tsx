import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect } from 'wouter';
import { incidentRead } from '../../api/incidents.ts';
import { RequestRefused } from '../../api/request.ts';
import { Failure } from '../../parts/failure.tsx';
import { PageSkeleton } from '../../parts/page-skeleton.tsx';
import { NotFound } from '../not-found.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import { useIncidentAction } from '../../parts/use-incident-action.tsx';
import { useIncidentTitle } from '../../parts/use-incident-title.ts';
import { ActionBar } from './action-bar.tsx';
import { AlertsCard } from './alerts-card.tsx';
import { Facts } from './facts.tsx';
import { Head } from './head.tsx';
import classes from './incident.module.css';
import { NextStep } from './next-step.tsx';
import { Timeline } from './timeline.tsx';
import { useAcknowledgeKey } from './use-acknowledge-key.ts';
import { Told } from './told.tsx';

/** `id` is a short id, in either case, or a UUID, as the address has it. */
export default function Incident({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const shortId = id.toUpperCase().startsWith('INC-') ? id.toUpperCase() : id;
  const read = useQuery(incidentRead(shortId));
  const action = useIncidentAction();
  const titleOf = useIncidentTitle();
  const incident = read.data;
  useAcknowledgeKey(incident, () => action.act(shortId, { kind: 'acknowledge' }));
  usePageTitle(incident === undefined ? shortId : `${incident.short_id} ${titleOf(incident)}`);

  if (read.isPending) return <PageSkeleton rows={7} />;
  if (read.error instanceof RequestRefused && read.error.status === 404) return <NotFound title={t('incident.unknown', { id: shortId })} />;
  if (incident === undefined) return <Failure error={read.error} onAgain={() => void read.refetch()} />;

  // What the stream tells is told of the short id.
  if (incident.short_id !== shortId) return <Redirect to={`/dashboard/incidents/${incident.short_id}/`} replace />;
  const act: typeof action.act = (_id, what, onDone) => action.act(shortId, what, onDone);
  const parts = { id: shortId, incident, act, isPending: action.isPending, pendingKind: action.pendingKind };
  return (
    <div className={classes['page']}>
      <Head incident={incident} />
      <ActionBar {...parts} />
      <div className={classes['top']}>
        <section className="card" aria-labelledby="next-title">
          <NextStep id={shortId} incident={incident} />
          <Told id={shortId} incident={incident} />
        </section>
      </div>
      <Facts {...parts} />
      <AlertsCard id={shortId} incident={incident} />
      <Timeline {...parts} />
    </div>
  );
}
