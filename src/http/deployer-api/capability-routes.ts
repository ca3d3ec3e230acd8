import type { Elysia } from 'elysia';
import type { Deployer } from '../../deployer/deployer.ts';
import { Capabilities } from '../../schema/capabilities.ts';
import { jsonResponse } from '../plumbing/json-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { contextOf } from '../plumbing/request-context.ts';

export function capabilityRoutes(app: Elysia, deployer: Deployer): Elysia {
  app.get(
    '/api/v1/capabilities',
    async ({ request }) => jsonResponse(200, await deployer.capabilities(contextOf(request).signal)),
    describe({
      summary: 'What the cluster can do for analyses',
      description:
        'Versions, kinds, storage and ingress classes, Gateway API, and the room that the nodes of the node selector have. What the role of the deployer does not ' +
        'let it see is absent and named in `unknown`.',
      answers: { 200: ['what it can do', Capabilities] },
      problems: [502, 503],
    }),
  );
  return app;
}
