import { afterAll, beforeAll, beforeEach, expect, describe as group, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { startBackground } from '../../src/coordinator/background.ts';
import { launch } from '../../src/coordinator/launch.ts';
import { LeaseKeeper } from '../../src/coordinator/lease-keeper.ts';
import { PATIENCE } from '../../src/coordinator/patience.ts';
import { NoClusterError, UnavailableError } from '../../src/errors/errors.ts';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { openAdapters } from '../../src/modes/coordinator-adapters.ts';
import { check } from '../../src/schema/check.ts';
import { PlacementExplanation } from '../../src/schema/placement.ts';
import { capturedLog } from '../support/captured-log.ts';
import { analysisWith, launchBody } from '../support/launch-bodies.ts';
import { coordinatorConfig, database, register, runCoordinator, send } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type StandInDeployer, startStandInDeployer } from '../support/stand-in-deployer.ts';

setDefaultTimeout(120_000);

let uri: string;
let db: ReturnType<typeof database>;
let coordinators: Coordinator[];
let deployers: StandInDeployer[];
let ids: string[];

beforeAll(async () => {
  uri = await freshDatabase();
  db = database(uri);
  deployers = [startStandInDeployer(), startStandInDeployer()];
  coordinators = [await runCoordinator(uri), await runCoordinator(uri)];
  ids = await register(coordinators[0]?.url ?? '', [east, west]);
});
afterAll(async () => {
  await Promise.all(coordinators.map((each) => each.stop()));
  await Promise.all([...deployers.map((each) => each.stop()), db.close()]);
});
beforeEach(async () => {
  await db.sql`DELETE FROM vice_deployments`;
  for (const { held } of deployers) held.clear();
});

const east = {
  name: 'east',
  get url() {
    return deployers[0]?.url ?? '';
  },
};
const west = {
  name: 'west',
  get url() {
    return deployers[1]?.url ?? '';
  },
};

/** The profiles of both clusters, in effect in both coordinators. */
async function profiles(...both: object[]): Promise<void> {
  for (const [index, id] of ids.entries()) await db.sql`UPDATE vice_clusters SET profile = ${db.sql.json({ ...both[index] })} WHERE id = ${id}`;
  for (const { url } of coordinators) await send(`${url}/api/v1/clusters/reload`);
}

const anybody = (container = {}) => ({ top: { uuid: randomUUID(), user_id: randomUUID() }, container });
const analysis = (container = {}) => launchBody(anybody(container));
const launched = async (n = 0, body = analysis()) => (await send(`${coordinators[n % coordinators.length]?.url}/vice/launch`, body)).status;

async function explain(query = '') {
  const answer = await fetch(`${coordinators[0]?.url}/api/v1/placements/explain${query}`);
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

/** Launches as one more coordinator does them, without the server before it: a process holds 256 requests at once, and the deployers here need them. */
async function launcher() {
  const { log } = capturedLog();
  const config = coordinatorConfig(uri);
  const adapters = openAdapters(config, log);
  await adapters.prepare();
  const { store, tombstones, clusters, metrics: meter } = adapters;
  const deps = { store, tombstones, clusters, meter, leases: new LeaseKeeper(store), patience: PATIENCE, log };
  const background = startBackground(deps);
  const ending = new AbortController().signal;
  const close = () => background.stop().then(adapters.close);
  const launchDeps = { ...deps, settings: config.spec, isExempt: () => true, ending };
  const launchOne = () => {
    const body = analysisWith(anybody());
    return untilTold(() => launch(launchDeps, body, ending));
  };
  return { close, launch: launchOne };
}

/** As a caller does who is told to come again, on a machine where a thousand at once are too many for the database. */
async function untilTold(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (err) {
      if (!(err instanceof UnavailableError) || tries === 20) throw err;
    }
  }
}

