import { useTranslation } from 'react-i18next';

const outcomes = ['opened', 'attached', 'reopened', 'resolved', 'repeated', 'stale', 'suppressed', 'known', 'redelivered'] as const;

/** What became of an alert, to be followed by the incident's id; an outcome that these pages do not know is shown as it is. */
export function useOutcome(): (outcome: string) => string {
  const { t } = useTranslation();
  return (outcome) => {
    const known = outcomes.find((name) => name === outcome);
    return known === undefined ? outcome : t(`alerts.outcome.${known}`);
  };
}
