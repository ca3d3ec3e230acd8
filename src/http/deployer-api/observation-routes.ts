import { Type } from '@sinclair/typebox';
import type { Elysia } from 'elysia';
import type { Deployer } from '../../deployer/deployer.ts';
import { DeploymentList, DeploymentStatus, UrlReady } from '../../schema/deployment-status.ts';
import { jsonListResponse, jsonResponse } from '../plumbing/json-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { contextOf } from '../plumbing/request-context.ts';
import { externalIdIn, pollIn } from './parameters.ts';

const listRoute = describe({
  summary: 'Every analysis of the cluster',
  description:
    'With `since` only what changed after that revision, 304 when nothing did; an unknown revision gets everything. The answer is written as it is read, ' +
    'each item as it is by then: what changes after `revision` is told again by the next.',
  query: {
    since: { description: 'The `revision` of an earlier answer', schema: Type.String() },
    wait: { description: 'How long to wait for a change, in seconds; at most 25', schema: Type.Integer({ minimum: 0, default: 0 }) },
  },
  answers: { 200: ['what there is, or what changed', DeploymentList], 304: ['nothing changed'] },
  problems: [400, 502, 503],
});

/** The requests that only look. */
export function observationRoutes(app: Elysia, deployer: Deployer): Elysia {
  app.get(
    '/api/v1/deployments',
    async ({ request, query }) => {
      const { since, waitMs } = pollIn(query);
      const { signal, draining, cutBy } = contextOf(request);
      const list = await deployer.list(since, waitMs, AbortSignal.any([signal, draining]));
      if (!list) return new Response(null, { status: 304 });
      const { items, ...rest } = list;
      return jsonListResponse(rest, 'items', items, cutBy);
    },
    listRoute,
  );
  app.get(
    '/api/v1/deployments/:external_id/status',
    async ({ request, params }) => jsonResponse(200, await deployer.status(externalIdIn(params), contextOf(request).signal)),
    describe({ summary: 'How an analysis is', answers: { 200: ['how it is', DeploymentStatus] }, problems: [400, 404, 502, 503] }),
  );
  app.get(
    '/api/v1/deployments/:external_id/url-ready',
    async ({ request, params }) => jsonResponse(200, await deployer.urlReady(externalIdIn(params), contextOf(request).signal)),
    describe({
      summary: 'Whether its page answers, and what is missing',
      answers: { 200: ['which part is there', UrlReady] },
      problems: [400, 404, 502, 503],
    }),
  );
  return app;
}
