import { Button, Checkbox, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { matches } from '../../../../src/domain/alert-rules.ts';
import { severities } from '../../../../src/domain/vocabulary.ts';
import { deleteRule, makeRule, ruleFor, ruleList } from '../../api/alerts.ts';
import { services } from '../../api/choices.ts';
import { newKey } from '../../api/request.ts';
import type { Alert, AlertRuleBody, Ref, Severity } from '../../../../src/api/wire.ts';
import { useReason } from '../../parts/failure.tsx';
import { useSourceTitle } from '../../parts/source-title.ts';
import classes from './alerts.module.css';

/** A new rule is tried after those that are there, where they have the same position. */
const newPosition = 0;

/** The rule that comes before a new one and catches this alert already. */
function useEarlierRule(alert: Alert): string | null {
  const { data } = useQuery(ruleList);
  const before = data?.results.filter((rule) => rule.is_active && rule.position <= newPosition) ?? [];
  const event = { ...alert, service: alert.labels['service'] ?? null };
  return before.find((rule) => matches(rule, event))?.name ?? null;
}

/** What was made can be seen, and undone. */
function Made({ rule }: { readonly rule: Ref }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const key = useRef(newKey());
  const undoing = useMutation({
    mutationFn: () => deleteRule(rule.id, key.current),
    onSuccess: () => {
      notifications.hide(rule.id);
      notifications.show({ color: 'blue', title: t('rule.undone'), message: rule.name });
      return queries.invalidateQueries({ queryKey: ['alerts'] });
    },
  });
  const reason = useReason(undoing.error);
  return (
    <>
      <span style={{ display: 'block', marginBottom: 8 }}>{rule.name}</span>
      <Button size="xs" variant="default" mr="xs" loading={undoing.isPending} onClick={() => undoing.mutate()}>
        {t('rule.undo')}
      </Button>
      <Button size="xs" variant="subtle" component={Link} href="/dashboard/alerts/?view=rules">
        {t('rule.show')}
      </Button>
      {undoing.isError && <span role="alert">{reason}</span>}
    </>
  );
}

/** A rule for alerts of this name and source, filled in so that one more press makes it. */
export function RuleMaker({ alert, onDone }: { readonly alert: Alert; readonly onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const titleOf = useSourceTitle();
  const choices = useQuery(services);
  const [service, setService] = useState<string>(alert.service.id);
  const [severity, setSeverity] = useState<Severity>(alert.severity);
  const [suppress, setSuppress] = useState(false);
  const key = useRef(newKey());
  const making = useMutation({
    mutationFn: (rule: AlertRuleBody) => makeRule(rule, key.current),
    onSuccess: (rule) => {
      notifications.show({
        id: rule.id,
        color: 'green',
        title: t('rule.made'),
        message: <Made rule={rule} />,
        autoClose: 20_000,
      });
      void queries.invalidateQueries({ queryKey: ['alerts'] });
      onDone();
    },
    onError: () => {
      key.current = newKey();
    },
  });
  const reason = useReason(making.error);
  const rule: AlertRuleBody = { ...ruleFor(alert), service, severity, suppress };
  const earlier = useEarlierRule(alert);
  return (
    <div className={classes['rule']}>
      <p>{t('rule.when', { source: titleOf(alert.source), name: alert.name })}</p>
      {earlier !== null && <p role="note">{t('rule.caught', { rule: earlier })}</p>}
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
