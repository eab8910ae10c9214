import { Chip, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { severities } from '../../../../src/domain/vocabulary.ts';
import { services, teams } from '../../api/choices.ts';
import type { IncidentFilters } from '../../api/incidents.ts';
import type { Severity } from '../../../../src/api/wire.ts';
import classes from './incidents.module.css';

interface FilterBarProps {
  readonly filters: IncidentFilters;
  readonly onChange: (change: Partial<IncidentFilters>) => void;
}

export function FilterBar({ filters, onChange }: FilterBarProps): ReactNode {
  const { t } = useTranslation();
  const serviceChoices = useQuery(services);
  const teamChoices = useQuery(teams);
  return (
    <div className={classes['filters']} role="search" aria-label={t('incidents.filter.label')}>
      <SegmentedControl
        size="sm"
        value={filters.view}
        onChange={(view) => onChange({ view: view as IncidentFilters['view'] })}
        aria-label={t('incidents.filter.status')}
        data={(['open', 'resolved', 'all'] as const).map((view) => ({ value: view, label: t(`incidents.view.${view}`) }))}
      />
      <SearchBox value={filters.search} onChange={(search) => onChange({ search })} />
      <Chip.Group multiple value={[...filters.severity]} onChange={(severity) => onChange({ severity: severity as Severity[] })}>
        <div className={classes['severities']} role="group" aria-label={t('incidents.filter.severity')}>
          {severities.map((severity) => (
            <Chip key={severity} value={severity} size="sm" radius="md" variant="outline" title={t(`severity.${severity}`)}>
              {severity.slice(0, 4)}
            </Chip>
          ))}
        </div>
      </Chip.Group>
      <Select
        className={classes['choice'] ?? ''}
        size="sm"
        clearable
        searchable
        placeholder={t('incidents.filter.service')}
        aria-label={t('incidents.filter.service')}
        data={serviceChoices.data ?? []}
        value={filters.service}
        onChange={(service) => onChange({ service })}
      />
      <Select
        className={classes['choice'] ?? ''}
        size="sm"
        clearable
        searchable
        placeholder={t('incidents.filter.team')}
        aria-label={t('incidents.filter.team')}
        data={teamChoices.data ?? []}
        value={filters.team}
        onChange={(team) => onChange({ team })}
      />
      {filters.view === 'open' && (
        <Chip
          size="sm"
          radius="md"
          variant="outline"
          checked={filters.unacknowledged}
          onChange={(unacknowledged) => onChange({ unacknowledged })}
        >
          {t('incidents.filter.unacknowledged')}
        </Chip>
      )}
      <Chip
        size="sm"
        radius="md"
        variant="outline"
        title={t('incidents.filter.mineHint')}
        checked={filters.mine}
        onChange={(mine) => onChange({ mine })}
      >
        {t('incidents.filter.mine')}
      </Chip>
    </div>
  );
}

function SearchBox({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const tell = useDebouncedCallback(onChange, 200);
  return (
    <TextInput
      id="incident-search"
      className={classes['search'] ?? ''}
      size="sm"
      type="search"
      placeholder={t('incidents.filter.searchHint')}
      aria-label={t('incidents.filter.search')}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // Escape leaves the box; the browser would empty it.
        event.preventDefault();
        event.currentTarget.blur();
      }}
    />
  );
}
