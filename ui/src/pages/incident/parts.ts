import type { IncidentAction } from '../../api/incidents.ts';
import type { Incident } from '../../../../src/api/wire.ts';

/** What the parts of the page share. */
export interface IncidentParts {
  /** As in the address; the key of everything read about the incident. */
  readonly id: string;
  readonly incident: Incident;
  readonly act: (id: string, action: IncidentAction, onDone?: () => void) => void;
  readonly isPending: boolean;
  readonly pendingKind: IncidentAction['kind'] | null;
}
