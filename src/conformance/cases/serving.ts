import { Health } from '../../schema/health.ts';
import { equal, holds } from '../breach.ts';
import { casesOf } from '../case.ts';
import type { DeployerClient } from '../deployer-client.ts';

/** How far the deployer's clock and this one may be apart. */
const CLOCKS_APART_MS = 120_000;
const REQUEST_ID = 'conformance-4d2e';

/** What it is like as a server, whatever it is asked. */
export const serving = casesOf('serving', [
  [
    'its health tells its version and its clock',
    [],
    async ({ deployer }) => {
      const { status, body } = await deployer.ask('GET', '/api/v1/health', { 200: Health });
      equal(status, 200, '/api/v1/health');
      holds(body.version !== '', 'it tells no version');
      holds(Math.abs(Date.now() - Date.parse(body.now)) < CLOCKS_APART_MS, `its clock is far from this one: ${body.now}`);
    },
  ],
  [
    'a path that it does not have is 404, and a method that a path does not have 405 with those that it has',
    [],
    async ({ deployer, newId }) => {
      const nowhere = await deployer.ask('GET', '/api/v1/nowhere', {});
      equal([nowhere.status, nowhere.code], [404, 'not_found'], 'GET /api/v1/nowhere');
      const path = `/api/v1/deployments/${newId()}/status`;
      const wrong = await deployer.ask('DELETE', path, {});
      equal([wrong.status, wrong.code], [405, 'method_not_allowed'], 'DELETE of a status');
      const { headers } = await drained(deployer, 'DELETE', path);
      holds(headers.get('allow')?.split(', ').includes('GET') === true, `405 allows ${headers.get('allow')} and not GET`);
    },
  ],
  [
    'the id that a request brings comes back with its answer, and stands in what is told of an error',
    [],
    async ({ deployer, newId }) => {
      const headers = { 'x-request-id': REQUEST_ID };
      const found = await drained(deployer, 'GET', '/livez', { headers });
      equal(found.headers.get('x-request-id'), REQUEST_ID, 'the id of an answer');
      const { problem } = await deployer.ask('GET', `/api/v1/deployments/${newId()}/status`, {}, { headers });
      equal(problem.request_id, REQUEST_ID, 'the id in a problem');
    },
  ],
  [
    "what it counts is told in Prometheus' text format, and nothing in it names an analysis or a user",
    ['service'],
    async ({ deployer, newId, spec }) => {
      const id = newId();
      const document = spec(id);
      await deployer.launch(document);
      await deployer.status(id);
      const response = await deployer.get('/metrics');
      const text = await response.text();
      equal(response.status, 200, '/metrics');
      const type = response.headers.get('content-type');
      holds(type?.startsWith('text/plain; version=') === true, `/metrics is ${type} and not text/plain with a version`);
      holds(text.includes('\nvice_deployer_apply_duration_seconds_count{outcome="created"}'), 'an apply was not counted');
      const { user_id, subdomain = id } = document.metadata;
      for (const secret of [id, user_id, subdomain]) holds(!text.includes(secret), `/metrics names ${secret}`);
    },
  ],
]);

async function drained(deployer: DeployerClient, method: string, path: string, init: RequestInit = {}): Promise<Response> {
  const response = await deployer.send(method, path, init);
  await response.body?.cancel();
  return response;
}
