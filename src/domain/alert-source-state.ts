/**
 * Who may send alerts to an alert source. `secured`: whoever has its secret or signing secret. `open`: anybody who can reach the
 * address, as an admin decided; `open_since_before`: likewise, since it was so before sources were closed by default, and nobody has
 * decided yet; `open_in_demo`: likewise, as long as this is a demo, which listens on the loopback alone. `closed`, `inactive`: nobody.
 */
export const alertSourceStates = ['secured', 'open', 'open_since_before', 'open_in_demo', 'closed', 'inactive'] as const;

export type AlertSourceState = (typeof alertSourceStates)[number];

export interface AlertSourceAccess {
  readonly isActive: boolean;
  readonly hasSecret: boolean;
  readonly isOpen: boolean;
  /** It is open only because it was so before. */
  readonly isUndecided: boolean;
}

export interface AlertSourceSurroundings {
  /** An active source of the same address has a secret: there nobody comes in without one. */
  readonly addressIsSecured: boolean;
  readonly isDemo: boolean;
}

export function stateOfAlertSource(
  { isActive, hasSecret, isOpen, isUndecided }: AlertSourceAccess,
  { addressIsSecured, isDemo }: AlertSourceSurroundings,
): AlertSourceState {
  if (!isActive) return 'inactive';
  if (hasSecret) return 'secured';
  if (addressIsSecured) return 'closed';
  if (isDemo) return 'open_in_demo';
  if (!isOpen) return 'closed';
  return isUndecided ? 'open_since_before' : 'open';
}
