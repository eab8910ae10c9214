import { defineEntity, p } from '@mikro-orm/core';
import { rowProperties } from './row.ts';

export const AlertSourceSchema = defineEntity({
  name: 'AlertSource',
  tableName: 'alert_sources',
  properties: {
    ...rowProperties,
    name: p.text(),
    source: p.text(),
    /** SHA-256 of the bearer secret. */
    secretHash: p.blob().nullable(),
    /** Sealed for `integrations/<id>/signing_secret`. */
    signingSecret: p.text().nullable(),
    isActive: p.boolean().default(true),
  },
});

export class AlertSource extends AlertSourceSchema.class {}
AlertSourceSchema.setClass(AlertSource);