test('of 1000 launches at once, through two coordinators, on 500 slots of two clusters exactly 500 are placed and the others are told that none is left', async () => {
  await profiles({ capacity: { slots: 300 } }, { capacity: { slots: 200 } });
  const launchers = await Promise.all([launcher(), launcher()]);
  const outcomes = await Promise.allSettled(Array.from({ length: 500 }).flatMap(() => launchers.map((each) => each.launch())));
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(refusals.filter((err) => !(err instanceof NoClusterError))).toEqual([]);
  expect(refusals).toHaveLength(500);
  expect(deployers.map(({ held }) => held.size)).toEqual([300, 200]);
  const rows = await db.sql<{ state: string; n: number }[]>`SELECT state, count(*)::int AS n FROM vice_deployments GROUP BY state ORDER BY state`;
  expect([...rows]).toEqual([
    { state: 'applied', n: 500 },
    { state: 'failed', n: 500 },
  ]);
  await Promise.all(launchers.map((each) => each.close()));
});

test('a slot that has just been left is found, although it was counted as taken', async () => {
  await profiles({ capacity: { slots: 1 } }, { capacity: { slots: 0 } });
  const first = analysis();
  expect(await launched(0, first)).toBe(200);
  expect(await launched(0)).toBe(503);
  await db.sql`UPDATE vice_deployments SET state = 'stopped', lease_owner = NULL, lease_until = NULL WHERE external_id = ${String(first['uuid'])}`;
  expect(await launched(0)).toBe(200);
});

test('GPUs and memory are room too, and a cluster without them is passed over', async () => {
  await profiles({ capacity: { gpus: 2 }, gpu: { vendor: 'nvidia' } }, { capacity: { gpus: 2 }, gpu: { vendor: 'nvidia' } });
  const withGpus = () => analysis({ min_gpus: 2, max_gpus: 2 });
  expect([await launched(0, withGpus()), await launched(1, withGpus()), await launched(0, withGpus())]).toEqual([200, 200, 503]);
  expect(deployers.map(({ held }) => held.size)).toEqual([1, 1]);
});

group('a strategy that is named on the command line decides', () => {
  const under = async (strategy: string, work: (url: string) => Promise<void>) => {
    const coordinator = await runCoordinator(uri, { flags: ['--placement-strategy', strategy] });
    await work(coordinator.url).finally(() => coordinator.stop());
  };
  const launchAt = async (url: string, body: object) => expect((await send(`${url}/vice/launch`, body)).status).toBe(200);

  const counted = (url: string) => fetch(`${url}/api/v1/placements/explain`);

  test('spread: launches do not all go to the first cluster', async () => {
    await profiles({}, {});
    await under('spread', async (url) => {
      for (let n = 0; n < 4; n++) await launchAt(url, analysis());
    });
    // A count that was under way during a placement may miss it, so that one more goes to the same cluster, and no more than one.
    expect(Math.min(...deployers.map(({ held }) => held.size))).toBeGreaterThanOrEqual(1);
  });

  test('least-loaded: what another coordinator has placed counts', async () => {
    await profiles({ capacity: { slots: 4 } }, { capacity: { slots: 100 } });
    expect(await launched(0)).toBe(200);
    await under('least-loaded', async (url) => {
      const { clusters } = JSON.parse(await (await counted(url)).text());
      expect(clusters.map(({ name, why }: { name: string; why: string }) => [name, why])).toEqual([
        ['west', '1 % full with it'],
        ['east', '50 % full with it'],
      ]);
      await launchAt(url, analysis());
    });
    expect(deployers.map(({ held }) => held.size)).toEqual([1, 1]);
  });

  test('image-affinity: an image goes where it is, another by priority', async () => {
    await profiles({ draining: true }, {});
    const image = { name: 'harbor.example.org/vice/rare', tag: '1' };
    await under('image-affinity', async (url) => {
      await launchAt(url, analysis({ image }));
      await profiles({}, {});
      await send(`${url}/api/v1/clusters/reload`);
      await counted(url);
      await launchAt(url, analysis({ image }));
      await launchAt(url, analysis());
    });
    expect(deployers.map(({ held }) => held.size)).toEqual([1, 2]);
  });
});

