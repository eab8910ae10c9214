/** Bugs that are put into a copy of the program, to see that the trial finds them. Each replaces one text of one source file. */
export interface Plant {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export const plants = {
  /** The relay takes rows out of the outbox before Temporal has them. */
  'relay-deletes-first': {
    file: 'src/relay/deliver.ts',
    find: 'for (const signal of signals) {',
    replace: `await connection.query('delete from outbox where id = any($1::bigint[])', [rows.map(({ id }) => id)]);
      await connection.query('commit');
      failPoint('relay-signalled');
      await connection.query('begin');
      for (const signal of signals) {`,
  },
  /** The ledger says sent before it was sent. */
  'ledger-lies': {
    file: 'src/delivery/deliver.ts',
    find: `failPoint('send-begun');`,
    replace: `await pool.query("update deliveries set state = 'sent' where delivery_id = $1", [deliveryId]); failPoint('send-begun');`,
  },
  /** The ledger does not look for what was sent before. */
  'ledger-forgets': {
    file: 'src/delivery/ledger.ts',
    find: 'if (sent !== undefined) return',
    replace: 'if (false && sent !== undefined) return',
  },
  /** Somebody's acknowledgement is answered, and goes nowhere. */
  'ack-ignored': {
    file: 'src/incidents/create-incidents.ts',
    find: 'await inTransaction(pool, (client) => keepCommand(client, request));',
    replace: `if (request.body.kind === 'acknowledge') return { outcome: 'applied', said: { code: 'command.acknowledged', values: {} } };
      await inTransaction(pool, (client) => keepCommand(client, request));`,
  },
  /** Every fifth batch of alerts is answered and not kept. */
  'intake-lies': {
    file: 'src/intake/store-sql.ts',
    find: `{ text: 'commit' }`,
    replace: `{ get text() { return Number(process.hrtime.bigint() % 5n) === 0 ? 'rollback' : 'commit'; } }`,
  },
} as const satisfies Record<string, Plant>;

export type PlantName = keyof typeof plants;
export const plantNames = Object.keys(plants) as PlantName[];
