import { type TSchema, Type } from '@sinclair/typebox';
import type { Elysia } from 'elysia';
import type { AnalysisUseCases } from '../../coordinator/looking/analyses.ts';
import { AssignmentPage, AssignmentReport } from '../../schema/assignment.ts';
import { LogRecord, Logs } from '../../schema/logs.ts';
import { jsonResponse } from '../plumbing/json-response.ts';
import { ndjsonResponse } from '../plumbing/ndjson-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { contextOf } from '../plumbing/request-context.ts';
import { externalIdOf, filterOf, isFollowed, LIMIT, LOG_PARAMETERS, logParametersOf } from './analysis-parameters.ts';

export interface AnalysisRoutesDeps {
  readonly analyses: AnalysisUseCases;
}

const tags = ['analyses'];
const parameter = (description: string, schema: TSchema = Type.String()) => ({ description, schema });

/** `/api/v1/analyses`: where analyses live and how they are, for operators. */
export function analysisRoutes(app: Elysia, { analyses }: AnalysisRoutesDeps): Elysia {
  app.get(
    '/api/v1/analyses',
    async ({ request }) => jsonResponse(200, await analyses.list(filterOf(request), contextOf(request).signal)),
    describe({
      summary: 'Analyses and where they live, the latest first',
      tags,
      query: {
        state: parameter('only these states, separated by commas; `all` for every one. Absent: those that have not stopped and not failed'),
        cluster: parameter('only those of this cluster, by name or id'),
        user: parameter('only those of this user, by name or id'),
        limit: parameter('analyses at most', Type.Integer({ minimum: 1, maximum: LIMIT.maximum, default: LIMIT.default })),
        before: parameter('the `next` of the page before'),
      },
      answers: { 200: ['the analyses', AssignmentPage] },
      problems: [400, 503],
    }),
  );
  app.get(
    '/api/v1/analyses/:external_id',
    async ({ params, request }) => jsonResponse(200, await analyses.report(externalIdOf(params), contextOf(request).signal)),
    describe({
      summary: 'One analysis, and what its cluster says of it now',
      description:
        '`in_cluster` is `unreachable` where the cluster did not answer, which says nothing of the analysis, and `gone` where it has nothing of it.',
      tags,
      answers: { 200: ['the analysis', AssignmentReport] },
      problems: [400, 404, 503],
    }),
  );
  app.get(
    '/api/v1/analyses/:external_id/logs',
    async ({ params, request }) => {
      const externalId = externalIdOf(params);
      const parameters = logParametersOf(request);
      const { signal, draining } = contextOf(request);
      if (!isFollowed(parameters)) return jsonResponse(200, await analyses.logs(externalId, parameters, signal));
      const left = new AbortController();
      const records = await analyses.followLogs(externalId, parameters, AbortSignal.any([signal, draining, left.signal]));
      return ndjsonResponse(records, () => left.abort());
    },
    describe({
      summary: 'What a container of an analysis writes',
      description:
        'Asked of the deployer of its cluster, with the same parameters and answers. With `follow=true` it is `application/x-ndjson`, and ends when the container does, the deployer, or the reader goes.',
      tags,
      query: Object.fromEntries(Object.entries(LOG_PARAMETERS).map(([name, description]) => [name, parameter(description)])),
      answers: { 200: ['the lines, oldest first', Logs, LogRecord] },
      problems: [400, 404, 409, 429, 502, 503],
    }),
  );
  return app;
}
