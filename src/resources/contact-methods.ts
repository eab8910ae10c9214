import { z } from '@hono/zod-openapi';
import type { ContactMethod } from '../domain/contact-method.ts';
import type { FieldError } from '../domain/field-path.ts';
import { field } from './field-map/field.ts';
import { invalid } from './field-map/refusal.ts';
import type { Context } from './field-map/resource.ts';
import { Id, Severity } from './field-map/shapes.ts';
import { Days, timeOfDay, TimeZone } from './shared-fields.ts';
import { providers } from './providers.ts';

/** In order of preference. `severities` empty: all. */
const ContactMethods = z
  .array(
    z
      .strictObject({
        provider_id: Id,
        address: z.string().trim().min(1).max(500).nullable().default(null),
        severities: z.array(Severity).default([]),
        hours: z
          .strictObject({ days: Days, start: timeOfDay, end: timeOfDay, time_zone: TimeZone.optional() })
          .nullable()
          .optional()
          .openapi({
            description:
              'When it is used at once: days (1 Monday to 7 Sunday) and local times, in `time_zone` or the person’s own; an end that is not after the start is on the next day. At other times it is used when the ones before it fail. Missing or null: always.',
          }),
      })
      .openapi('ContactMethod'),
  )
  .max(20);

export const contactMethods = (help: string) => field({ label: 'Contact Methods', help, schema: ContactMethods, default: [] });

/** An address that a provider is asked to write to, and where in the body it stands. */
export interface AddressUse {
  /** Of the provider's id. */
  readonly idField: string;
  readonly addressField: string;
  readonly providerId: string;
  readonly address: string | null;
}

/** @throws Refusal where a provider is unknown or does not understand its address. */
export async function checkAddresses({ em, registry }: Context, uses: readonly AddressUse[]): Promise<void> {
  if (uses.length === 0) return;
  const found = await em.find(providers.entity, { id: { $in: [...new Set(uses.map((use) => use.providerId))] } });
  const byId = new Map(found.map((provider) => [provider.id, provider]));
  const errors: FieldError[] = [];
  for (const use of uses) {
    const provider = byId.get(use.providerId);
    if (provider === undefined) {
      errors.push({ field: use.idField, reason: 'there is no provider with this id' });
      continue;
    }
    if (use.address === null) continue;
    const checked = registry.byType(provider.type)?.notify?.address?.safeParse(use.address);
    for (const { message } of checked?.error?.issues ?? []) errors.push({ field: use.addressField, reason: message });
  }
  if (errors.length > 0) throw invalid(errors);
}

export const checkContactMethods = (context: Context, methods: readonly ContactMethod[] | undefined): Promise<void> =>
  checkAddresses(
    context,
    (methods ?? []).map((method, i) => ({
      idField: `contact_methods[${i}].provider_id`,
      addressField: `contact_methods[${i}].address`,
      providerId: method.provider_id,
      address: method.address,
    })),
  );
