import { Type } from '@sinclair/typebox';
import type { Elysia } from 'elysia';
import type { AuditFilter, AuditLog } from '../../cluster-registry/ports.ts';
import { InvalidDocumentError } from '../../errors/errors.ts';
import { AuditPage } from '../../schema/audit.ts';
import type { Fault } from '../../schema/check.ts';
import { jsonResponse } from '../plumbing/json-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { contextOf } from '../plumbing/request-context.ts';

export interface AuditRoutesDeps {
  readonly audit: AuditLog;
}

const LIMIT = { default: 50, maximum: 500 };

/** `/api/v1/audit`: who changed which cluster. */
export function auditRoutes(app: Elysia, { audit }: AuditRoutesDeps): Elysia {
  app.get(
    '/api/v1/audit',
    async ({ request }) => {
      const filter = filterOf(request);
      const entries = await audit.page(filter, contextOf(request).signal);
      const last = entries.at(-1);
      return jsonResponse(200, { entries, ...(entries.length === filter.limit && last && { next: last.id }) });
    },
    describe({
      summary: 'Who changed which cluster, the latest first',
      description: 'Every change of the table of clusters is here, also one that was made by hand. Key material is not.',
      tags: ['clusters'],
      query: {
        limit: { description: 'entries at most', schema: Type.Integer({ minimum: 1, maximum: LIMIT.maximum, default: LIMIT.default }) },
        before: { description: 'the `next` of the page before', schema: Type.String() },
        cluster: { description: 'only changes of this cluster, by id or by the name that it had then', schema: Type.String() },
      },
      answers: { 200: ['the entries', AuditPage] },
      problems: [400, 503],
    }),
  );
  return app;
}

function filterOf({ url }: Request): AuditFilter {
  const { searchParams } = new URL(url);
  const given = searchParams.get('limit') ?? String(LIMIT.default);
  const before = searchParams.get('before') ?? undefined;
  const cluster = searchParams.get('cluster') ?? undefined;
  const faults: Fault[] = [];
  const isLimit = /^\d{1,3}$/.test(given) && Number(given) >= 1 && Number(given) <= LIMIT.maximum;
  if (!isLimit) faults.push({ path: 'limit', message: `must be a whole number from 1 to ${LIMIT.maximum}` });
  if (before !== undefined && !/^\d{1,18}$/.test(before)) faults.push({ path: 'before', message: 'must be the `next` of another page' });
  if (cluster === '') faults.push({ path: 'cluster', message: 'must be the name or the id of a cluster' });
  if (faults.length > 0) throw new InvalidDocumentError('the page cannot be understood', { faults });
  return { limit: Number(given), ...(before !== undefined && { before }), ...(cluster !== undefined && { cluster }) };
}
