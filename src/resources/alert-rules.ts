import { z } from '@hono/zod-openapi';
import { ruleOperators } from '../domain/alert-rules.ts';
import { SourceType, sourceTypes } from './connector-types.ts';
import { field, reference } from './field-map/field.ts';
import { defineResource } from './field-map/resource.ts';
import { Severity } from './field-map/shapes.ts';
import { isActive, name } from './shared-fields.ts';

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

export const alertRules = defineResource({
  path: 'alert-rules',
  one: 'alert rule',
  about:
    'An alert rule decides what happens to alerts that match its conditions: which service they belong to, how severe they are, or that they open no incident. The first rule that matches wins.',
  fields: {
    name: name('What the rule is for.'),
    position: field({
      label: 'Position',
      help: 'Rules are tried from the lowest position to the highest.',
      schema: z.number().int().min(0).max(1_000_000),
      default: 0,
    }),
    source: field({
      label: 'Source',
      help: 'Only alerts from this source; null for all of them.',
      schema: SourceType.nullable(),
      choices: sourceTypes,
    }),
    conditions: field({
      label: 'Conditions',
      help: 'All of them must hold. A rule without conditions matches every alert.',
      schema: z.array(Condition).max(20),
      default: [],
    }),
    service: reference({
      label: 'Service',
      help: 'The service that matching alerts belong to; null keeps what the alert says.',
      to: 'services',
      nullable: true,
    }),
    severity: field({
      label: 'Severity',
      help: 'The severity of matching alerts; null keeps what the alert says.',
      schema: Severity.nullable(),
    }),
    suppress: field({
      label: 'Suppress',
      help: 'Keep and show matching alerts, but open no incident.',
      schema: z.boolean(),
      default: false,
    }),
    is_active: isActive('Inactive rules are skipped.'),
  },
  searchBy: ['name'],
  filterBy: ['name', 'source', 'service', 'is_active'],
  orderBy: ['position', 'name', 'created_at'],
  unique: null,
  example: {
    name: 'Sentry web errors',
    source: 'sentry',
    conditions: [{ field: 'labels.project', operator: 'equals', value: 'web' }],
    service: '5a2d3c1f-94d5-4d64-b6b5-7a5d3c0f8e21',
    severity: 'SEV2_HIGH',
  },
});
