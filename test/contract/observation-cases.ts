import { describe, expect, test } from 'bun:test';
import { CASE_MS, type Given, type Subject } from './bench.ts';
import { sampleSpec } from './sample-spec.ts';

/** The requests that only look. */
export function observationCases(given: Given, { remembers }: Subject): void {
  describe('looking', () => {
    test(
      'an analysis goes from pending to running, and then its page can be reached',
      async () => {
        const { deployer, other, newId } = given();
        const id = newId();
        const applied = await deployer.apply(sampleSpec(id));
        expect([applied.body.phase, applied.body.url_ready]).toEqual(['pending', false]);
        expect((await deployer.status(id)).body.phase).toMatch(/pending|running/);
        for (const asked of [deployer, other]) {
          const { containers, url_ready, observed_at } = await asked.untilPhase(id, 'running');
          expect(containers.map(({ name, ready, state }) => [name, ready, state])).toEqual([['analysis', true, 'running']]);
          expect(Math.abs(Date.now() - Date.parse(observed_at))).toBeLessThan(120_000);
          if (url_ready) expect((await asked.urlReady(id)).body.ready).toBe(true);
        }
        const whole = { ready: true, deployment: true, service: true, route: true, endpoints: true };
        await expect(untilEqual(async () => (await deployer.urlReady(id)).body, whole)).resolves.toBe(true);
      },
      CASE_MS,
    );

    test(
      'each missing part of the way to its page is told',
      async () => {
        const { deployer, cluster, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id, { replicas: 0 }));
        const { body } = await deployer.urlReady(id);
        expect(body).toEqual({ ready: false, deployment: false, service: true, route: true, endpoints: false });
        await cluster.kube.delete(cluster.path('Ingress', id));
        await expect(untilEqual(async () => (await deployer.urlReady(id)).body.route, false)).resolves.toBe(true);
      },
      CASE_MS,
    );

    test('what nobody launched is 404, and what can be no id 400', async () => {
      const { deployer, newId } = given();
      const id = newId();
      for (const answer of [await deployer.status(id), await deployer.urlReady(id)]) expect([answer.status, answer.code]).toEqual([404, 'not_found']);
      for (const answer of [await deployer.status('No_Id'), await deployer.urlReady('-x')]) expect(answer.status).toBe(400);
    });

    test(
      'the list has every analysis, and an unknown revision gets all of it',
      async () => {
        const { deployer, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id));
        for (const query of ['', '?since=elsewhere.7', '?since=x']) {
          const { body } = await deployer.list(query);
          expect(body.full).toBe(true);
          expect(body.items.filter(({ external_id }) => external_id === id)).toHaveLength(1);
        }
        for (const query of ['?wait=x', '?wait=-1']) expect((await deployer.list(query)).status).toBe(400);
      },
      CASE_MS,
    );

    if (remembers) {
      test(
        'a long poll is 304 while nothing changes, and wakes with what changed and what is gone',
        async () => {
          const { deployer, other, newId } = given();
          const id = newId();
          await deployer.apply(sampleSpec(id, { replicas: 0 }));
          const quiet = await untilQuiet(given);
          expect((await deployer.list(`?since=${quiet}&wait=0`)).status).toBe(304);
          const poll = deployer.list(`?since=${quiet}&wait=25`);
          await other.removeFully(id);
          const { status, body } = await poll;
          expect([status, body.full]).toEqual([200, false]);
          // A deployer that hears of the whole removal in one go never sees the analysis change.
          const told = [...body.items.map(({ external_id }): string => external_id), ...body.removed];
          expect(told).toEqual([id]);
          const removed = async () => {
            const { status, body: list } = await deployer.list(`?since=${quiet}`);
            return status === 200 && list.removed.some((one) => one === id);
          };
          await expect(untilEqual(removed, true)).resolves.toBe(true);
        },
        CASE_MS,
      );
    }

    test('it says that it lives, is ready, and reaches its kube-apiserver', async () => {
      const { deployer } = given();
      for (const path of ['/livez', '/readyz', '/api/v1/health']) {
        const response = await deployer.get(path);
        expect([path, response.status]).toEqual([path, 200]);
        await response.body?.cancel();
      }
    });

    test('its OpenAPI document names every route and the answers of this suite', async () => {
      const { deployer } = given();
      const document: OpenApi = JSON.parse(await (await deployer.get('/openapi.json')).text());
      const documented = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
      for (const route of [
        'post /api/v1/deployments',
        'get /api/v1/deployments',
        'delete /api/v1/deployments/{external_id}',
        'get /api/v1/deployments/{external_id}/status',
        'get /api/v1/deployments/{external_id}/url-ready',
        'get /api/v1/deployments/{external_id}/logs',
        'get /api/v1/health',
        'get /livez',
        'get /readyz',
      ]) {
        expect(documented).toContain(route);
      }
      const post = document.paths['/api/v1/deployments']?.['post']?.responses ?? {};
      expect(Object.keys(post).sort()).toEqual(['200', '201', '400', '409', '413', '415', '422', '429', '502', '503']);
    });
  });
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
}

async function untilEqual<T>(ask: () => Promise<T>, wanted: T): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (Bun.deepEquals(await ask(), wanted)) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** A revision that nothing followed for a second. */
async function untilQuiet(given: Given): Promise<string> {
  const { deployer } = given();
  let { revision } = (await deployer.list()).body;
  for (let tries = 0; tries < 60; tries += 1) {
    const { status, body } = await deployer.list(`?since=${revision}&wait=1`);
    if (status === 304) return revision;
    revision = body.revision;
  }
  throw new Error('the cluster does not come to rest');
}
