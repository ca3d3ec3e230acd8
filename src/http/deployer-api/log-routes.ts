import { Type } from '@sinclair/typebox';
import type { Elysia } from 'elysia';
import type { Deployer } from '../../deployer/deployer.ts';
import { LogRecord, Logs } from '../../schema/logs.ts';
import { jsonResponse } from '../plumbing/json-response.ts';
import { ndjsonResponse } from '../plumbing/ndjson-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { contextOf } from '../plumbing/request-context.ts';
import { logParametersIn } from './log-parameters.ts';
import { externalIdIn } from './parameters.ts';

const flag = (description: string) => ({ description, schema: Type.Boolean({ default: false }) });
const text = (description: string) => ({ description, schema: Type.String() });

const route = describe({
  summary: 'What a container of an analysis writes',
  description:
    'Of more than an answer holds (1 MiB) the newest lines. With `follow=true` the answer is `application/x-ndjson` and goes on until the container ' +
    'ends: one object a line, first `{"pod", "container", "since_time"}`, then `{"line"}`, `{"heartbeat"}` while nothing is written, and at last ' +
    '`{"end", "message"}`; without that last one it was cut on the way. A function (Lambda) does not follow: it answers what is there, as JSON. A ' +
    'container that has not started yet is 409 `not_started` (retryable), and of too many readers at once some are refused with 429 `overloaded`.',
  query: {
    container: { description: 'Init containers too', schema: Type.String({ default: 'analysis' }) },
    pod: text('Where there are several. Absent: the newest that is not being removed'),
    previous: flag("The container's life before its last restart"),
    since: { description: 'Only lines of the last so many seconds', schema: Type.Integer({ minimum: 1 }) },
    'since-time': {
      description: 'Only lines from this second since 1970 on: `since_time` of an earlier answer. Not with `since`',
      schema: Type.Integer({ minimum: 0 }),
    },
    'tail-lines': { description: 'Only the last so many lines', schema: Type.Integer({ minimum: 0 }) },
    timestamps: flag('Each line begins with its time, RFC 3339'),
    follow: flag('Go on with new lines as they are written'),
  },
  answers: { 200: ['the lines, oldest first', Logs, LogRecord] },
  problems: [400, 404, 409, 429, 502, 503],
});

/** Logs, at once or as they are written. `canStream`: whether the transport can begin an answer before it is complete. */
export function logRoutes(app: Elysia, deployer: Deployer, canStream: boolean): Elysia {
  app.get(
    '/api/v1/deployments/:external_id/logs',
    async ({ request, params, query }) => {
      const externalId = externalIdIn(params);
      const { query: wanted, follow } = logParametersIn(query);
      const { signal, draining } = contextOf(request);
      if (!follow || !canStream) return jsonResponse(200, await deployer.logs(externalId, wanted, signal));
      const left = new AbortController();
      const reader = { signal: AbortSignal.any([signal, left.signal]), ending: draining };
      return ndjsonResponse(await deployer.followLogs(externalId, wanted, reader), () => left.abort());
    },
    route,
  );
  return app;
}
