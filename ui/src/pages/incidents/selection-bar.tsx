import { Button } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../../../../src/api/wire.ts';
import classes from './selection-bar.module.css';

interface SelectionBarProps {
  readonly selected: readonly Incident[];
  readonly onAcknowledge: () => void;
  readonly onClear: () => void;
}

/** What can be done with the rows that are ticked. On a phone it is at the bottom, where the thumb is. */
export function SelectionBar({ selected, onAcknowledge, onClear }: SelectionBarProps): ReactNode {
  const { t } = useTranslation();
  if (selected.length === 0) return null;
  return (
    <div className={classes['bar']} role="region" aria-label={t('incidents.selected', { count: selected.length })}>
      <span className={classes['count']} aria-live="polite">
        {t('incidents.selected', { count: selected.length })}
      </span>
      <Button className={classes['clear'] ?? ''} variant="default" onClick={onClear}>
        {t('incidents.unselect')}
      </Button>
      <Button className={classes['act'] ?? ''} color="#c92a2a" leftSection={<IconHandStop size={18} aria-hidden />} onClick={onAcknowledge}>
        {t('incidents.acknowledgeSelected', { count: selected.length })}
      </Button>
    </div>
  );
}
