import { createRoute } from '@hono/zod-openapi';
import { jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { Me, presentMe } from './auth.ts';

const me = createRoute({
  method: 'get',
  path: '/',
  tags: ['auth'],
  summary: 'Who this request is made by',
  responses: { 200: jsonResponse(Me, 'The signed-in user.'), ...problems(401) },
});

export const createMeRoutes = () => createRouter().openapi(me, (c) => c.json(presentMe(c.get('signedIn')), 200));
