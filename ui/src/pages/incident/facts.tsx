import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconBook2, IconDownload, IconFileText, IconMessages, IconTimelineEvent } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { users } from '../../api/choices.ts';
import { surroundings } from '../../api/home.ts';
import { webUrl } from '../../parts/alert-parts.tsx';
import { Ago, Clock } from '../../parts/times.tsx';
import { basePath } from '../../base-path.ts';
import classes from './facts.module.css';
import { MoveService } from './move-service.tsx';
import type { IncidentParts } from './parts.ts';
import { ScopeAdder } from './scope-adder.tsx';
import { SeverityChoice } from './severity-choice.tsx';

/** What can be changed about an incident, and where else it lives. */
export function Facts(parts: IncidentParts): ReactNode {
  const { id, incident, act, isPending } = parts;
  const { t } = useTranslation();
  const people = useQuery(users);
  const assignee = incident.assignee;
  const choices = people.data?.map(({ value, label }) => ({ value, label })) ?? [];
  const known =
    assignee === null || choices.some((choice) => choice.value === assignee.id)
      ? choices
      : [{ value: assignee.id, label: assignee.name }, ...choices];
  return (
    <aside className={classes['facts']} aria-label={t('facts.title')}>
      <div className="card">
        <div className={classes['changes']}>
          <SeverityChoice {...parts} />
          <Select
            label={t('facts.assignee')}
            description={t('facts.assigneeHint')}
            size="sm"
            searchable
            clearable
            disabled={isPending}
            placeholder={t('facts.unassigned')}
            data={known}
            value={assignee?.id ?? null}
            onChange={(value) => value !== (assignee?.id ?? null) && act(id, { kind: 'assign', assignee: value })}
          />
          <ScopeAdder {...parts} />
        </div>
        <MoveService id={id} incident={incident} />
        <dl className={classes['list']}>
          <Fact name={t('facts.service')}>{incident.service.name}</Fact>
          <Fact name={t('facts.team')}>{incident.team?.name ?? t('facts.none')}</Fact>
          {incident.impact_scopes.length > 0 && (
            <Fact name={t('facts.scopes')}>{incident.impact_scopes.map((scope) => scope.name).join(', ')}</Fact>
          )}
          <Fact name={t('facts.opened')}>
            <Ago at={incident.created_at} /> · {incident.created_by ?? t('facts.byMonitoring')}
          </Fact>
          {incident.acknowledged_at !== null && (
            <Fact name={t('facts.acknowledged')}>
              <Clock at={incident.acknowledged_at} />
              {incident.acknowledged_by !== null && ` · ${incident.acknowledged_by}`}
            </Fact>
          )}
          {incident.resolved_at !== null && (
            <Fact name={t('facts.resolved')}>
              <Clock at={incident.resolved_at} />
            </Fact>
          )}
        </dl>
      </div>
      <Links incident={incident} />
    </aside>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode => (
  <div className={classes['fact']}>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** Not the one that IMAS keeps itself, which has a page of its own for that. */
const isElsewhere = (url: string | null): boolean => url !== null && !/\/dashboard\/incidents\/[^/]+\/document\/$/.test(url);

function Links({ incident }: Pick<IncidentParts, 'incident'>): ReactNode {
  const { t } = useTranslation();
  const { data: around } = useQuery(surroundings);
  const run =
    around?.temporal_ui_url == null
      ? null
      : `${around.temporal_ui_url}/namespaces/${encodeURIComponent(around.temporal_namespace)}/workflows/${encodeURIComponent(`incident/${incident.id}`)}`;
  const links = [
    { href: webUrl(incident.runbook_url), icon: <IconBook2 size={17} aria-hidden />, name: t('facts.runbook') },
    { href: webUrl(incident.document_url), icon: <IconFileText size={17} aria-hidden />, name: t('facts.document') },
    { href: webUrl(incident.war_room_url), icon: <IconMessages size={17} aria-hidden />, name: t('facts.room') },
    { href: run, icon: <IconTimelineEvent size={17} aria-hidden />, name: t('facts.run') },
  ].filter((link) => link.href !== null);
  if (links.length === 0) return null;
  return (
    <nav className={`card ${classes['links']}`} aria-label={t('facts.links')}>
      {links.map(({ href, icon, name }) => (
        <a key={name} href={href ?? undefined} target="_blank" rel="noreferrer noopener" className={classes['link']}>
          {icon}
          {name}
        </a>
      ))}
      {isElsewhere(incident.document_url) &&
        (['pdf', 'markdown'] as const).map((format) => (
          <a
            key={format}
            href={`${basePath}/api/v1/incidents/${incident.id}/document/export/?format=${format}`}
            className={classes['link']}
          >
            <IconDownload size={17} aria-hidden />
            {t(`facts.export.${format}`)}
          </a>
        ))}
    </nav>
  );
}
