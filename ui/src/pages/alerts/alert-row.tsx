import { Button, Collapse } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { alertRead } from '../../api/alerts.ts';
import type { Alert } from '../../../../src/api/wire.ts';
import { AlertLinks, Labels } from '../../parts/alert-parts.tsx';
import { SeverityMark } from '../../parts/severity.tsx';
import { useSourceTitle } from '../../parts/source-title.ts';
import { Ago, Clock } from '../../parts/times.tsx';
import { useMe } from '../../session/session.ts';
import classes from './alerts.module.css';
import { DeliverAgain } from './deliver-again.tsx';
import { useOutcome } from './outcome.ts';
import { RuleMaker } from './rule-maker.tsx';

export function AlertRow({ alert }: { readonly alert: Alert }): ReactNode {
  const { t } = useTranslation();
  const titleOf = useSourceTitle();
  const [isOpen, { toggle }] = useDisclosure(false);
  return (
    <li className={classes['item']}>
      <button type="button" className={classes['row']} aria-expanded={isOpen} onClick={toggle}>
        <IconChevronRight size={16} aria-hidden className={classes['chevron']} data-open={isOpen || undefined} />
        <SeverityMark severity={alert.severity} />
        <span className={classes['what']}>
          <span className={classes['name']}>{alert.summary || alert.name}</span>
          <span className={classes['where']}>
            {titleOf(alert.source)} · {alert.service.name}
            {alert.delivery_count > 1 && ` · ${t('alerts.times', { count: alert.delivery_count })}`}
          </span>
        </span>
        <span className={classes['status']} data-status={alert.status}>
          {t(`alerts.status.${alert.status}`)}
        </span>
        <span className={classes['when']}>
          <Ago at={alert.last_received_at} />
        </span>
      </button>
      <Became alert={alert} />
      <Collapse expanded={isOpen}>{isOpen && <Details alert={alert} />}</Collapse>
    </li>
  );
}

/** What became of it, and why: which rule or name led it there. */
function Became({ alert }: { readonly alert: Alert }): ReactNode {
  const { t } = useTranslation();
  const outcomeOf = useOutcome();
  return (
    <p className={classes['became']}>
      {outcomeOf(alert.outcome)}{' '}
      {alert.incident !== null && <Link href={`/dashboard/incidents/${alert.incident.short_id}/`}>{alert.incident.short_id}</Link>}
      <span className="dim">
        {' '}
        ·{' '}
        {alert.rule === null ? (
          t(isNamed(alert) ? 'alerts.byName' : 'alerts.byNothing', { service: alert.service.name })
        ) : (
          <Link href="/dashboard/alerts/?view=rules">{t('alerts.byRule', { rule: alert.rule.name })}</Link>
        )}
      </span>
    </p>
  );
}

const isNamed = ({ labels, service }: Alert): boolean => labels['service']?.toLowerCase() === service.name.toLowerCase();

function Details({ alert }: { readonly alert: Alert }): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  const [makesRule, { open, close }] = useDisclosure(false);
  const { data } = useQuery(alertRead(alert.id));
  return (
    <div className={classes['details']}>
      <Labels labels={alert.labels} />
      <div className={classes['facts']}>
        <span>
          {t('alerts.started')} <Clock at={alert.starts_at} />
        </span>
        <span>
          {t('alerts.firstReceived')} <Clock at={alert.first_received_at} />
        </span>
        <AlertLinks alert={alert} />
      </div>
      {me?.is_staff === true && !makesRule && (
        <div className={classes['acts']}>
          <Button size="xs" variant="default" onClick={open}>
            {t('alerts.makeRule')}
          </Button>
          <DeliverAgain what="alerts" id={alert.id} />
        </div>
      )}
      {makesRule && <RuleMaker alert={alert} onDone={close} />}
      {data?.deliveries.map((delivery) => (
        <details key={delivery.id} className={classes['payload']}>
          <summary>
            {t('alerts.received')} <Clock at={delivery.received_at} /> · {t(`alerts.status.${delivery.status}`)}
          </summary>
          <pre tabIndex={0}>{JSON.stringify(delivery.payload, null, 2)}</pre>
        </details>
      ))}
    </div>
  );
}
