import type { Client, Connection } from 'pg';

/** Rows are handed on in pieces of about this size. */
const pieceBytes = 256 * 1024;

/**
 * COPY … TO STDOUT, in Postgres's text format: a row a line. The next rows are read when `onRows` has taken those before.
 * @see https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-COPY
 */
export function copyOut(client: Client, statement: string, onRows: (rows: Buffer) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let gathered: Buffer[] = [];
    let bytes = 0;
    let failed: Error | null = null;
    let handing = Promise.resolve();
    const hand = (): Promise<void> => {
      const rows = Buffer.concat(gathered);
      gathered = [];
      bytes = 0;
      handing = handing
        .then(() => (failed === null && rows.length > 0 ? onRows(rows) : undefined))
        .catch((error: Error) => void (failed ??= error));
      return handing;
    };
    submit(client, {
      submit: (connection) => connection.query(statement),
      handleCopyData({ chunk }, { stream }) {
        // The parser's own memory, which it uses again.
        gathered.push(Buffer.from(chunk));
        bytes += chunk.length;
        if (bytes < pieceBytes) return;
        stream.pause();
        void hand().finally(() => stream.resume());
      },
      handleCommandComplete: () => undefined,
      handleError: reject,
      handleReadyForQuery: () => void hand().then(() => (failed === null ? resolve() : reject(failed))),
    });
  });
}

/** COPY … FROM STDIN. @param rows what `copyOut` gave, in pieces of any size. @throws what reading the rows threw, or Postgres's own error */
export function copyIn(client: Client, statement: string, rows: AsyncIterable<Buffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed: Error | null = null;
    async function send(connection: CopyConnection): Promise<void> {
      for await (const piece of rows) {
        if (failed !== null) return;
        connection.sendCopyFromChunk(piece);
        if (connection.stream.writableNeedDrain) await new Promise<void>((ready) => void connection.stream.once('drain', () => ready()));
      }
      connection.endCopyFrom();
    }
    submit(client, {
      submit: (connection) => connection.query(statement),
      handleCopyInResponse(connection) {
        send(connection).catch((error: Error) => {
          failed = error;
          connection.sendCopyFail('the rows could not be read');
        });
      },
      handleCommandComplete: () => undefined,
      handleError(error) {
        reject(failed ?? error);
        failed ??= error;
      },
      handleReadyForQuery: () => resolve(),
    });
  });
}

/** What pg's client asks of a query (`lib/client.js`), and of the connection below; its types know only a part. */
interface CopyQuery {
  submit(connection: CopyConnection): void;
  handleCopyData?(message: { readonly chunk: Buffer }, connection: CopyConnection): void;
  handleCopyInResponse?(connection: CopyConnection): void;
  handleCommandComplete(): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
}

type CopyConnection = Pick<Connection, 'query' | 'stream'> & {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
};

const submit = (client: Client, query: CopyQuery): void => void client.query(query as never);
