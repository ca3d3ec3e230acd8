import { Type } from '@sinclair/typebox';
import type { Elysia } from 'elysia';
import type { Deployer } from '../../deployer/deployer.ts';
import { UnavailableError } from '../../errors/errors.ts';
import { Health } from '../../schema/health.ts';
import { jsonResponse } from '../plumbing/json-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { contextOf } from '../plumbing/request-context.ts';

/** A caller that asks for health has little patience, and a kube-apiserver that takes longer is not well. */
const HEALTH_TIMEOUT_MS = 3_000;

const Probe = Type.Object({ status: Type.String() });

export function probes(app: Elysia, deployer: Deployer, checkReady: () => void): Elysia {
  app.get('/livez', () => jsonResponse(200, { status: 'alive' }), describe({ summary: 'The process runs', answers: { 200: ['it does', Probe] } }));
  app.get(
    '/readyz',
    ({ request }) => {
      if (contextOf(request).draining.aborted) throw new UnavailableError('the deployer is ending');
      checkReady();
      return jsonResponse(200, { status: 'ready' });
    },
    describe({ summary: 'Requests can be answered', answers: { 200: ['they can', Probe] }, problems: [503] }),
  );
  app.get(
    '/api/v1/health',
    async ({ request }) => {
      const patient = AbortSignal.any([contextOf(request).signal, AbortSignal.timeout(HEALTH_TIMEOUT_MS)]);
      return jsonResponse(200, await deployer.health(patient));
    },
    describe({
      summary: 'The kube-apiserver answers',
      description: "Asked with the deployer's own credentials, in its own namespace.",
      answers: { 200: ['it answers', Health] },
      problems: [502, 503],
    }),
  );
  return app;
}
