import { Button, MultiSelect, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { severities } from '../../../../src/domain/vocabulary.ts';
import { impactScopes, services } from '../../api/choices.ts';
import { openIncident } from '../../api/incidents.ts';
import { newKey, RequestRefused } from '../../api/request.ts';
import type { IncidentBody, Severity } from '../../../../src/api/wire.ts';
import { useReason } from '../../parts/failure.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import { Audience } from './audience.tsx';
import classes from './create-incident.module.css';
import { SeverityHint } from './severity-hint.tsx';

/** What the form fills in. */
type Draft = IncidentBody & { readonly description: string; readonly impact_scopes: string[] };

export default function CreateIncident(): ReactNode {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState<Draft>({ title: '', description: '', service: '', severity: 'SEV2_HIGH', impact_scopes: [] });
  const serviceChoices = useQuery(services);
  const scopeChoices = useQuery(impactScopes);
  // One key for one form: however often it is sent, it opens one incident.
  const key = useRef(newKey());
  const opening = useMutation({
    mutationFn: (incident: Draft) => openIncident(incident, key.current),
    onSuccess: (incident) => navigate(`/dashboard/incidents/${incident.short_id}/`),
    onError: (error) => {
      // A refused form is changed before it is sent again: another act.
      if (error instanceof RequestRefused) key.current = newKey();
    },
  });
  const reason = useReason(opening.error);
  usePageTitle(t('create.title'));

  const change = (part: Partial<Draft>): void => setDraft((current) => ({ ...current, ...part }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    opening.mutate({ ...draft, title: draft.title.trim() });
  };
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>{t('create.title')}</h1>
      <form className={`card ${classes['form']}`} onSubmit={submit}>
        <TextInput
          label={t('create.what')}
          placeholder={t('create.whatHint')}
          required
          maxLength={500}
          size="md"
          data-autofocus
          autoFocus
          value={draft.title}
          onChange={(event) => change({ title: event.currentTarget.value })}
        />
        <Select
          label={t('create.service')}
          required
          searchable
          size="md"
          placeholder={t('create.serviceHint')}
          data={serviceChoices.data ?? []}
          value={draft.service || null}
          onChange={(service) => change({ service: service ?? '' })}
        />
        <div>
          <span className={classes['label']} id="severity-label">
            {t('create.severity')}
          </span>
          <SegmentedControl
            fullWidth
            size="md"
            aria-labelledby="severity-label"
            value={draft.severity}
            onChange={(severity) => change({ severity: severity as Severity })}
            data={severities.map((severity) => ({ value: severity, label: severity.slice(0, 4) }))}
          />
          <SeverityHint service={draft.service} severity={draft.severity} scopes={draft.impact_scopes} />
        </div>
        <Textarea
          label={t('create.description')}
          autosize
          minRows={3}
          maxRows={12}
          size="md"
          value={draft.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        {(scopeChoices.data?.length ?? 0) > 0 && (
          <MultiSelect
            label={t('create.scopes')}
            description={t('create.scopesHint')}
            size="md"
            data={scopeChoices.data ?? []}
            value={[...draft.impact_scopes]}
            onChange={(scopes) => change({ impact_scopes: scopes })}
          />
        )}
        {opening.isError && (
          <p role="alert" className={classes['refused']}>
            {t('action.failed')}: {reason}
          </p>
        )}
        <Button
          type="submit"
          size="lg"
          color="#c92a2a"
          loading={opening.isPending}
          disabled={draft.title.trim() === '' || draft.service === ''}
        >
          {t('create.submit')}
        </Button>
      </form>
      <Audience service={draft.service} severity={draft.severity} scopes={draft.impact_scopes} />
    </div>
  );
}
