import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { incidentExplanation } from '../../api/incidents.ts';
import type { ExplainedPage, Incident } from '../../../../src/api/wire.ts';
import { Failure } from '../../parts/failure.tsx';
import { Person } from '../../parts/person.tsx';
import { ToldWay } from './told-way.tsx';
import classes from './told.module.css';

const shownFirst = 6;
const waysFirst = 3;

interface Told {
  readonly key: string;
  readonly who: string;
  readonly userId: string | null;
  /** The newest first, and what is still due above all. */
  readonly pages: readonly ExplainedPage[];
}

/** Who was notified, each once, with the ways to them below: what became of each message, and why it was sent. */
export function Told({ id, incident }: { readonly id: string; readonly incident: Incident }): ReactNode {
  const { t } = useTranslation();
  const [showsAll, setShowsAll] = useState(false);
  const explanation = useQuery(incidentExplanation(id));
  if (explanation.isError && explanation.data === undefined)
    return <Failure error={explanation.error} onAgain={() => void explanation.refetch()} />;
  if (explanation.data === undefined) return <Skeleton height={120} m="md" width="auto" />;
  const people = byPerson(explanation.data.pages);
  const shown = showsAll ? people : people.slice(0, shownFirst);
  const holder = incident.status === 'TRIGGERED' ? null : explanation.data.acknowledged_by_id;
  return (
    <div className={classes['told']}>
      <h3 className={classes['title']}>{t('told.title')}</h3>
      {people.length === 0 && <p className="dim">{t('told.nobody')}</p>}
      <ul className={classes['people']} aria-live="polite">
        {shown.map((told) => (
          <ToldPerson key={told.key} told={told} hasIt={holder !== null && told.userId === holder} />
        ))}
      </ul>
      {people.length > shown.length && (
        <Button variant="subtle" size="compact-sm" onClick={() => setShowsAll(true)}>
          {t('told.all', { count: people.length })}
        </Button>
      )}
    </div>
  );
}

function ToldPerson({ told, hasIt }: { readonly told: Told; readonly hasIt: boolean }): ReactNode {
  const { t } = useTranslation();
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? told.pages : told.pages.slice(0, waysFirst);
  return (
    <li className={classes['person']}>
      <div className={classes['name']}>
        {told.userId === null ? <strong>{told.who}</strong> : <Person name={told.who} />}
        {hasIt && (
          <span className={classes['has-it']}>
            <IconCircleCheck size={16} aria-hidden /> {t('status.ACKNOWLEDGED')}
          </span>
        )}
      </div>
      <ul className={classes['ways']}>
        {shown.map((page) => (
          <ToldWay key={page.page_id} page={page} />
        ))}
      </ul>
      {told.pages.length > shown.length && (
        <Button variant="subtle" size="compact-xs" ml={30} onClick={() => setShowsAll(true)}>
          {t('told.all', { count: told.pages.length })}
        </Button>
      )}
    </li>
  );
}

function byPerson(pages: readonly ExplainedPage[]): Told[] {
  const newestFirst = pages.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const groups = Map.groupBy(newestFirst, (page) => page.user_id ?? page.who);
  return [...groups].map(([key, own]) => ({ key, who: own[0]?.who ?? key, userId: own[0]?.user_id ?? null, pages: own }));
}
