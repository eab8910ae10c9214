import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress, type Lookup } from '../../src/egress/create-egress.ts';
import { EgressFailed, EgressRefused, type EgressRequest } from '../../src/egress/egress.ts';
import { startCanary } from './canary.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener, host = '127.0.0.1', port = 0): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return (server.address() as AddressInfo).port;
}

const get = (url: string, rest: Partial<EgressRequest> = {}): EgressRequest => ({
  url,
  method: 'GET',
  headers: {},
  body: null,
  signal: AbortSignal.timeout(20_000),
  ...rest,
});

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error as Error,
  );

describe('an allowed call', () => {
  it('sends method, headers and body, and gives back status, headers and text', async () => {
    const port = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        response.writeHead(201, { 'X-Seen': `${request.method} ${request.url} ${request.headers['x-a']}` });
        response.end(`got ${body}`);
      });
    });
    const egress = createEgress({ allow: ['127.0.0.1'] });
    const answer = await egress.fetch(get(`http://127.0.0.1:${port}/a?b=c`, { method: 'PUT', headers: { 'X-A': '1' }, body: 'grüß' }));
    expect(answer).toMatchObject({ status: 201, body: 'got grüß', headers: { 'x-seen': 'PUT /a?b=c 1' } });
  });

  it('does not follow a redirect, and so never reaches what it leads to', async () => {
    const canary = await startCanary('127.0.0.2');
    const port = await serve((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.2:${canary.port}/` });
      response.end();
    });
    const egress = createEgress({ allow: ['127.0.0.0/8'] });
    const answer = await egress.fetch(get(`http://127.0.0.1:${port}/`));
    expect(answer.status).toBe(302);
    expect(canary.connections()).toBe(0);
    // The canary does notice when it is called.
    await egress.fetch(get(`http://127.0.0.2:${canary.port}/`));
    expect(canary.bytes()).toBeGreaterThan(0);
    await canary.close();
  });

  it('sends bytes as they are', async () => {
    const seen: Buffer[] = [];
    const port = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => seen.push(chunk));
      request.on('end', () => response.end(request.headers['content-length']));
    });
    const body = Uint8Array.from({ length: 256 }, (_, n) => n);
    const answer = await createEgress({ allow: ['127.0.0.1'] }).fetch(get(`http://127.0.0.1:${port}/`, { method: 'POST', body }));
    expect(answer.body).toBe('256');
    expect(Buffer.concat(seen).equals(body)).toBe(true);
  });

  describe('with an endless answer', () => {
    const endless = async (): Promise<{ port: number; hungUp: Promise<void> }> => {
      let hangUp: () => void = () => undefined;
      const hungUp = new Promise<void>((resolve) => (hangUp = resolve));
      const port = await serve((_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(16_384)));
        };
        response.on('drain', more).on('close', () => hangUp());
        more();
      });
      return { port, hungUp };
    };

    it.each([
      [undefined, 65_536],
      [200_000, 200_000],
    ])('that takes at most %s fails and hangs up', async (maxAnswerBytes, limit) => {
      const { port, hungUp } = await endless();
      const work = createEgress({ allow: ['127.0.0.1'] }).fetch(
        get(`http://127.0.0.1:${port}/T0KEN`, { ...(maxAnswerBytes && { maxAnswerBytes }) }),
      );
      const error = (await failure(work)) as EgressFailed;
      expect(error).toBeInstanceOf(EgressFailed);
      expect(error.code).toBe('TOO_LARGE');
      expect(error.message).toBe(`127.0.0.1:${port} sent an answer of more than ${limit} bytes.`);
      await hungUp;
    });

    it('reads the beginning where no more matters, and hangs up', async () => {
      const { port, hungUp } = await endless();
      const answer = await createEgress({ allow: ['127.0.0.1'] }).fetch(
        get(`http://127.0.0.1:${port}/`, { cutAnswer: true, maxAnswerBytes: 1_000 }),
      );
      expect(answer.body).toBe('x'.repeat(1_000));
      await hungUp;
    });
  });

  it('takes an answer that is exactly as large as may be', async () => {
    const port = await serve((_, response) => response.end('x'.repeat(70_000)));
    const answer = await createEgress({ allow: ['127.0.0.1'] }).fetch(get(`http://127.0.0.1:${port}/`, { maxAnswerBytes: 70_000 }));
    expect(answer.body).toHaveLength(70_000);
  });
});

