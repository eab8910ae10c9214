import type { Registry } from '../connectors/registry.ts';
import { stateOfAlertSource, type AlertSourceState } from '../domain/alert-source-state.ts';

/** A row of `alert_sources`, as far as it says who may send. */
export interface AccessRow {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly is_active: boolean;
  readonly open: boolean;
  readonly open_since_before: boolean;
  readonly has_secret: boolean;
}

/** Every row: they are few, and one decides over others of its address. */
export const accessSql = `select id, name, source, is_active, open, open_since_before,
  (secret_hash is not null or signing_secret is not null) as has_secret from alert_sources order by name`;

/** Some systems send to the address of another. */
export const addressOf = (registry: Registry, source: string): string => registry.byId(source)?.alerts?.shares?.address ?? source;

export function securedNeighbour(rows: readonly AccessRow[], registry: Registry, { id, source }: Pick<AccessRow, 'id' | 'source'>) {
  const address = addressOf(registry, source);
  return rows.find((row) => row.id !== id && row.is_active && row.has_secret && addressOf(registry, row.source) === address);
}

/** By id, what each is to those who send. */
export function alertSourceStates(rows: readonly AccessRow[], registry: Registry, isDemo: boolean): ReadonlyMap<string, AlertSourceState> {
  return new Map(
    rows.map((row) => [
      row.id,
      stateOfAlertSource(
        { isActive: row.is_active, hasSecret: row.has_secret, isOpen: row.open, isUndecided: row.open_since_before },
        { addressIsSecured: securedNeighbour(rows, registry, row) !== undefined, isDemo },
      ),
    ]),
  );
}

/** Those that are open only because they were so before. */
export function undecidedAlertSources(rows: readonly AccessRow[], registry: Registry, isDemo: boolean): readonly AccessRow[] {
  const states = alertSourceStates(rows, registry, isDemo);
  return rows.filter(({ id }) => states.get(id) === 'open_since_before');
}
