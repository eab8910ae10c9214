import { defineEntity, p } from '@mikro-orm/core';
import { alertSources } from '../../domain/vocabulary.ts';
import { rowProperties } from './row.ts';

export const IntegrationSchema = defineEntity({
  name: 'Integration',
  tableName: 'integrations',
  properties: {
    ...rowProperties,
    name: p.text(),
    source: p.enum(alertSources),
    /** SHA-256 of the bearer secret. */
    secretHash: p.blob().nullable(),
    /** Sealed for `integrations/<id>/signing_secret`. */
    signingSecret: p.text().nullable(),
    isActive: p.boolean().default(true),
  },
});

export class Integration extends IntegrationSchema.class {}
IntegrationSchema.setClass(Integration);
