import type { EntitySchema, MikroORM } from '@mikro-orm/core';

/** Those that this store does not know yet: several apps may share one. */
export function mapEntities(orm: Pick<MikroORM, 'getMetadata' | 'discoverEntity'>, entities: readonly EntitySchema[]): void {
  const known = orm.getMetadata();
  orm.discoverEntity(entities.filter((entity) => !known.has(entity.meta.class)));
}
