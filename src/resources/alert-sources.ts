import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Registry } from '../connectors/registry.ts';
import { alertSourceStates as stateNames, type AlertSourceState } from '../domain/alert-source-state.ts';
import { accessSql, addressOf, alertSourceStates, securedNeighbour, type AccessRow } from './alert-source-access.ts';
import { SourceType, sourceTypes } from './connector-types.ts';
import { derived, field, readOnly, secret } from './field-map/field.ts';
import { invalid } from './field-map/refusal.ts';
import { defineResource } from './field-map/resource.ts';
import { isActive, name } from './shared-fields.ts';

const Secret = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(1_000)
  .refine((text) => text === text.trim(), 'must not begin or end with a space')
  .refine((text) => !/\p{Cc}/u.test(text), 'must be one line, without control characters');

/** As it comes in a header: what else senders make of other characters differs from one to the next. */
const Bearer = Secret.refine((text) => !/[^\p{ASCII}]/u.test(text), 'must consist of ASCII letters, digits and punctuation');

const risk = 'Anybody who can reach the address can then open incidents and page people.';

const warnings: Partial<Record<AlertSourceState, string>> = {
  open: 'It is open: anybody who can reach the address can open incidents and page people.',
  open_since_before:
    'It is open, as it was before alert sources were closed by default: anybody who can reach the address can open incidents and page people. Set a secret, or set `open` to true or false.',
};

const access = (em: EntityManager): Promise<AccessRow[]> => em.execute<AccessRow[]>(accessSql);

export const alertSources = defineResource({
  path: 'alert-sources',
  one: 'alert source',
  about:
    'An alert source lets one monitoring system send alerts, with a secret of its own. Until it has one, it refuses alerts with a 401, unless somebody opens it.',
  fields: {
    name: name('What sends its alerts here, for example Alertmanager Paris.'),
    source: field({
      label: 'Source',
      help: 'The kind of system, which decides how alerts are read.',
      schema: SourceType,
      choices: sourceTypes,
      required: true,
    }),
    secret: secret({
      label: 'Secret',
      help: 'What the sender gives as `Authorization: Bearer <secret>`: at least 8 ASCII characters. A new one closes a source that was open.',
      schema: Bearer,
      column: { name: 'secret_hash', type: 'bytea' },
      store: (text) => createHash('sha256').update(text).digest(),
    }),
    signing_secret: secret({
      label: 'Signing Secret',
      help: 'The key of the sender’s own signature header, accepted instead of the secret. For systems that sign: `grafana`, `sentry`.',
      schema: Secret,
      column: { name: 'signing_secret', type: 'text' },
      store: (text, { id, secrets }) => secrets.seal(text, `integrations/${id}/signing_secret`),
    }),
    open: field({
      label: 'Open',
      help: `Takes alerts without a secret. **Warning:** ${risk}`,
      schema: z.boolean(),
      default: false,
    }),
    open_since_before: readOnly({
      label: 'Open Since Before',
      help: 'It was open before alert sources were closed by default, and nobody has decided yet: set a secret or `open`.',
      schema: z.boolean(),
      default: false,
    }),
    is_active: isActive('Alerts from an inactive source are refused.'),
    state: derived({
      label: 'State',
      help: 'Who may send: `secured` (with the secret or a signature), `open`, `open_since_before` (nobody has decided yet), `open_in_demo`, `closed` (nobody: it has no secret, or another source of its address has one), `inactive`.',
      schema: z.enum(stateNames),
    }),
    warning: derived({
      label: 'Warning',
      help: 'What is risky about its state, in English.',
      schema: z.string().nullable(),
    }),
    webhook_url: derived({ label: 'Webhook URL', help: 'Where the system has to send its alerts.', schema: z.string() }),
  },
  searchBy: ['name', 'source'],
  filterBy: ['name', 'source', 'is_active', 'open', 'open_since_before'],
  orderBy: ['name', 'source', 'created_at'],
  unique: 'name',
  example: { name: 'Alertmanager Paris', source: 'alertmanager', secret: 'a long random text' },
  refused: {
    update:
      'An alert source cannot be opened while it has a secret, or while another active one of the same address has one; `signing_secret` needs a system that signs (422).',
  },

  async beforeWrite({ secret: bearer, signing_secret: signing, open, source: wanted }, { em, id, row, registry }) {
    const source = wanted ?? row?.source ?? '';
    if (typeof signing === 'string') requireSigning(registry, source);
    const isSecured = typeof bearer === 'string' || typeof signing === 'string';
    if (open === true) await requireOpenable(em, registry, { id, source, bearer, signing });
    if (isSecured) return { open: false, open_since_before: false };
    return open === undefined ? {} : { open_since_before: false };
  },

  async present(rows, { em, baseUrl, registry, isDemo }) {
    const states = alertSourceStates(await access(em), registry, isDemo);
    return rows.map(({ id, source }) => {
      const state = states.get(id) ?? 'closed';
      return { state, warning: warnings[state] ?? null, webhook_url: `${baseUrl}/api/v1/webhooks/${addressOf(registry, source)}/` };
    });
  },
});

/** @throws Refusal: no signature of such a system could ever match */
function requireSigning(registry: Registry, source: string): void {
  const connector = registry.byId(source);
  if (connector?.alerts === undefined || connector.alerts.signature !== undefined) return;
  throw invalid([{ field: 'signing_secret', reason: `${connector.title} does not sign its requests: set the secret` }]);
}

interface Opening {
  readonly id: string;
  readonly source: string;
  readonly bearer: string | null | undefined;
  readonly signing: string | null | undefined;
}

/** @throws Refusal where it would not be open then */
async function requireOpenable(em: EntityManager, registry: Registry, { id, source, bearer, signing }: Opening): Promise<void> {
  const refuse = (reason: string) => invalid([{ field: 'open', reason }]);
  const kept = await em.execute<{ bearer: boolean; signing: boolean }[]>(
    'select secret_hash is not null as bearer, signing_secret is not null as signing from alert_sources where id = ?',
    [id],
  );
  const remains = (given: string | null | undefined, stored = false): boolean => (given === undefined ? stored : given !== null);
  if (remains(bearer, kept[0]?.bearer) || remains(signing, kept[0]?.signing))
    throw refuse('cannot be set while there is a secret: remove the secret first');
  const neighbour = securedNeighbour(await access(em), registry, { id, source });
  if (neighbour !== undefined) throw refuse(`cannot be set while "${neighbour.name}", which has the same address, has a secret`);
}
