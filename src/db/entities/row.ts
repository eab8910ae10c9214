import { randomUUID } from 'node:crypto';
import { p } from '@mikro-orm/core';

/** What every row of configuration has. */
export const rowProperties = {
  id: p
    .uuid()
    .primary()
    .onCreate(() => randomUUID()),
  createdAt: p.datetime().onCreate(() => new Date()),
  updatedAt: p
    .datetime()
    .onCreate(() => new Date())
    .onUpdate(() => new Date()),
};
