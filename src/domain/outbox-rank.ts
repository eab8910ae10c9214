import type { Tell } from './correlation.ts';
import { severityRank, type Severity } from './vocabulary.ts';

/** From here on, what an incident may be told with what follows. */
export const calmRank = 16;

/** The order in which incidents are told: the worst first, and before all that can wait. */
export const outboxRank = (severity: Severity, { isUrgent }: Pick<Tell, 'isUrgent'> = { isUrgent: true }): number =>
  severityRank(severity) + (isUrgent ? 0 : calmRank);
