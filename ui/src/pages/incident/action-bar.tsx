import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconArrowBackUp, IconBolt, IconCheck, IconChevronUp, IconHandStop, IconUserCheck } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { incidentExplanation } from '../../api/incidents.ts';
import type { IncidentStatus } from '../../../../src/api/wire.ts';
import { useFormats } from '../../parts/formats.ts';
import { useMe } from '../../session/session.ts';
import classes from './incident.module.css';
import type { IncidentParts } from './parts.ts';

const nextFor = {
  TRIGGERED: { kind: 'acknowledge', color: '#c92a2a', icon: <IconHandStop size={20} aria-hidden /> },
  ACKNOWLEDGED: { kind: 'resolve', color: '#237a36', icon: <IconCheck size={20} aria-hidden /> },
  RESOLVED: { kind: 'reopen', color: 'gray', icon: <IconArrowBackUp size={20} aria-hidden /> },
} as const satisfies Record<IncidentStatus, unknown>;

/** The one thing to press next, and behind it the rest. On a phone it stays at the bottom, where the thumb is. */
export function ActionBar({ id, incident, act, isPending, pendingKind }: IncidentParts): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  const next = nextFor[incident.status];
  const isMine = me !== null && incident.assignee?.id === me.id;
  const isSettled = useIsSettled(next.kind);
  /** The state in which it was asked: in another one the question is void. */
  const [askedIn, setAskedIn] = useState<IncidentStatus | null>(null);
  const press = (kind: 'acknowledge' | 'resolve' | 'reopen'): void => {
    if (kind === 'resolve' && incident.alerts.firing > 0) setAskedIn(incident.status);
    else act(id, { kind });
  };
  if (askedIn === incident.status && incident.alerts.firing > 0) {
    return (
      <StillFiring
        id={id}
        count={incident.alerts.firing}
        onNotYet={() => setAskedIn(null)}
        onResolve={() => {
          setAskedIn(null);
          act(id, { kind: 'resolve' });
        }}
      />
    );
  }
  return (
    <div className={classes['actions']}>
      <Button
        className={classes['big'] ?? ''}
        color={next.color}
        variant={next.kind === 'reopen' ? 'default' : 'filled'}
        leftSection={next.icon}
        loading={pendingKind === next.kind}
        disabled={(isPending && pendingKind !== next.kind) || !isSettled}
        onClick={() => press(next.kind)}
      >
        {t(`action.${next.kind}`)}
      </Button>
      {incident.status !== 'RESOLVED' && (
        <Menu position="bottom-end" width={270}>
          <Menu.Target>
            <Button
              className={classes['others'] ?? ''}
              variant="default"
              rightSection={<IconChevronUp size={16} aria-hidden className={classes['chevron']} />}
              disabled={isPending}
            >
              {t('action.more')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {!isMine && me !== null && (
              <Menu.Item leftSection={<IconUserCheck size={17} aria-hidden />} onClick={() => act(id, { kind: 'assign', assignee: me.id })}>
                {t('action.take')}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconBolt size={17} aria-hidden />} onClick={() => act(id, { kind: 'escalate' })}>
              {t('action.escalate')}
              <EscalatesTo id={id} />
            </Menu.Item>
            {incident.status === 'TRIGGERED' && (
              <Menu.Item leftSection={<IconCheck size={17} aria-hidden />} onClick={() => press('resolve')}>
                {t('action.resolve')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}

/** Whom a press pages. */
function EscalatesTo({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const escalation = useQuery(incidentExplanation(id)).data?.escalation;
  if (escalation == null) return null;
  const { level, round, who } = escalation.next;
  const names = who.join(', ');
  return (
    <span className={classes['escalates-to']}>
      {level === null
        ? t('action.toFallback', { who: names })
        : escalation.rounds > 1
          ? t('action.toLevelOfRound', { level, round, who: names })
          : t('action.toLevel', { level, who: names })}
    </span>
  );
}

/** "Not yet" comes where "Resolve" was: a second press by mistake resolves nothing. */
function StillFiring(props: {
  readonly id: string;
  readonly count: number;
  readonly onNotYet: () => void;
  readonly onResolve: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const reopening = useQuery(incidentExplanation(props.id)).data?.reopening;
  return (
    <div className={`${classes['actions']} ${classes['asking']}`} role="alertdialog" aria-labelledby="still-firing">
      <p id="still-firing">
        {t('action.stillFires', { count: props.count })}{' '}
        {reopening !== undefined &&
          t(reopening.after_seconds < reopening.window_seconds ? 'action.reopens' : 'action.opensNew', {
            count: props.count,
            after: formats.duration(reopening.after_seconds),
          })}
      </p>
      <Button className={classes['big'] ?? ''} variant="default" autoFocus onClick={props.onNotYet}>
        {t('action.notYet')}
      </Button>
      <Button className={classes['others'] ?? ''} color={nextFor.ACKNOWLEDGED.color} onClick={props.onResolve}>
        {t('action.resolveAnyway')}
      </Button>
    </div>
  );
}

const settlesAfterMs = 1_500;

/** False for a moment after `value` has changed: a second press was not meant for what has come under the thumb. */
function useIsSettled(value: string): boolean {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    if (settled === value) return undefined;
    const timer = setTimeout(() => setSettled(value), settlesAfterMs);
    return () => clearTimeout(timer);
  }, [value, settled]);
  return settled === value;
}
