import type { Elysia } from 'elysia';
import type { Deployer } from '../../deployer/deployer.ts';
import { FileTransfer } from '../../schema/file-transfer.ts';
import { jsonResponse } from '../plumbing/json-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { contextOf } from '../plumbing/request-context.ts';
import { externalIdIn, transferTypeIn } from './parameters.ts';

const PATH = '/api/v1/deployments/:external_id/file-transfers/:type';

const startRoute = describe({
  summary: 'Start a transfer of files, or join the one that runs',
  description:
    '`download` copies the inputs in once more, `upload` the outputs out. The transfer goes on by itself: ask for its state until that is final. ' +
    'Where the data store is mounted (CSI) there is nothing to transfer, and the answer is `completed` at once. 503 is for a program that cannot be ' +
    'reached: its pod does not run yet, or the deployer is outside of the cluster and has no `--transfer-url`.',
  answers: { 202: ['how it stands', FileTransfer] },
  problems: [400, 404, 409, 429, 502, 503],
});

const stateRoute = describe({
  summary: 'How the last transfer of a type stands',
  description: "Asked of the program that runs it, in the analysis' own pod. 404 where none was asked for.",
  answers: { 200: ['how it stands', FileTransfer] },
  problems: [400, 404, 409, 429, 502, 503],
});

/** Transfers of files between an analysis and the data store. */
export function transferRoutes(app: Elysia, deployer: Deployer): Elysia {
  app.post(PATH, async ({ params }) => jsonResponse(202, await deployer.startTransfer(externalIdIn(params), transferTypeIn(params))), startRoute);
  app.get(
    PATH,
    async ({ request, params }) =>
      jsonResponse(200, await deployer.transferState(externalIdIn(params), transferTypeIn(params), contextOf(request).signal)),
    stateRoute,
  );
  return app;
}
