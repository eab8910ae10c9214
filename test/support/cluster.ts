/** What `npm run cluster` lets the end-to-end tests run on, in place of embedded parts of their own. */
export interface Cluster {
  /** Two APIs behind a balancer, and workers. */
  readonly url: string;
  /** Of each API, since their metrics are their own. */
  readonly apiUrls: readonly string[];
  readonly admin: { readonly username: string; readonly password: string };
  /** Settings of an installation beside it, on the same Postgres and Temporal, with a database and a namespace of its own. */
  readonly beside: Readonly<Record<string, string>>;
}

const given = process.env['IMAS_TEST_CLUSTER'];

/** Null in an ordinary run. */
export const cluster: Cluster | null = given === undefined ? null : (JSON.parse(given) as Cluster);
