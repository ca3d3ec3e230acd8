import { afterAll, beforeAll, beforeEach, expect, describe as group, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { PATIENCE } from '../../src/coordinator/patience.ts';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { capturedLog } from '../support/captured-log.ts';
import { startInterceptingProxy } from '../support/intercepting-proxy.ts';
import { database, register, runCoordinator, type Site, send, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(120_000);

const example: { steps: { component: { container: { image: object } } }[] } & Record<string, unknown> = await Bun.file(
  `${import.meta.dir}/../golden/example/analysis.json`,
).json();
const patience = { ...PATIENCE, busyMs: 5_000, fenceMs: 5_000 };
const { log, lines } = capturedLog();

let east: Site;
let west: Site;
let coordinator: Coordinator;
let db: ReturnType<typeof database>;
let clusterIds: string[];

beforeAll(async () => {
  const uri = await freshDatabase();
  db = database(uri);
  [east, west] = await Promise.all([startSite('east'), startSite('west')]);
  coordinator = await runCoordinator(uri, { patience, log });
  clusterIds = await register(
    coordinator.url,
    [east, west].map(({ name, proxy }) => ({ name, url: proxy.url })),
  );
});
afterAll(async () => {
  await coordinator.stop();
  await Promise.all([east.stop(), west.stop(), db.close()]);
});
beforeEach(async () => {
  for (const { proxy } of [east, west]) {
    proxy.intercept((_, forward) => forward());
    proxy.seen.length = 0;
  }
  lines.length = 0;
  await db.sql`UPDATE vice_clusters SET enabled = true, profile = '{}'`;
  await db.sql`DELETE FROM job_limits WHERE launcher IS NOT NULL`;
  await send(`${coordinator.url}/api/v1/clusters/reload`);
});

/** The example as another analysis of another user, unless told otherwise. */
const analysis = (changes: Record<string, unknown> = {}) => ({ ...example, uuid: randomUUID(), user_id: randomUUID(), ...changes });

async function launch(body: object) {
  const answer = await send(`${coordinator.url}/vice/launch`, body);
  const text = await answer.text();
  return { status: answer.status, text, body: text === '' ? undefined : JSON.parse(text) };
}
const exit = (uuid: string) => send(`${coordinator.url}/vice/${uuid}/exit`);
const setEnabled = (id: string | undefined, word: 'enable' | 'disable') => send(`${coordinator.url}/api/v1/clusters/${id}/${word}`);
const state = async (uuid: string) => (await db.row(uuid))?.state;
const becomes = (uuid: string, wanted: string) => waitFor(async () => (await state(uuid)) === wanted, { timeoutMs: 60_000, what: `state ${wanted}` });
const posts = (site: Site) => site.proxy.seen.filter((line) => line.startsWith('POST')).length;

/** A problem as a deployer tells it. */
const problem = (status: number, code: string) =>
  Response.json({ type: 'about:blank', title: 'x', status, code, detail: `it is ${code}`, retryable: false, request_id: 'r' }, { status });

test('an analysis is launched in the first cluster, answered with nothing, and written down', async () => {
  const body = analysis();
  expect(await launch(body)).toMatchObject({ status: 200, text: '' });
  expect(await db.row(body.uuid)).toMatchObject({ state: 'applied', attempt: 1, cluster_id: clusterIds[0] ?? '', millicores: 4000 });
  expect(east.objectsOf(body.uuid)).toContain(`Deployment/${body.uuid}`);
  expect(west.objectsOf(body.uuid)).toEqual([]);
  expect(lines).toContainEqual(expect.objectContaining({ level: 'info', external_id: body.uuid, cluster: 'east', cluster_id: clusterIds[0] }));
});

test('the spec of the row is the bytes that were sent', async () => {
  const sent: string[] = [];
  east.proxy.intercept((request, forward) => {
    if (request.method === 'POST') sent.push(request.body);
    return forward();
  });
  const body = analysis();
  await launch(body);
  const [row] = await db.sql<{ spec: string }[]>`SELECT spec FROM vice_deployments WHERE external_id = ${body.uuid}`;
  expect(sent).toEqual([row?.spec ?? '']);
});

test('credentials of an image are not used, and the log says so without them', async () => {
  const body = analysis();
  const [step] = structuredClone(body.steps);
  Object.assign(step?.component.container.image ?? {}, { auth: 'c2VjcmV0' });
  expect((await launch({ ...body, steps: [step] })).status).toBe(200);
  const told = JSON.stringify(lines);
  expect(told).toContain('steps[0].component.container.image.auth');
  expect(told).not.toContain('c2VjcmV0');
});

group('what is refused before anything is created', () => {
  const refused: Record<string, [Record<string, unknown>, RegExp]> = {
    'no steps': [{ steps: [] }, /steps/],
    'no ports': [{ steps: [{ ...example.steps[0], component: { container: { image: { name: 'a', tag: 'b' } } } }] }, /ports/],
    'no uuid': [{ uuid: undefined }, /uuid/],
    'faults of shape and of meaning': [
      { name: 7, steps: [{ component: { container: { image: { name: 'a', tag: 'b' }, ports: [{ container_port: 60002 }], uid: 0 } } }] },
      /(?=.*\bname\b)(?=.*container_port)(?=.*uid)/,
    ],
    'an amount as text': [{ steps: [{ component: { container: { max_cpu_cores: '4' } } }] }, /max_cpu_cores/],
  };
  for (const [what, [changes, message]] of Object.entries(refused)) {
    test(`a body with ${what} is a 400 that names it`, async () => {
      const { status, body } = await launch(analysis(changes));
      expect(status).toBe(400);
      expect(Object.keys(body)).toEqual(['message']);
      expect(body.message).toMatch(message);
      expect(posts(east) + posts(west)).toBe(0);
    });
  }

  test('another content type is a 415, and a content type with parameters is none', async () => {
    const body = JSON.stringify(analysis());
    const post = (type: string) => fetch(`${coordinator.url}/vice/launch`, { method: 'POST', body, headers: { 'content-type': type } });
    expect((await post('text/plain')).status).toBe(415);
    expect((await post('application/json; charset=utf-8')).status).toBe(200);
  });

  test('a body that is no JSON is a 400', async () => {
    const answer = await fetch(`${coordinator.url}/vice/launch`, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });
});

group('the job limit', () => {
  const limit = (username: string, jobs: number) => db.sql`INSERT INTO job_limits (launcher, concurrent_jobs) VALUES (${username}, ${jobs})`;

  test('refuses one more with the code and details of the platform, and leaves nothing', async () => {
    await limit('one_only', 1);
    const user = { username: 'one-only', user_id: randomUUID() };
    expect((await launch(analysis(user))).status).toBe(200);
    const second = analysis(user);
    expect(await launch(second)).toMatchObject({
      status: 400,
      body: {
        message: 'one-only is already running 1 or more concurrent jobs',
        error_code: 'ERR_LIMIT_REACHED',
        details: { defaultJobLimit: 8, jobCount: 1, jobLimit: 1 },
      },
    });
    expect(await db.row(second.uuid)).toBeUndefined();
    expect(posts(east)).toBe(1);
  });

  test('of one lets one of two launches at once pass', async () => {
    await limit('racer', 1);
    const user = { username: 'racer', user_id: randomUUID() };
    const answers = await Promise.all([launch(analysis(user)), launch(analysis(user))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(posts(east)).toBe(1);
  });

  test('does not count what has ended', async () => {
    await limit('again', 1);
    const user = { username: 'again', user_id: randomUUID() };
    const first = analysis(user);
    await launch(first);
    await exit(first.uuid);
    await becomes(first.uuid, 'stopped');
    expect((await launch(analysis(user))).status).toBe(200);
  });
});

group('the same uuid again', () => {
  test('is a success and nothing new', async () => {
    const body = analysis();
    await launch(body);
    const before = await db.row(body.uuid);
    expect((await launch(body)).status).toBe(200);
    expect(await db.row(body.uuid)).toEqual(before);
    expect(posts(east)).toBe(1);
  });

  test('twice at once launches once, and both are told when it is applied', async () => {
    const body = analysis();
    const answers = await Promise.all([launch(body), launch(body)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(posts(east)).toBe(1);
    expect(await state(body.uuid)).toBe('applied');
  });

  test('after its end is a new launch with a higher attempt', async () => {
    const body = analysis();
    await launch(body);
    await exit(body.uuid);
    await becomes(body.uuid, 'stopped');
    expect((await launch(body)).status).toBe(200);
    const row = await db.row(body.uuid);
    expect(row).toMatchObject({ state: 'applied' });
    expect(row?.attempt).toBeGreaterThan(1);
  });

  test('while it is still ending waits for the end', async () => {
    const body = analysis();
    await launch(body);
    const held = Promise.withResolvers<void>();
    east.proxy.intercept(async ({ method }, forward) => {
      if (method === 'DELETE') await held.promise;
      return forward();
    });
    await exit(body.uuid);
    const again = launch(body);
    await waitFor(() => east.proxy.seen.some((line) => line.startsWith('DELETE')), { timeoutMs: 60_000, what: 'the removal' });
    expect(await state(body.uuid)).toBe('stopping');
    held.resolve();
    expect((await again).status).toBe(200);
    expect(await state(body.uuid)).toBe('applied');
  });

  test('while its end takes too long is a 503', async () => {
    const body = analysis();
    await launch(body);
    east.proxy.intercept(async ({ method }, forward) => (method === 'DELETE' ? problem(503, 'unavailable') : forward()));
    await exit(body.uuid);
    expect(await launch(body)).toMatchObject({ status: 503, body: { message: 'the analysis is still being removed' } });
    east.proxy.intercept((_, forward) => forward());
    await becomes(body.uuid, 'stopped');
  });

  test('after a launch that failed is a new launch', async () => {
    const body = analysis();
    for (const { proxy } of [east, west])
      proxy.intercept(async ({ method }, forward) => (method === 'POST' ? problem(422, 'spec_refused') : forward()));
    expect((await launch(body)).status).toBe(500);
    for (const { proxy } of [east, west]) proxy.intercept((_, forward) => forward());
    expect((await launch(body)).status).toBe(200);
  });
});

group('no cluster', () => {
  test('fits: a 503 with the reason of each, and the row is failed', async () => {
    for (const id of clusterIds) await setEnabled(id, 'disable');
    const body = analysis();
    expect(await launch(body)).toMatchObject({
      status: 503,
      body: { message: 'no cluster can take the analysis now: east is disabled; west is disabled' },
    });
    expect(await db.row(body.uuid)).toMatchObject({ state: 'failed', reason: 'no_cluster', removal_due: null });
    expect(posts(east) + posts(west)).toBe(0);
  });

  test('takes the spec: a 500 that says nothing, with the reasons in the row and the log, and nothing is left', async () => {
    for (const { proxy } of [east, west])
      proxy.intercept(async ({ method }, forward) => (method === 'POST' ? problem(422, 'spec_refused') : forward()));
    const body = analysis();
    expect(await launch(body)).toMatchObject({ status: 500, body: { message: 'internal error' } });
    expect(await db.row(body.uuid)).toMatchObject({
      state: 'failed',
      reason: 'spec_refused_everywhere',
      removal_due: null,
      details: { clusters: [{ name: 'east', reason: 'it is spec_refused' }, { name: 'west' }] },
    });
    expect(JSON.stringify(lines)).toContain('it is spec_refused');
    expect([...east.objectsOf(body.uuid), ...west.objectsOf(body.uuid)]).toEqual([]);
  });

  test('answers at all: a 503, the row is failed and the removal queued where the outcome is unknown', async () => {
    await setEnabled(clusterIds[1], 'disable');
    const body = analysis();
    east.proxy.intercept(({ path }, forward) => (path.endsWith('/readyz') ? forward() : Promise.resolve('reset')));
    expect(await launch(body)).toMatchObject({ status: 503, body: { message: 'the deployer does not say what became of the launch' } });
    expect(await db.row(body.uuid)).toMatchObject({ state: 'failed', reason: 'unavailable', removal_due: expect.any(Date) });

    east.proxy.intercept((_, forward) => forward());
    await waitFor(async () => (await db.row(body.uuid))?.removal_due === null, { timeoutMs: 60_000, what: 'the removal' });
    expect(await state(body.uuid)).toBe('failed');
    expect(east.objectsOf(body.uuid)).toEqual([]);
  });
});

group('the next cluster takes over', () => {
  const takesOver = async () => {
    const body = analysis();
    expect((await launch(body)).status).toBe(200);
    expect(await db.row(body.uuid)).toMatchObject({ state: 'applied', cluster_id: clusterIds[1] ?? '' });
    expect(west.objectsOf(body.uuid)).toContain(`Deployment/${body.uuid}`);
    expect(east.objectsOf(body.uuid)).toEqual([]);
    return body;
  };
  const moveEast = async (url: string) => {
    await db.sql`UPDATE vice_clusters SET deployer_url = ${url} WHERE name = 'east'`;
    await send(`${coordinator.url}/api/v1/clusters/reload`);
  };
  const onPost = (answer: () => Response) => east.proxy.intercept(async ({ method }, forward) => (method === 'POST' ? answer() : forward()));

  test('when the first is disabled', async () => {
    await setEnabled(clusterIds[0], 'disable');
    await takesOver();
    expect(posts(east)).toBe(0);
  });

  test('when the first refuses the spec', async () => {
    onPost(() => problem(422, 'spec_refused'));
    await takesOver();
  });

  test('when the first is full', async () => {
    onPost(() => problem(409, 'cluster_full'));
    await takesOver();
  });

  test('when the first has too much to do', async () => {
    onPost(() => problem(429, 'overloaded'));
    await takesOver();
  });

  test('when the slots of the first are taken', async () => {
    await db.sql`UPDATE vice_clusters SET profile = '{"capacity": {"slots": 1}}' WHERE name = 'east'`;
    await send(`${coordinator.url}/api/v1/clusters/reload`);
    await db.sql`UPDATE vice_deployments SET state = 'stopped', removal_due = NULL WHERE cluster_id = ${clusterIds[0] ?? ''}`;
    await fetch(`${coordinator.url}/api/v1/placements/explain`); // which counts anew
    const answers = await Promise.all([launch(analysis()), launch(analysis())]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const counts = await db.sql<{ n: number }[]>`
      SELECT count(*)::int AS n FROM vice_deployments WHERE cluster_id = ${clusterIds[0] ?? ''} AND state = 'applied'`;
    expect(counts[0]?.n).toBe(1);
  });

  test('when nobody listens at the first', async () => {
    await moveEast('http://127.0.0.1:1');
    await takesOver();
    await moveEast(east.proxy.url);
  });

  test('when the first hangs, and it is sent nothing', async () => {
    const hanging = await startInterceptingProxy(east.deployerUrl);
    hanging.intercept(() => new Promise(() => undefined));
    await moveEast(hanging.url);
    await takesOver();
    expect(hanging.seen).toContain('GET /readyz');
    expect(hanging.seen.filter((line) => !line.startsWith('GET'))).toEqual([]);
    await hanging.stop();
    await moveEast(east.proxy.url);
  });

  test('when the first answers nonsense, after the attempt there is fenced off', async () => {
    onPost(() => new Response('<html>welcome</html>'));
    await takesOver();
    expect(east.proxy.seen.some((line) => /^DELETE .*attempt=1&fence=true/.test(line))).toBe(true);
  });

  test('when the first fails half-way, after what it made is removed', async () => {
    east.proxy.intercept(async ({ method }, forward) => {
      const answer = await forward();
      return method === 'POST' ? problem(500, 'internal') : method === 'GET' ? problem(500, 'internal') : answer;
    });
    const body = await takesOver();
    expect((await db.row(body.uuid))?.attempt).toBe(2);
  });
});

test('a connection that breaks after the apply is a success of that cluster', async () => {
  east.proxy.intercept(async ({ method }, forward) => {
    const answer = await forward();
    return method === 'POST' ? 'reset' : answer;
  });
  const body = analysis();
  expect((await launch(body)).status).toBe(200);
  expect(await db.row(body.uuid)).toMatchObject({ state: 'applied', cluster_id: clusterIds[0] ?? '' });
  expect(posts(east)).toBe(1);
});

test('a launch that was held on its way and arrives after its fence makes nothing', async () => {
  const late = Promise.withResolvers<void>();
  let arrived: Promise<Response> | undefined;
  east.proxy.intercept(async ({ method }, forward) => {
    if (method !== 'POST') return forward();
    arrived = late.promise.then(forward);
    return 'reset';
  });
  const body = analysis();
  expect((await launch(body)).status).toBe(200);
  expect(await db.row(body.uuid)).toMatchObject({ cluster_id: clusterIds[1] ?? '' });
  late.resolve();
  expect((await arrived)?.status).toBe(409);
  expect(east.objectsOf(body.uuid)).toEqual([]);
});

group('exit', () => {
  test('answers with nothing at once and removes everything, also when the cluster is away for a while', async () => {
    const body = analysis();
    await launch(body);
    let refusals = 0;
    east.proxy.intercept(async ({ method }, forward) => {
      if (method !== 'DELETE' || refusals >= 3) return forward();
      refusals += 1;
      return 'reset';
    });
    const answer = await exit(body.uuid);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    await becomes(body.uuid, 'stopped');
    expect(refusals).toBe(3);
    expect(east.objectsOf(body.uuid)).toEqual([]);
  });

  test('of what does not exist, of nonsense, and a second time, is a success', async () => {
    expect((await exit(randomUUID())).status).toBe(200);
    expect((await exit('NO-LABEL')).status).toBe(200);
    const body = analysis();
    await launch(body);
    expect((await exit(body.uuid)).status).toBe(200);
    expect((await exit(body.uuid)).status).toBe(200);
    await becomes(body.uuid, 'stopped');
    expect((await exit(body.uuid)).status).toBe(200);
  });

  test('during a launch ends the launch', async () => {
    const held = Promise.withResolvers<void>();
    east.proxy.intercept(async ({ method }, forward) => {
      if (method === 'POST') await held.promise;
      return forward();
    });
    const body = analysis();
    const launched = launch(body);
    await waitFor(async () => (await state(body.uuid)) === 'applying', { timeoutMs: 60_000, what: 'the launch' });
    await exit(body.uuid);
    held.resolve();
    expect((await launched).status).toBe(503);
    await becomes(body.uuid, 'stopped');
    expect(east.objectsOf(body.uuid)).toEqual([]);
  });
});

test('the jobs row that comes after the launch learns of millicores and cluster', async () => {
  const body = analysis();
  await launch(body);
  const job = await db.insertJob(body.uuid, 'Submitted');
  const written = await waitFor(
    async () => {
      const [row] = await db.sql`SELECT millicores_reserved, cluster_id FROM jobs WHERE id = ${job}`;
      return row?.['cluster_id'] === null ? undefined : row;
    },
    { timeoutMs: 60_000, what: 'the jobs row' },
  );
  expect(written).toEqual({ millicores_reserved: 4000, cluster_id: clusterIds[0] ?? '' });
});
