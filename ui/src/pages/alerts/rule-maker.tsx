import { Button, Checkbox, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { severities } from '../../../../src/domain/vocabulary.ts';
import { makeRule } from '../../api/alerts.ts';
import { services } from '../../api/choices.ts';
import { newKey } from '../../api/request.ts';
import type { Alert, AlertRuleBody, Severity } from '../../../../src/api/wire.ts';
import { useReason } from '../../parts/failure.tsx';
import classes from './alerts.module.css';

/** A rule for alerts of this name and source, filled in so that one more press makes it. */
export function RuleMaker({ alert, onDone }: { readonly alert: Alert; readonly onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const choices = useQuery(services);
  const [service, setService] = useState<string>(alert.service.id);
  const [severity, setSeverity] = useState<Severity>(alert.severity);
  const [suppress, setSuppress] = useState(false);
  const key = useRef(newKey());
  const making = useMutation({
    mutationFn: (rule: AlertRuleBody) => makeRule(rule, key.current),
    onSuccess: (rule) => {
      notifications.show({ color: 'green', title: t('rule.made'), message: rule.name });
      onDone();
    },
    onError: () => {
      key.current = newKey();
    },
  });
  const reason = useReason(making.error);
  const rule: AlertRuleBody = {
    name: `${alert.source}: ${alert.name}`.slice(0, 190),
    source: alert.source,
    conditions: [{ field: 'name', operator: 'equals', value: alert.name }],
    service,
    severity,
    suppress,
  };
  return (
    <div className={classes['rule']}>
      <p>{t('rule.when', { source: alert.source, name: alert.name })}</p>
      <div className={classes['choices']}>
        <Select
          size="xs"
          label={t('rule.service')}
          searchable
          allowDeselect={false}
          data={choices.data ?? [{ value: alert.service.id, label: alert.service.name }]}
          value={service}
          onChange={(value) => value !== null && setService(value)}
        />
        <Select
          size="xs"
          label={t('rule.severity')}
          allowDeselect={false}
          data={severities.map((value) => ({ value, label: `${value.slice(0, 4)} · ${t(`severity.${value}`)}` }))}
          value={severity}
          onChange={(value) => value !== null && setSeverity(value as Severity)}
        />
        <Checkbox size="xs" label={t('rule.suppress')} checked={suppress} onChange={(event) => setSuppress(event.currentTarget.checked)} />
      </div>
      {making.isError && <p role="alert">{reason}</p>}
      <div className={classes['buttons']}>
        <Button size="xs" loading={making.isPending} onClick={() => making.mutate(rule)}>
          {t('rule.make')}
        </Button>
        <Button size="xs" variant="subtle" onClick={onDone}>
          {t('rule.cancel')}
        </Button>
      </div>
    </div>
  );
}
