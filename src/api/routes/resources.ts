import { createRoute, z } from '@hono/zod-openapi';
import type { Registry } from '../../connectors/registry.ts';
import type { Catalogue } from '../../resources/field-map/catalogue.ts';
import { describeResource, type ResourceDescription } from '../../resources/field-map/describe.ts';
import { notFound } from '../problem.ts';
import { jsonResponse, listOf, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const Group = z.enum(['everyone', 'staff']);

const ResourceFieldRead = z
  .object({
    name: z.string().openapi({ example: 'team' }),
    read_name: z.string().nullable().openapi({ description: 'The name under which it is answered; null if it never comes back.' }),
    label: z.string().openapi({ description: 'What a form calls it.', example: 'Owner Team' }),
    help: z.string().openapi({ description: 'One line of Markdown.' }),
    kind: z.enum(['text', 'long_text', 'number', 'boolean', 'choice', 'list', 'reference', 'secret', 'json']),
    required: z.boolean(),
    nullable: z.boolean(),
    default: z.unknown().openapi({ description: 'What a new one has when the field is left out.' }),
    options: z.array(z.string()).openapi({ description: 'For `choice`.' }),
    refers_to: z
      .string()
      .nullable()
      .openapi({ description: 'For `reference`: the path of the resource whose ids it takes.', example: 'teams' }),
    is_secret: z.boolean().openapi({ description: 'Never returned: the answer only says whether there is one.' }),
    is_read_only: z.boolean(),
    readers: Group,
    writers: Group.nullable().openapi({ description: 'Null if only the system writes it.' }),
  })
  .openapi('ResourceField');

const ResourceRead = z
  .object({
    path: z.string().openapi({ description: 'As in the address: `/api/v1/<path>/`.', example: 'services' }),
    name: z.string().openapi({ example: 'service' }),
    about: z.string().openapi({ description: 'Markdown.' }),
    readers: Group,
    writers: Group,
    fields: z.array(ResourceFieldRead),
    search_by: z.array(z.string()),
    filter_by: z.array(z.string()),
    order_by: z.array(z.string()).openapi({ description: 'The first is the default.' }),
    example: z.record(z.string(), z.unknown()).openapi({ description: 'A body that creates one.' }),
  })
  .openapi('Resource');

const list = createRoute({
  method: 'get',
  path: '/',
  tags: ['resources'],
  summary: 'List everything that can be configured',
  description:
    'Describes each resource and its fields: labels, help, kinds, defaults, choices, references, and who may read and change them. Forms can be built from it.',
  responses: { 200: jsonResponse(listOf(ResourceRead, 'ResourceList'), 'All resources, on one page.'), ...problems(401) },
});

const read = createRoute({
  method: 'get',
  path: '/{path}',
  tags: ['resources'],
  summary: 'Describe a resource',
  description: 'Returns the description of one resource by its path, for example `services`, or 404 if there is no such resource.',
  request: {
    params: z.object({
      path: z
        .string()
        .max(100)
        .openapi({ param: { name: 'path', in: 'path' }, example: 'services' }),
    }),
  },
  responses: { 200: jsonResponse(ResourceRead, 'The resource.'), ...problems(401, 404) },
});

/** Mounted at /api/v1/resources. */
export function createResourceRoutes(catalogue: Catalogue, registry: Registry) {
  const all = [...catalogue.values()].map((resource) => answer(describeResource(resource, registry)));
  return createRouter()
    .openapi(list, (c) => c.json({ count: all.length, next: null, previous: null, results: all }, 200))
    .openapi(read, (c) => {
      const found = all.find(({ path }) => path === c.req.valid('param').path);
      if (found === undefined) throw notFound('resource');
      return c.json(found, 200);
    });
}

const answer = (description: ResourceDescription): z.infer<typeof ResourceRead> => ({
  ...description,
  fields: description.fields.map((field) => ({ ...field, options: [...field.options] })),
  search_by: [...description.search_by],
  filter_by: [...description.filter_by],
  order_by: [...description.order_by],
  example: { ...description.example },
});
