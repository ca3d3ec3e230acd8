import { Type } from '@sinclair/typebox';
import type { Elysia } from 'elysia';
import { InvalidDocumentError } from '../../errors/errors.ts';
import type { Analysis } from '../../schema/analysis.ts';
import { type Checked, check } from '../../schema/check.ts';
import { ExternalId } from '../../schema/ids.ts';
import { PlatformError } from '../../schema/problem.ts';
import { describe } from '../plumbing/openapi.ts';
import { readJson } from '../plumbing/read-json.ts';
import { contextOf } from '../plumbing/request-context.ts';

/** What the Discovery Environment asks of the coordinator. */
export interface ViceUseCases {
  /** The document as an analysis that can be launched, or everything that is wrong with it. */
  check(document: unknown): Checked<Analysis>;
  /** `caller` aborts when nobody waits for the answer any more. */
  launch(analysis: Analysis, caller: AbortSignal): Promise<void>;
  exit(externalId: ExternalId): Promise<void>;
}

const launchRoute = describe({
  summary: 'Launch an analysis',
  description: 'Answers when every object of the analysis is applied in a cluster. Launching what is launched already does nothing.',
  tags: ['vice'],
  body: Type.Object({}, { description: "The Discovery Environment's description of the analysis", additionalProperties: true }),
  answers: {
    200: ['the analysis is applied, or was before'],
    400: ['the document is faulty, or a quota of the user refuses', PlatformError],
    415: ['the content type is not application/json', PlatformError],
    500: ['every cluster refuses the manifests, or a cause that is in the log', PlatformError],
    503: ['no cluster can take the analysis now, or it is still being removed; the same request may succeed later', PlatformError],
  },
});

const exitRoute = describe({
  summary: 'End an analysis',
  description: 'Nothing of its outputs is saved. Its objects are removed in the background, until nothing is left.',
  tags: ['vice'],
  answers: {
    200: ['the end is written down, or there was nothing to end'],
    503: ['the database does not answer; the same request may succeed later', PlatformError],
  },
});

export interface ViceRoutesDeps {
  readonly useCases: ViceUseCases;
  readonly maxBodyBytes: number;
}

/** `/vice/*`: the routes that the Discovery Environment's other services call, under the names and with the bodies that app-exposer had. */
export function viceRoutes(app: Elysia, { useCases, maxBodyBytes }: ViceRoutesDeps): Elysia {
  app.post(
    '/vice/launch',
    async ({ request }) => {
      const analysis = useCases.check(await readJson(request, { maxBytes: maxBodyBytes }));
      if (!analysis.ok) throw new InvalidDocumentError('the analysis cannot be launched', { faults: analysis.faults });
      await useCases.launch(analysis.value, contextOf(request).signal);
      return new Response(null, { status: 200 });
    },
    launchRoute,
  );
  app.post(
    '/vice/:externalId/exit',
    async ({ params }) => {
      const externalId = check(ExternalId, params.externalId);
      // No analysis can have such an id, so there is nothing to end, which is a success like any other end of nothing.
      if (externalId.ok) await useCases.exit(externalId.value);
      return new Response(null, { status: 200 });
    },
    exitRoute,
  );
  return app;
}
