import { z } from '@hono/zod-openapi';
import { said } from '../../domain/said.ts';
import { routeOf, type RouteRecipient, type RouteStep } from '../../domain/simulated-route.ts';
import { severities, type Severity } from '../../domain/vocabulary.ts';
import type { Opening } from '../../people/simulated-opening.ts';
import { RefRead, Timestamp } from '../../resources/field-map/shapes.ts';
import { presentSaid, SaidRead } from '../said.ts';

const RouteRecipientRead = z
  .object({
    name: z.string(),
    reasons: z.array(SaidRead).openapi({ description: 'Why they are told, from target to person.' }),
    ways: z
      .array(
        z.object({
          provider: z.string(),
          address: z.string().nullable().openapi({ description: 'Null for the provider’s own place, such as its default channel.' }),
          taken: z.enum(['at_once', 'if_others_fail']).openapi({
            description: '`at_once`: used immediately. `if_others_fail`: used when one before it has failed.',
          }),
          reason: SaidRead,
        }),
      )
      .openapi({ description: 'The contact methods, in the order in which they are tried. Empty if nothing reaches them.' }),
    skipped: z
      .array(z.object({ provider: z.string(), reason: SaidRead }))
      .openapi({ description: 'Providers that would lead to them, but are not used.' }),
  })
  .openapi('RouteRecipient');

export const RouteRead = z
  .object({
    service: RefRead,
    team: RefRead.nullable().openapi({ description: 'The team that owns the service.' }),
    severity: z.enum(severities),
    at: Timestamp.openapi({ description: 'When the incident opens.' }),
    impact_scopes: z.array(z.string()).openapi({ description: 'Names of the impact scopes.' }),
    policy: z.object({
      name: z.string(),
      version: z.number().int(),
      repeat: z.number().int().openapi({ description: 'How many more rounds there are before the final fallback.' }),
    }),
    steps: z
      .array(
        z.object({
          on: z.enum(['opened', 'level', 'escalated', 'fallback', 'last_resort']).openapi({
            description:
              '`opened` and `escalated` inform; `level`, `fallback` and `last_resort` ask somebody to act. `last_resort` are the administrators, when the final fallback reaches nobody.',
          }),
          level: z.number().int().nullable().openapi({ description: 'Of the escalation policy, from 1; null for what is no level.' }),
          round: z.number().int().openapi({ description: 'From 1. Later rounds are there only where they differ from an earlier one.' }),
          after_seconds: z.number().openapi({ description: 'Seconds after opening.' }),
          waits_seconds: z.number().nullable().openapi({
            description: 'Seconds that this level has to acknowledge. A level that reaches nobody is skipped without waiting.',
          }),
          recipients: z.array(RouteRecipientRead),
        }),
      )
      .openapi({ description: 'What happens, in order, while nobody acknowledges and every message arrives.' }),
  })
  .openapi('SimulatedRoute');

export type RouteWire = z.infer<typeof RouteRead>;

export function presentRoute({ service, audience, policy, told }: Opening, severity: Severity, atMs: number): RouteWire {
  return {
    service,
    team: audience.team === null ? null : { id: audience.team.id, name: audience.team.name },
    severity,
    at: new Date(atMs).toISOString(),
    impact_scopes: audience.impactScopes.map(({ name }) => name),
    policy: { name: policy.name, version: policy.version, repeat: policy.document.repeat },
    steps: routeOf(told, policy.document, atMs).map(presentStep),
  };
}

const presentStep = ({ on, level, round, afterMs, waitsMs, recipients }: RouteStep): RouteWire['steps'][number] => ({
  on,
  level,
  round,
  after_seconds: afterMs / 1000,
  waits_seconds: waitsMs === null ? null : waitsMs / 1000,
  recipients: recipients.map(presentRecipient),
});

const presentRecipient = ({ name, reasons, ways, skipped }: RouteRecipient): RouteWire['steps'][number]['recipients'][number] => ({
  name,
  reasons: reasons.map(presentSaid),
  ways: ways.map(({ providerName, address, taken, reason }) => ({ provider: providerName, address, taken, reason: presentSaid(reason) })),
  skipped: skipped.map((provider) => ({ provider, reason: presentSaid(said('cause.providerInactive')) })),
});
