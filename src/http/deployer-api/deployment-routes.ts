import type { Elysia } from 'elysia';
import type { Logger } from 'pino';
import type { Deployer } from '../../deployer/deployer.ts';
import { readSpec } from '../../deployer/read-spec.ts';
import { SpecRefusedError } from '../../errors/errors.ts';
import { Attempt, ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import { DeploymentStatus, RemovalStatus } from '../../schema/deployment-status.ts';
import { jsonResponse } from '../plumbing/json-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { readJsonBytes } from '../plumbing/read-json.ts';
import { contextOf } from '../plumbing/request-context.ts';
import { externalIdIn, removalScopeIn } from './parameters.ts';

const applyRoute = describe({
  summary: 'Apply a deployment spec',
  description:
    'Every object of one analysis. The same spec again changes nothing; another one under the same id is refused with 409 `conflict`. While a former ' +
    'life is being removed the answer is 409 `terminating` (retryable), for an attempt that a removal has fenced 409 `fenced`, and where the ' +
    "cluster's quota is used up 409 `cluster_full`. Of too many at once some are refused unread with 429 `overloaded`. A refusal leaves nothing behind.",
  body: ViceDeploymentSpec,
  answers: { 201: ['applied', DeploymentStatus], 200: ['the same spec was applied before', DeploymentStatus] },
  problems: [400, 409, 413, 415, 422, 429, 502, 503],
});

const removeRoute = describe({
  summary: 'Remove an analysis',
  description: 'Every object of it, whatever is there. Repeat it until the answer is 200.',
  query: {
    attempt: { description: 'Only this attempt and earlier ones. Absent: whatever is there', schema: Attempt },
    fence: {
      description: '`true`: requests that would apply these attempts later are refused',
      schema: { type: 'boolean', default: false } as never,
    },
  },
  answers: { 200: ['nothing of it is there any more', RemovalStatus], 202: ['something is still terminating', RemovalStatus] },
  problems: [400, 502, 503],
});

/** The two requests that change something. */
export function deploymentRoutes(app: Elysia, deployer: Deployer, log: Logger, maxBodyBytes: number): Elysia {
  app.post(
    '/api/v1/deployments',
    ({ request }) =>
      deployer.admit(async () => {
        const spec = readSpec(await readJsonBytes(request, { maxBytes: maxBodyBytes }), 'the body');
        const { isNew, status } = await deployer.apply(spec, originOf(request)).catch((err: unknown) => {
          if (err instanceof SpecRefusedError) logRefusal(log, request, spec, err);
          throw err;
        });
        logApplied(log, request, isNew, status);
        return jsonResponse(isNew ? 201 : 200, status);
      }),
    applyRoute,
  );
  app.delete(
    '/api/v1/deployments/:external_id',
    async ({ params, query }) => {
      const removal = await deployer.remove(externalIdIn(params), removalScopeIn(query));
      return jsonResponse(removal.gone ? 200 : 202, removal);
    },
    removeRoute,
  );
  return app;
}

/** For the operator who finds the objects and asks where they came from. */
function originOf(request: Request): string {
  return `${request.headers.get('user-agent') ?? 'unknown'} ${contextOf(request).requestId}`.slice(0, 256);
}

/** For the administrator of the cluster: the access log knows no analysis of a POST. */
function logApplied(log: Logger, request: Request, isNew: boolean, { external_id, attempt }: DeploymentStatus): void {
  const { requestId: request_id } = contextOf(request);
  log.info({ request_id, external_id, attempt, is_new: isNew }, 'a spec was applied');
}

/** As many as a person reads; the answer has them all. */
const MOST_LOGGED_FAULTS = 10;

/** For the administrator of the cluster, whom no answer reaches: a coordinator that is in order sends nothing that is refused. */
function logRefusal(log: Logger, request: Request, { metadata }: ViceDeploymentSpec, { message, faults = [] }: SpecRefusedError): void {
  const { external_id, attempt = 1 } = metadata;
  const told = faults.slice(0, MOST_LOGGED_FAULTS).map(({ path, rule }) => ({ path, ...(rule && { rule }) }));
  log.warn({ request_id: contextOf(request).requestId, external_id, attempt, reason: message, faults: told }, 'a spec was refused');
}
