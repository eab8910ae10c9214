import type { Resource } from './resource.ts';

/** Resources by path, whose references all lead somewhere. */
export type Catalogue = ReadonlyMap<string, Resource>;

export function createCatalogue(resources: readonly Resource[]): Catalogue {
  const byPath = new Map(resources.map((resource) => [resource.path, resource]));
  for (const { path, fields, searchBy, filterBy, orderBy } of resources) {
    for (const name of [...searchBy, ...filterBy, ...orderBy]) {
      // Whoever may search or sort by a field learns what it holds.
      if (fields[name]?.rights.readers === 'staff')
        throw new Error(`${path}.${name} may not be read by everyone, so nobody can search by it`);
    }
    for (const [name, { refersTo }] of Object.entries(fields)) {
      if (refersTo !== null && !byPath.has(refersTo)) throw new Error(`${path}.${name} refers to ${refersTo}, which is no resource`);
    }
  }
  return byPath;
}
