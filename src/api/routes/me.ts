import { createRoute } from '@hono/zod-openapi';
import { jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { Me, presentMe } from './auth.ts';

const me = createRoute({
  method: 'get',
  path: '/',
  tags: ['auth'],
  summary: 'Retrieve your own user',
  description: 'Returns the user whose token or session this request was made with. Useful to check a token.',
  responses: { 200: jsonResponse(Me, 'The user who made the request.'), ...problems(401) },
});

export const createMeRoutes = () => createRouter().openapi(me, (c) => c.json(presentMe(c.get('signedIn')), 200));