group('GET /api/v1/placements/explain', () => {
  test('says of each cluster what every filter thinks, what it has left and its score, with counts as of now', async () => {
    await profiles({ capacity: { slots: 5, memory_bytes: 2 ** 30 } }, { gpu: { vendor: 'amd', models: ['MI300X'] } });
    expect(await launched(1)).toBe(200); // the least memory of an analysis is more than east has
    const { status, body } = await explain('?cpu=500m&memory=512Mi');
    expect(status).toBe(200);
    expect(check(PlacementExplanation, body)).toMatchObject({ ok: true });
    expect(body).toMatchObject({ strategy: 'priority', request: { cpu_millicores: 500, memory_bytes: 2 ** 29, gpus: 0, gpu_models: [] } });
    expect(body.clusters).toMatchObject([
      { cluster_id: ids[0], name: 'east', rank: 1, score: 0, why: 'priority 0', used: { slots: 0 }, capacity: { slots: 5 } },
      { cluster_id: ids[1], name: 'west', rank: 2, score: -1, used: { slots: 1, cpu_millicores: 1000, memory_bytes: 2 * 2 ** 30 }, capacity: {} },
    ]);
  });

  test('a cluster that is refused has no rank, and its filters say why', async () => {
    await profiles({ max_disk_bytes: 2 ** 30, draining: true }, { gpu: { vendor: 'amd', models: ['MI300X'] } });
    const { body } = await explain(`?gpus=1&gpu_model=A100,MI300X&gpu_vendor=amd&disk=2Gi&image=x:1`);
    expect(body.clusters.map(({ name, rank }: { name: string; rank?: number }) => [name, rank])).toEqual([
      ['west', 1],
      ['east', undefined],
    ]);
    const refusals = body.clusters[1].filters.filter(({ passes }: { passes: boolean }) => !passes);
    expect(refusals).toEqual([
      { filter: 'draining', passes: false, reason: 'is being drained' },
      { filter: 'gpu', passes: false, reason: 'has GPUs of nvidia, not of amd' },
      { filter: 'storage', passes: false, reason: 'has working directories of at most 1073741824 bytes, 2147483648 are needed' },
    ]);
    const pinned = await explain(`?cluster_id=${ids[1]}`);
    expect(pinned.body.clusters[1].filters[0]).toEqual({ filter: 'pinned', passes: false, reason: 'is not the one that was asked for' });
  });

  test('reserves nothing and asks no deployer', async () => {
    for (const { seen } of deployers) seen.length = 0;
    for (let times = 0; times < 5; times++) await explain('?gpus=1');
    expect(await db.sql`SELECT 1 FROM vice_deployments`).toHaveLength(0);
    expect(deployers.flatMap(({ seen }) => seen).filter((line) => !line.endsWith('/health'))).toEqual([]);
  });

  test('POST takes the body of a launch, launches nothing, and names its faults as a launch would', async () => {
    await profiles({ max_disk_bytes: 1_000 }, {});
    const url = `${coordinators[0]?.url}/api/v1/placements/explain`;
    const explained = JSON.parse(await (await send(url, analysis({ min_disk_space: 2_000, min_cpu_cores: 3 }))).text());
    expect(check(PlacementExplanation, explained)).toMatchObject({ ok: true });
    expect(explained.request).toMatchObject({ cpu_millicores: 3_000, disk_bytes: 2_000, image: 'harbor.example.org/vice/rstudio:4.4' });
    expect(explained.clusters.map(({ name, rank }: { name: string; rank?: number }) => [name, rank])).toEqual([
      ['west', 1],
      ['east', undefined],
    ]);
    const faulty = await send(url, { uuid: 'x' });
    expect(faulty.status).toBe(400);
    expect(await faulty.text()).toContain('steps');
    expect(await db.sql`SELECT 1 FROM vice_deployments`).toHaveLength(0);
  });

  test('names every parameter that is faulty', async () => {
    const { status, body } = await explain('?cpu=much&memory=-1&disk=1e30&gpus=x&gpu_vendor=none&cluster_id=east&gpu=1');
    expect(status).toBe(400);
    const paths = body.faults.map(({ path }: { path: string }) => path).sort();
    expect(paths).toEqual(['cluster_id', 'cpu', 'disk', 'gpu', 'gpu_vendor', 'gpus', 'memory']);
  });
});
