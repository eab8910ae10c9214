import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { impactScopes } from '../../api/choices.ts';
import classes from './facts.module.css';
import type { IncidentParts } from './parts.ts';

/** Adds an impact scope. Its contacts are told at once, so that choosing one is not enough. */
export function ScopeAdder({ id, incident, act, isPending }: IncidentParts): ReactNode {
  const { t } = useTranslation();
  const { data: all = [] } = useQuery(impactScopes);
  const [chosen, setChosen] = useState<string | null>(null);
  const left = all.filter(({ value }) => !incident.impact_scopes.some((scope) => scope.id === value));
  if (left.length === 0) return null;
  return (
    <div>
      <Select
        label={t('facts.addScope')}
        description={t('facts.addScopeHint')}
        size="sm"
        searchable
        clearable
        disabled={isPending}
        placeholder={t('facts.noScope')}
        data={left}
        value={chosen}
        onChange={setChosen}
      />
      {chosen !== null && (
        <div className={classes['ask']}>
          <Button size="xs" disabled={isPending} onClick={() => act(id, { kind: 'add_scope', scope: chosen }, () => setChosen(null))}>
            {t('facts.addScopeNow')}
          </Button>
          <Button size="xs" variant="default" onClick={() => setChosen(null)}>
            {t('facts.addScopeNot')}
          </Button>
        </div>
      )}
    </div>
  );
}