describe('a name whose answer changes', () => {
  /** Allowed first, then not: what a check apart from the connecting would be fooled by. */
  const flipping = (answers: readonly string[]): { lookup: Lookup; asked: () => number } => {
    let asked = 0;
    return {
      lookup: () => Promise.resolve([{ address: answers[asked++ % answers.length] as string, family: 4 as const }]),
      asked: () => asked,
    };
  };

  it('is asked once for each connection, and only its checked answer is connected to', async () => {
    const canary = await startCanary('127.0.0.2');
    let served = 0;
    await serve(
      (_, response) => {
        served += 1;
        response.setHeader('connection', 'close').end('ok');
      },
      '127.0.0.1',
      canary.port,
    );
    const { lookup, asked } = flipping(['127.0.0.1', '127.0.0.2']);
    const egress = createEgress({ allow: ['127.0.0.1'], lookup });
    const outcomes = [];
    for (let call = 0; call < 20; call += 1) {
      outcomes.push(
        await egress.fetch(get(`http://rebind.example.com:${canary.port}/`)).then(
          ({ body }) => body,
          (error: Error) => error.name,
        ),
      );
    }
    expect(outcomes).toEqual(Array.from({ length: 20 }, (_, call) => (call % 2 === 0 ? 'ok' : 'EgressRefused')));
    expect(asked()).toBe(20);
    expect(served).toBe(10);
    expect(canary.connections()).toBe(0);
    await canary.close();
  });

  it('tries the next checked answer when the first does not take the connection', async () => {
    const port = await serve((_, response) => response.end('second'), '127.0.0.1');
    const lookup: Lookup = () =>
      Promise.resolve([
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ]);
    const egress = createEgress({ allow: ['127.0.0.1', '::1'], lookup });
    expect((await egress.fetch(get(`http://both.example.com:${port}/`))).body).toBe('second');
  });
});

describe('a call that fails', () => {
  const secretPath = '/hooks/T0KEN-in-path?key=S3CRET-in-query';

  it.each([
    ['ftp://files.example.com/T0KEN', 'Only http and https'],
    ['file:///etc/T0KEN', 'Only http and https'],
    ['gopher://x.example.com/T0KEN', 'Only http and https'],
    ['http://user:T0KEN@public.example.com/', 'public.example.com contains a user name or password'],
    ['no url T0KEN', 'not valid'],
    ['http://T0KEN%/', 'not valid'],
  ])('refuses %s, without repeating it', async (url, words) => {
    const egress = createEgress({ allow: [], lookup: () => Promise.reject(new Error('must not be asked')) });
    const error = await failure(egress.fetch(get(url)));
    expect(error).toBeInstanceOf(EgressRefused);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('T0KEN');
  });

  it('names the host, and never path or query', async () => {
    const canary = await startCanary('127.0.0.1');
    const { port } = canary;
    await canary.close();
    const errors = [
      await failure(createEgress({ allow: ['127.0.0.1'] }).fetch(get(`http://127.0.0.1:${port}${secretPath}`))),
      await failure(createEgress({ allow: [] }).fetch(get(`http://127.0.0.1:${port}${secretPath}`))),
      await failure(
        createEgress({
          allow: [],
          lookup: () => Promise.reject(Object.assign(new Error(`no ${secretPath}`), { code: 'ENOTFOUND' })),
        }).fetch(get(`http://gone.example.com${secretPath}`)),
      ),
    ];
    expect(errors.map(({ name, message }) => [name, message])).toEqual([
      ['EgressFailed', `127.0.0.1:${port} refused the connection (ECONNREFUSED).`],
      ['EgressRefused', 'IMAS may not reach 127.0.0.1: it is a loopback address. IMAS_EGRESS_ALLOW can allow it.'],
      ['EgressFailed', 'gone.example.com could not be found (ENOTFOUND).'],
    ]);
    for (const error of errors) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/T0KEN|S3CRET/);
      expect(error.cause).toBeUndefined();
    }
  });

  it('trusts no certificate that nobody known has signed', async () => {
    const certificate = (name: string): Buffer => readFileSync(new URL(`../connectors/certificates/${name}`, import.meta.url));
    let requests = 0;
    const server = createTlsServer({ key: certificate('server.key'), cert: certificate('server.pem') }, (_, response) => {
      requests += 1;
      response.end('ok');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const egress = createEgress({ allow: ['127.0.0.1'], lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) });
    const error = await failure(egress.fetch(get(`https://mail.example.test:${port}${secretPath}`)));
    expect(error).toBeInstanceOf(EgressFailed);
    expect(error.message).toContain(`mail.example.test:${port} has a certificate from an unknown authority`);
    expect(requests).toBe(0);
  });

  it('gives up on a server that never answers, and on one that never ends', async () => {
    const silent = await serve(() => undefined);
    const dripping = await serve((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const egress = createEgress({ allow: ['127.0.0.1'], timeoutMs: 300 });
    for (const port of [silent, dripping]) {
      const error = await failure(egress.fetch(get(`http://127.0.0.1:${port}/`)));
      expect(error).toBeInstanceOf(EgressFailed);
      expect((error as EgressFailed).code).toBe('ETIMEDOUT');
    }
  });

  it('gives up on a resolver that never answers', async () => {
    const egress = createEgress({ allow: [], lookup: () => new Promise(() => undefined), timeoutMs: 200 });
    for (const work of [egress.resolve('slow.example.com'), egress.fetch(get('http://slow.example.com/'))]) {
      expect(((await failure(work)) as EgressFailed).code).toBe('ETIMEDOUT');
    }
  });

  it('stops when its caller does', async () => {
    const silent = await serve(() => undefined);
    const caller = new AbortController();
    const call = failure(createEgress({ allow: ['127.0.0.1'] }).fetch(get(`http://127.0.0.1:${silent}/`, { signal: caller.signal })));
    caller.abort();
    expect(((await call) as EgressFailed).code).toBe('ABORTED');
  });

  it('takes a name without an answer for one that was not found', async () => {
    const error = await failure(createEgress({ allow: [], lookup: () => Promise.resolve([]) }).resolve('empty.example.com'));
    expect((error as EgressFailed).code).toBe('ENOTFOUND');
  });
});
