import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconArrowsSplit2 } from '@tabler/icons-react';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteRule, ruleList } from '../../api/alerts.ts';
import { newKey } from '../../api/request.ts';
import type { AlertRule } from '../../../../src/api/wire.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failure, useReason } from '../../parts/failure.tsx';
import { useMe } from '../../session/session.ts';
import classes from './alerts.module.css';
import { useSourceTitle } from '../../parts/source-title.ts';

/** The rules in the order in which they are tried: the first that matches wins. */
export function Rules(): ReactNode {
  const { t } = useTranslation();
  const list = useQuery(ruleList);
  return (
    <section className={`card ${classes['list']}`} aria-label={t('alerts.view.rules')}>
      {list.isPending && <Skeleton height={120} />}
      {list.isError && list.data === undefined && <Failure error={list.error} onAgain={() => void list.refetch()} />}
      {list.data?.results.length === 0 && (
        <Empty icon={<IconArrowsSplit2 />} title={t('rule.none')}>
          <span>{t('rule.noneMore')}</span>
        </Empty>
      )}
      <ol className={classes['rows']}>
        {list.data?.results.map((rule) => (
          <RuleItem key={rule.id} rule={rule} />
        ))}
      </ol>
    </section>
  );
}

function RuleItem({ rule }: { readonly rule: AlertRule }): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  const titleOf = useSourceTitle();
  const says = useEffectOf();
  return (
    <li className={classes['item']}>
      <div className={classes['refused']}>
        <span className={classes['what']}>
          <span className={classes['name']}>{rule.name}</span>
          <span className={classes['where']}>
            {rule.source === null ? t('rule.anySource') : titleOf(rule.source)}
            {rule.conditions.map(({ field, operator, value }) => ` · ${field} ${t(`rule.operator.${operator}`)} “${value}”`).join('')}
          </span>
          <span className={classes['where']}>
            → {says(rule)}
            {!rule.is_active && ` · ${t('rule.inactive')}`}
          </span>
        </span>
        {me?.is_staff === true && <DeleteRule id={rule.id} />}
      </div>
    </li>
  );
}

/** What a rule does with an alert that it catches. */
function useEffectOf(): (rule: AlertRule) => string {
  const { t } = useTranslation();
  return ({ service, severity, suppress }) => {
    if (suppress) return t('rule.suppresses');
    const parts = [
      ...(service === null ? [] : [t('rule.toService', { service: service.name })]),
      ...(severity === null ? [] : [t('rule.toSeverity', { severity: `${severity.slice(0, 4)} · ${t(`severity.${severity}`)}` })]),
    ];
    return parts.length === 0 ? t('rule.nothing') : parts.join(', ');
  };
}

function DeleteRule({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const key = useRef(newKey());
  const deleting = useMutation({
    mutationFn: () => deleteRule(id, key.current),
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  });
  const reason = useReason(deleting.error);
  return (
    <span className={classes['acts']}>
      <Button size="xs" variant="default" loading={deleting.isPending} onClick={() => deleting.mutate()}>
        {t('rule.delete')}
      </Button>
      {deleting.isError && <span role="alert">{reason}</span>}
    </span>
  );
}
