import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isWorse, severities } from '../../../../src/domain/vocabulary.ts';
import { incidentExplanation } from '../../api/incidents.ts';
import type { Severity } from '../../../../src/api/wire.ts';
import { useMe } from '../../session/session.ts';
import classes from './facts.module.css';
import type { IncidentParts } from './parts.ts';

/** Changes the severity; where that pages people again, it says whom, and asks. */
export function SeverityChoice({ id, incident, act, isPending }: IncidentParts): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  const { data: explanation } = useQuery(incidentExplanation(id));
  /** Asked of this severity; once the incident has another than when it was asked, the question is void. */
  const [asked, setAsked] = useState<{ readonly severity: Severity; readonly was: Severity } | null>(null);
  const isMine = incident.status === 'ACKNOWLEDGED' && me !== null && explanation?.acknowledged_by_id === me.id;
  const change = (severity: Severity): void => act(id, { kind: 'change_severity', severity });
  const choose = (severity: Severity): void => {
    if (severity === incident.severity) setAsked(null);
    else if (isWorse(severity, incident.severity) && incident.status !== 'RESOLVED' && !isMine)
      setAsked({ severity, was: incident.severity });
    else change(severity);
  };
  const question = asked !== null && asked.was === incident.severity ? asked : null;
  return (
    <div>
      <Select
        label={t('facts.severity')}
        size="sm"
        allowDeselect={false}
        disabled={isPending}
        data={severities.map((severity) => ({ value: severity, label: `${severity.slice(0, 4)} · ${t(`severity.${severity}`)}` }))}
        value={question?.severity ?? incident.severity}
        onChange={(severity) => severity !== null && choose(severity as Severity)}
      />
      {question !== null && (
        <div className={classes['ask']} role="alertdialog" aria-labelledby="raise-question">
          <p id="raise-question">
            {incident.status === 'ACKNOWLEDGED'
              ? t('action.raiseFrom', { holder: incident.acknowledged_by ?? '', who: namesOf(explanation?.escalation?.first.who) })
              : t('action.raise', { who: namesOf(explanation?.escalation?.first.who) })}
          </p>
          <Button
            size="xs"
            color="#c92a2a"
            onClick={() => {
              setAsked(null);
              change(question.severity);
            }}
          >
            {t('action.raiseAnyway')}
          </Button>
          <Button size="xs" variant="default" autoFocus onClick={() => setAsked(null)}>
            {t('action.keep')}
          </Button>
        </div>
      )}
    </div>
  );
}

const namesOf = (who: readonly string[] | undefined): string => who?.join(', ') ?? '…';
