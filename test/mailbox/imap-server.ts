import { createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { mailHost, trustedAuthority } from '../connectors/emulators/mail-server.ts';

export { mailHost, trustedAuthority };

const certificate = (name: string): string => readFileSync(new URL(`../connectors/certificates/${name}`, import.meta.url), 'utf8');

export interface StoredMail {
  readonly uid: number;
  readonly raw: Buffer;
  readonly flags: Set<string>;
}

export interface ImapRules {
  /** What the server does beside serving; may change at any time. */
  mode: 'serve' | 'refuse_login' | 'silent' | 'silent_search' | 'read_only' | 'cut_at_store';
  withIdle: boolean;
}

/**
 * A mailbox behind IMAP4rev1 (RFC 3501) over TLS, as strict as that: commands before the login, before a mailbox is selected or with words that it does not know
 * are answered BAD and kept in `complaints`; a password that is wrong is repeated in the refusal, as some servers do.
 */
export async function startImapServer(login: { user: string; pass: string }, rules: Partial<ImapRules> = {}) {
  const mails: StoredMail[] = [];
  const complaints: string[] = [];
  const commands: string[] = [];
  const connections = new Set<Connection>();
  const state: ImapRules = { mode: 'serve', withIdle: true, ...rules };
  let opened = 0;

  const server = createServer({ key: certificate('server.key'), cert: certificate('server.pem') }, (socket) => {
    opened += 1;
    const connection = serve(socket, { login, state, mails, complaints, commands });
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    mails,
    complaints,
    commands,
    state,
    get opened() {
      return opened;
    },
    connected: () => connections.size,
    idling: () => [...connections].filter(({ isIdling }) => isIdling()).length,
    /** A mail arrives; whoever idles is told. */
    put(raw: string | Buffer, flags: readonly string[] = []): StoredMail {
      const mail = { uid: (mails.at(-1)?.uid ?? 100) + 1, raw: Buffer.from(raw), flags: new Set(flags) };
      mails.push(mail);
      for (const connection of connections) connection.tellExists();
      return mail;
    },
    cut(): void {
      for (const { socket } of connections) socket.destroy();
    },
    async close(): Promise<void> {
      for (const { socket } of connections) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type ImapServer = Awaited<ReturnType<typeof startImapServer>>;

interface Connection {
  readonly socket: TLSSocket;
  isIdling(): boolean;
  tellExists(): void;
}

interface World {
  readonly login: { readonly user: string; readonly pass: string };
  readonly state: ImapRules;
  readonly mails: StoredMail[];
  readonly complaints: string[];
  readonly commands: string[];
}

const unquote = (word = ''): string => word.replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1');

function serve(socket: TLSSocket, { login, state, mails, complaints, commands }: World): Connection {
  let phase: 'greeted' | 'authenticated' | 'selected' = 'greeted';
  let idleTag: string | null = null;
  let buffer = '';
  const say = (line: string): void => void (socket.writable && socket.write(`${line}\r\n`));
  const capabilities = (): string => `IMAP4rev1${state.withIdle ? ' IDLE' : ''}`;
  if (state.mode !== 'silent') say(`* OK [CAPABILITY ${capabilities()}] ready`);

  const refuse = (tag: string, line: string): void => {
    complaints.push(line.replace(login.pass, '…'));
    say(`${tag} BAD not understood`);
  };

  function numbersOf(set: string): StoredMail[] {
    return set.split(',').flatMap((part) => {
      const [from = '', to = from] = part.split(':');
      const last = mails.at(-1)?.uid ?? 0;
      const [low, high] = [Number(from), to === '*' ? last : Number(to)];
      return mails.filter(({ uid }) => uid >= low && uid <= high);
    });
  }
  const sequenceOf = (mail: StoredMail): number => mails.indexOf(mail) + 1;
  const flagsOf = ({ flags }: StoredMail): string => `FLAGS (${[...flags].join(' ')})`;

  function fetch(tag: string, set: string, items: string): void {
    const partial = /BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?/.exec(items);
    for (const mail of numbersOf(set)) {
      const parts = [`UID ${mail.uid}`, flagsOf(mail)];
      if (partial !== null) {
        const start = Number(partial[1] ?? 0);
        const bytes = mail.raw.subarray(start, partial[2] === undefined ? undefined : start + Number(partial[2]));
        socket.write(
          `* ${sequenceOf(mail)} FETCH (${parts.join(' ')} BODY[]${partial[1] === undefined ? '' : `<${start}>`} {${bytes.length}}\r\n`,
        );
        socket.write(bytes);
        say(')');
      } else say(`* ${sequenceOf(mail)} FETCH (${parts.join(' ')})`);
    }
    say(`${tag} OK fetched`);
  }

  function store(tag: string, set: string, rest: string): void {
    const [, kind = '', names = ''] = /^([+-]?FLAGS)(?:\.SILENT)? \(([^)]*)\)$/.exec(rest) ?? [];
    if (kind === '') return refuse(tag, `UID STORE ${set} ${rest}`);
    if (state.mode === 'read_only') return say(`${tag} NO read-only`);
    if (state.mode === 'cut_at_store') return void socket.destroy();
    for (const mail of numbersOf(set)) {
      for (const name of names.split(' ')) {
        if (kind === '-FLAGS') mail.flags.delete(name);
        else mail.flags.add(name);
      }
      say(`* ${sequenceOf(mail)} FETCH (UID ${mail.uid} ${flagsOf(mail)})`);
    }
    say(`${tag} OK stored`);
  }

  function uid(tag: string, line: string): void {
    const [, , verb = '', first = '', ...more] = line.split(' ');
    const rest = more.join(' ');
    if (phase !== 'selected') return refuse(tag, line);
    if (verb.toUpperCase() === 'FETCH') return fetch(tag, first, rest);
    if (verb.toUpperCase() === 'STORE') return store(tag, first, rest);
    if (verb.toUpperCase() !== 'SEARCH' || `${first} ${rest}`.trim().toUpperCase() !== 'UNSEEN') return refuse(tag, line);
    if (state.mode === 'silent_search') return;
    say(`* SEARCH${mails.flatMap((mail) => (mail.flags.has('\\Seen') ? [] : [` ${mail.uid}`])).join('')}`);
    say(`${tag} OK searched`);
  }

  function select(tag: string, line: string, folder: string): void {
    if (phase === 'greeted') return refuse(tag, line);
    if (unquote(folder) !== 'INBOX') return say(`${tag} NO [NONEXISTENT] there is no such mailbox`);
    phase = 'selected';
    say(`* ${mails.length} EXISTS`);
    say('* 0 RECENT');
    say('* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)');
    say('* OK [UIDVALIDITY 1] valid');
    say(`* OK [UIDNEXT ${(mails.at(-1)?.uid ?? 100) + 1}] next`);
    say(`${tag} OK [${state.mode === 'read_only' ? 'READ-ONLY' : 'READ-WRITE'}] selected`);
  }

  function take(line: string): void {
    if (idleTag !== null) {
      if (line.toUpperCase() !== 'DONE') return refuse(idleTag, line);
      say(`${idleTag} OK idled`);
      idleTag = null;
      return;
    }
    const [tag = '', verb = '', ...words] = line.split(' ');
    commands.push(verb.toUpperCase() === 'UID' ? `UID ${words[0]?.toUpperCase()}` : verb.toUpperCase());
    switch (verb.toUpperCase()) {
      case 'CAPABILITY':
        say(`* CAPABILITY ${capabilities()}`);
        return say(`${tag} OK`);
      case 'NOOP':
        return say(`${tag} OK`);
      case 'LOGIN': {
        const [user, pass] = (words.join(' ').match(/"(?:\\.|[^"\\])*"|[^" ]+/g) ?? []).map(unquote);
        if (state.mode === 'refuse_login' || user !== login.user || pass !== login.pass)
          return say(`${tag} NO [AUTHENTICATIONFAILED] the password ${pass} is wrong`);
        phase = 'authenticated';
        return say(`${tag} OK [CAPABILITY ${capabilities()}] welcome`);
      }
      case 'LIST':
      case 'LSUB':
        if (phase === 'greeted') return refuse(tag, line);
        say(`* ${verb.toUpperCase()} (\\HasNoChildren) "/" ${words[1] === '""' ? '""' : 'INBOX'}`);
        return say(`${tag} OK`);
      case 'SELECT':
        return select(tag, line, words.join(' '));
      case 'UID':
        return uid(tag, line);
      case 'IDLE':
        if (phase !== 'selected' || !state.withIdle) return refuse(tag, line);
        idleTag = tag;
        return say('+ idling');
      case 'LOGOUT':
        say('* BYE');
        say(`${tag} OK`);
        return void socket.end();
      default:
        return refuse(tag, line);
    }
  }

  socket.on('data', (chunk: Buffer) => {
    if (state.mode === 'silent') return;
    buffer += chunk.toString('latin1');
    for (let end = buffer.indexOf('\r\n'); end !== -1; end = buffer.indexOf('\r\n')) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      take(line);
    }
  });
  return { socket, isIdling: () => idleTag !== null, tellExists: () => void (idleTag !== null && say(`* ${mails.length} EXISTS`)) };
}
