import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Redelivered } from '../../../../src/api/wire.ts';
import { deliverAgain } from '../../api/alerts.ts';
import { newKey } from '../../api/request.ts';
import { useReason } from '../../parts/failure.tsx';
import { useOutcome } from './outcome.ts';

interface DeliverAgainProps {
  readonly what: 'alerts' | 'rejected-payloads';
  readonly id: string;
}

/** Has the server handle once more what a source sent, by today's rules, and says what came of it. */
export function DeliverAgain({ what, id }: DeliverAgainProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const key = useRef(newKey());
  const again = useMutation({
    mutationFn: () => deliverAgain(what, id, key.current),
    onSuccess: ({ alerts }) =>
      // Not beside the button: what is understood now has left the list, button and all.
      notifications.show({
        color: alerts.some((alert) => alert.incident !== null) ? 'green' : 'blue',
        title: t('again.done'),
        message: alerts.length === 0 ? t('again.noAlert') : alerts.slice(0, 5).map((alert, index) => <Became key={index} alert={alert} />),
        autoClose: 20_000,
      }),
    onSettled: () => {
      // Each press is an act of its own: the rules may have changed since the last.
      key.current = newKey();
      return queries.invalidateQueries({ queryKey: ['alerts'] });
    },
  });
  const reason = useReason(again.error);
  return (
    <>
      <Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate()} title={t('again.about')}>
        {t('again.press')}
      </Button>
      {again.isError && (
        <p role="alert" style={{ margin: 0 }}>
          {reason}
        </p>
      )}
    </>
  );
}

function Became({ alert }: { readonly alert: Redelivered }): ReactNode {
  const { t } = useTranslation();
  const outcomeOf = useOutcome();
  const { outcome, service, before, incident, rule } = alert;
  const moved = before !== null && before.service.id !== service.id && outcome !== 'ended';
  return (
    <span style={{ display: 'block' }}>
      {alert.summary}: {moved && `${t('again.moved', { from: before.service.name, to: service.name })} `}
      {outcome === 'unchanged' || outcome === 'ended' ? t(`again.${outcome}`, { service: service.name }) : outcomeOf(outcome)}{' '}
      {incident !== null && <Link href={`/dashboard/incidents/${incident.short_id}/`}>{incident.short_id}</Link>}
      {rule !== null && ` (${t('alerts.byRule', { rule: rule.name })})`}
    </span>
  );
}
