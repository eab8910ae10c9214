import { Button, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { deliverAgain, makeRule, ruleFor } from '../../api/alerts.ts';
import { services } from '../../api/choices.ts';
import { incidentAlerts } from '../../api/incidents.ts';
import { newKey } from '../../api/request.ts';
import { useReason } from '../../parts/failure.tsx';
import classes from './facts.module.css';
import type { IncidentParts } from './parts.ts';

/** A rule for the alerts of an incident, which then go where it leads, those of the future too. */
export default function Mover({ id, incident }: Pick<IncidentParts, 'id' | 'incident'>): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [service, setService] = useState<string | null>(null);
  const { data: choices } = useQuery(services);
  const { data: alerts } = useQuery(incidentAlerts(id, incident.id));
  const moving = useMutation({
    mutationFn: async (to: string) => {
      const firing = alerts?.results.filter(({ status }) => status === 'firing') ?? [];
      const kinds = Map.groupBy(firing, ({ source, name }) => `${source} ${name}`);
      for (const [first] of kinds.values()) if (first !== undefined) await makeRule({ ...ruleFor(first), service: to }, newKey());
      const moved = [];
      for (const alert of firing) moved.push(...(await deliverAgain('alerts', alert.id, newKey())).alerts);
      return moved.find((alert) => alert.incident !== null && alert.incident.id !== incident.id)?.incident ?? null;
    },
    onSuccess: (to) => {
      notifications.show({ color: 'green', title: t('rule.made'), message: t('move.done', { id: to?.short_id ?? incident.short_id }) });
      if (to !== null) navigate(`/dashboard/incidents/${to.short_id}/`);
    },
    onSettled: () => queries.invalidateQueries(),
  });
  const reason = useReason(moving.error);
  return (
    <div className={classes['move']}>
      <Select
        label={t('move.title')}
        description={t('move.hint')}
        size="sm"
        searchable
        placeholder={t('create.serviceHint')}
        data={choices?.filter(({ value }) => value !== incident.service.id) ?? []}
        value={service}
        onChange={setService}
      />
      {service !== null && (
        <Button size="sm" loading={moving.isPending} disabled={alerts === undefined} onClick={() => moving.mutate(service)}>
          {t('move.submit')}
        </Button>
      )}
      {moving.isError && <p role="alert">{reason}</p>}
    </div>
  );
}
