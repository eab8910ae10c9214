import { z } from '@hono/zod-openapi';
import { type AlertRule, AlertRuleSchema } from '../../db/entities/alert-rule.ts';
import { ruleOperators } from '../../domain/alert-rules.ts';
import type { Collection } from '../collection.ts';
import { refsOf, requireReferences } from '../references.ts';
import { BooleanQuery } from '../route-parts.ts';
import { requireSource, SourceType } from './connector-types.ts';
import { given, Id, Name, presentRow, RefRead, rowRead, Severity } from './field-shapes.ts';

const Condition = z
  .strictObject({
    field: z
      .string()
      .max(200)
      .regex(
        /^(name|summary|service|fingerprint|severity|labels\..+)$/,
        'must be name, summary, service, fingerprint, severity or labels.<name>',
      ),
    operator: z.enum(ruleOperators),
    value: z.string().max(1_000),
  })
  .openapi('RuleCondition');

const shape = {
  name: Name,
  /** Rules are tried from the lowest. */
  position: z.number().int().min(0).max(1_000_000),
  source: SourceType.nullable(),
  /** All must hold; none matches everything. */
  conditions: z.array(Condition).max(20),
  severity: Severity.nullable(),
  /** Keep and show the alert, but open no incident. */
  suppress: z.boolean(),
  is_active: z.boolean(),
};

const fields = z.strictObject({ ...shape, service: Id.nullable() });
const AlertRuleRead = z.object({ ...rowRead, ...shape, service: RefRead.nullable() }).openapi('AlertRule');

export const alertRules: Collection<AlertRule, typeof AlertRuleRead, typeof fields> = {
  path: 'alert-rules',
  one: 'alert rule',
  entity: AlertRuleSchema,
  read: AlertRuleRead,
  fields,
  required: ['name'],
  searchIn: ['name'],
  filters: {
    name: { schema: z.string(), property: 'name' },
    source: { schema: z.string(), property: 'source' },
    service: { schema: Id, property: 'serviceId' },
    is_active: { schema: BooleanQuery, property: 'isActive' },
  },
  orderings: { position: 'position', name: 'name', created_at: 'createdAt' },

  async present(rows, { em }) {
    const service = await refsOf(
      em,
      'services',
      rows.map((row) => row.serviceId ?? null),
    );
    return rows.map((row) => ({
      ...presentRow(row),
      name: row.name,
      position: row.position,
      source: row.source ?? null,
      conditions: row.conditions.map((condition) => ({ ...condition })),
      service: service(row.serviceId ?? null),
      severity: row.severity ?? null,
      suppress: row.suppress,
      is_active: row.isActive,
    }));
  },

  async columns(body, { em, deps }) {
    requireSource(deps.registry, body.source);
    await requireReferences(em, body.service ? [{ field: 'service', table: 'services', id: body.service }] : []);
    return given({
      name: body.name,
      position: body.position,
      source: body.source,
      conditions: body.conditions,
      serviceId: body.service,
      severity: body.severity,
      suppress: body.suppress,
      isActive: body.is_active,
    });
  },
};
