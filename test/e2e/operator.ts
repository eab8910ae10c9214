import { vi } from 'vitest';
import type { Up } from '../support/imas.ts';

// Tests look into answers of every shape.
// oxlint-disable-next-line no-explicit-any
export type Json = Record<string, any>;

/** A person who is signed in and works by the API, over its socket. */
export class Operator {
  private readonly url: string;
  private readonly token: string;

  private constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  static async signIn({ url, admin }: Pick<Up, 'url' | 'admin'>): Promise<Operator> {
    const answer = await fetch(`${url}/api/auth/token/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(admin),
    });
    if (answer.status !== 200) throw new Error(`sign in: ${answer.status} ${await answer.text()}`);
    return new Operator(url, ((await answer.json()) as { token: string }).token);
  }

  get(path: string): Promise<Json> {
    return this.ask('GET', path);
  }

  post(path: string, body?: object): Promise<Json> {
    return this.ask('POST', path, body);
  }

  patch(path: string, body: object): Promise<Json> {
    return this.ask('PATCH', path, body);
  }

  async list(path: string): Promise<Json[]> {
    return (await this.get(path))['results'] as Json[];
  }

  /** The messages of an incident's timeline, oldest first. */
  async timeline(incident: string): Promise<string[]> {
    return (await this.list(`incidents/${incident}/timeline/`)).map(({ message }) => String(message));
  }

  private async ask(method: string, path: string, body?: object): Promise<Json> {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      method,
      // As most clients do: whether a body follows or not.
      headers: { authorization: `Token ${this.token}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Json;
  }
}

/** Looks again until it holds, by real time; what it waits for comes by real work. */
export const eventually = <T>(look: () => Promise<T>, withinMs = 25_000): Promise<T> =>
  vi.waitFor(look, { timeout: withinMs, interval: 50 });

/** The sum of a metric's samples whose labels contain all of `labels`. */
export function sample(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return text
    .split('\n')
    .filter((line) => new RegExp(`^${name}[{ ]`).test(line) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
