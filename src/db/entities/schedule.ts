import { defineEntity, p } from '@mikro-orm/core';
import type { ScheduleLayer, ScheduleOverride } from '../../domain/on-call.ts';
import { rowProperties } from './row.ts';

export const ScheduleSchema = defineEntity({
  name: 'Schedule',
  tableName: 'schedules',
  properties: {
    ...rowProperties,
    name: p.text(),
    description: p.text().default(''),
    teamId: p.uuid().nullable(),
    timeZone: p.text().default('UTC'),
    layers: p.json<ScheduleLayer[]>().onCreate(() => []),
    overrides: p.json<ScheduleOverride[]>().onCreate(() => []),
  },
});

export class Schedule extends ScheduleSchema.class {}
ScheduleSchema.setClass(Schedule);
