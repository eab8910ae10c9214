/** What is kept for how long. Null: for ever, or without a limit. */
export interface RetentionSettings {
  /** What sources sent, word for word. */
  readonly bodiesDays: number | null;
  readonly alertsDays: number | null;
  /** The ledger of attempts to reach people. */
  readonly deliveriesDays: number | null;
  /** Resolved ones, with all that belongs to them but their archived histories. */
  readonly incidentsDays: number | null;
  /** Of each alert source. */
  readonly bodyBytesPerSource: number | null;
  readonly alertsPerSource: number | null;
}
