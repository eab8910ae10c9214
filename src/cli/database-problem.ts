import { Client } from 'pg';

/** Null when the database can be used, else what is wrong in one line, without the password. */
export async function databaseProblem(url: string): Promise<string | null> {
  const { host, pathname, username } = new URL(url);
  const client = new Client({ connectionString: url, application_name: 'imas', connectionTimeoutMillis: 5_000 });
  // pg reports a connection that breaks later as an event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return null;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    switch (code) {
      case 'ECONNREFUSED':
        return `No Postgres answers at ${host}: start it, or correct DATABASE_URL.`;
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return `The host in DATABASE_URL, ${host}, cannot be found: correct its name.`;
      // https://www.postgresql.org/docs/18/errcodes-appendix.html
      case '28P01':
      case '28000':
        return `Postgres at ${host} rejected user "${decodeURIComponent(username)}": correct the user or password in DATABASE_URL.`;
      case '3D000':
        return `Postgres at ${host} has no database "${pathname.slice(1)}": create it (createdb), or correct DATABASE_URL.`;
      case '57P03':
        return `Postgres at ${host} is starting up or shutting down: try again in a moment.`;
      case '53300':
        return `Postgres at ${host} has no connections left: raise its max_connections.`;
      default:
        return `Postgres at ${host} cannot be used (${code ?? message.split('\n')[0]}): check DATABASE_URL.`;
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}
