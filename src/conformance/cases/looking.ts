import { contains, equal, holds, oneOf } from '../breach.ts';
import { type Bench, casesOf, clusterOf } from '../case.ts';
import { waitFor } from '../wait-for.ts';

const SEEN_MS = 20_000;
/** How far the deployer's clock and this one may be apart. */
const CLOCKS_APART_MS = 120_000;
const WHOLE = { ready: true, deployment: true, service: true, route: true, endpoints: true };

/** The requests that only look. */
export const looking = casesOf('looking', [
  [
    'an analysis goes from pending to running, and then its page can be reached',
    [],
    async (bench) => {
      const { deployer, other, newId, signal } = bench;
      const id = newId();
      const spec = bench.spec(id);
      const applied = await deployer.apply(spec);
      equal([applied.body.phase, applied.body.url_ready], ['pending', false], 'phase and url_ready right after the launch');
      oneOf((await deployer.status(id)).body.phase, ['pending', 'running'], 'the phase a moment later');
      const expected = spec.deployment.spec?.template.spec?.containers.map(({ name }) => [name, true, 'running']);
      for (const asked of [deployer, other]) {
        const { containers, url_ready, observed_at } = await asked.untilPhase(id, 'running');
        const seen = containers.filter(({ init }) => !init).map(({ name, ready, state }) => [name, ready, state]);
        equal<unknown>(seen, expected, 'name, readiness and state of the containers');
        holds(Math.abs(Date.now() - Date.parse(observed_at)) < CLOCKS_APART_MS, `observed_at is far from now: ${observed_at}`);
        if (url_ready) equal((await asked.urlReady(id)).body.ready, true, 'url-ready where the status says so');
      }
      const isReady = async () => (await deployer.urlReady(id)).body.ready;
      await waitFor(isReady, { timeoutMs: SEEN_MS, everyMs: 100, what: 'its page to be reachable', signal });
      equal((await deployer.urlReady(id)).body, WHOLE, 'the parts of the way to its page');
    },
  ],
  [
    'that nothing answers for its page is told',
    [],
    async ({ deployer, newId, spec }) => {
      const id = newId();
      await deployer.launch(spec(id, { replicas: 0 }));
      const { body } = await deployer.urlReady(id);
      equal(body, { ready: false, deployment: false, service: true, route: true, endpoints: false }, 'the parts of a page without a pod');
    },
  ],
  [
    'that the route to its page is missing is told',
    ['cluster'],
    async (bench) => {
      const { deployer, newId, signal } = bench;
      const cluster = clusterOf(bench);
      const id = newId();
      const spec = bench.spec(id, { replicas: 0 });
      await deployer.launch(spec);
      if (spec.ingress) await cluster.kube.delete(cluster.path('Ingress', spec.ingress.metadata.name));
      if (spec.http_route) await cluster.kube.delete(cluster.path('HTTPRoute', spec.http_route.metadata.name));
      const isMissed = async () => !(await deployer.urlReady(id)).body.route;
      await waitFor(isMissed, { timeoutMs: SEEN_MS, everyMs: 100, what: 'the missing route to be told', signal });
    },
  ],
  [
    'what nobody launched is 404, and what can be no id 400',
    [],
    async ({ deployer, newId }) => {
      const id = newId();
      for (const answer of [await deployer.status(id), await deployer.urlReady(id)]) {
        equal([answer.status, answer.code], [404, 'not_found'], 'what nobody launched');
      }
      for (const answer of [await deployer.status('No_Id'), await deployer.urlReady('-x')]) equal(answer.status, 400, 'what can be no id');
    },
  ],
  [
    'the list has every analysis, and an unknown revision gets all of it',
    [],
    async ({ deployer, newId, spec }) => {
      const id = newId();
      await deployer.launch(spec(id));
      for (const query of ['', '?since=elsewhere.7', '?since=x']) {
        const { body } = await deployer.list(query);
        equal(body.full, true, `whether the list is full with "${query}"`);
        equal(body.items.filter(({ external_id }) => external_id === id).length, 1, `how often the analysis is in the list with "${query}"`);
      }
      for (const query of ['?wait=x', '?wait=-1']) equal((await deployer.list(query)).status, 400, query);
    },
  ],
  [
    'a long poll is 304 while nothing changes, and wakes with what changed and what is gone',
    ['service', 'exclusive'],
    async (bench) => {
      const { deployer, other, newId, spec, signal } = bench;
      const id = newId();
      await deployer.launch(spec(id, { replicas: 0 }));
      const quiet = await untilQuiet(bench);
      equal((await deployer.list(`?since=${quiet}&wait=0`)).status, 304, 'the list when nothing changed');
      const poll = deployer.list(`?since=${quiet}&wait=25`);
      await other.removeFully(id);
      const { status, body } = await poll;
      equal([status, body.full], [200, false], 'status and fullness of the answer to the poll');
      // A deployer that hears of the whole removal in one go never sees the analysis change.
      const told = [...body.items.map(({ external_id }): string => external_id), ...body.removed];
      equal(told, [id], 'what the poll tells of');
      const isToldGone = async () => {
        const { status: now, body: list } = await deployer.list(`?since=${quiet}`);
        return now === 200 && list.removed.some((one) => one === id);
      };
      await waitFor(isToldGone, { timeoutMs: SEEN_MS, everyMs: 100, what: 'the removal to be told', signal });
    },
  ],
  [
    'it says that it lives, is ready, and reaches its kube-apiserver',
    [],
    async ({ deployer }) => {
      for (const path of ['/livez', '/readyz', '/api/v1/health']) {
        const response = await deployer.get(path);
        await response.body?.cancel();
        equal(response.status, 200, path);
      }
    },
  ],
  [
    'its OpenAPI document names every route and the answers of this suite',
    [],
    async ({ deployer }) => {
      const response = await deployer.get('/openapi.json');
      equal(response.status, 200, '/openapi.json');
      const document: OpenApi = JSON.parse(await response.text()); // what of it is used is checked here
      const documented = Object.entries(document.paths ?? {}).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
      contains(documented, ROUTES, 'routes of the document');
      const post = document.paths?.['/api/v1/deployments']?.['post']?.responses ?? {};
      equal(Object.keys(post).sort(), ['200', '201', '400', '409', '413', '415', '422', '429', '502', '503'], 'answers to POST of the document');
    },
  ],
]);

const ROUTES = [
  'post /api/v1/deployments',
  'get /api/v1/deployments',
  'delete /api/v1/deployments/{external_id}',
  'get /api/v1/deployments/{external_id}/status',
  'get /api/v1/deployments/{external_id}/url-ready',
  'get /api/v1/deployments/{external_id}/logs',
  'get /api/v1/capabilities',
  'get /api/v1/health',
  'get /livez',
  'get /readyz',
];

interface OpenApi {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { readonly responses?: object }>>>>;
}

/** A revision that nothing followed for a second. */
async function untilQuiet({ deployer, signal }: Bench): Promise<string> {
  let { revision } = (await deployer.list()).body;
  const isQuiet = async () => {
    const { status, body } = await deployer.list(`?since=${revision}&wait=1`);
    if (status !== 304) revision = body.revision;
    return status === 304;
  };
  await waitFor(isQuiet, { timeoutMs: 60_000, what: 'the cluster to come to rest', signal });
  return revision;
}
