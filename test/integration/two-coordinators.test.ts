import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { randomInt, randomUUID } from 'node:crypto';
import { type CoordinatorProgram, startCoordinatorProgram } from '../support/coordinator-program.ts';
import { database, type Row, register, type Site, send, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { seeded } from '../support/seeded.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(600_000);

// What happens between processes cannot be repeated to the letter, but who is killed when, and what is asked of whom, can.
const seed = Number(process.env['VICE_TEST_SEED'] ?? randomInt(2 ** 31));
const chance = seeded(seed);

const KILLS = 10;
const LAUNCHERS = 4;
const example: object = await Bun.file(`${import.meta.dir}/../golden/example/analysis.json`).json();

let uri: string;
let db: ReturnType<typeof database>;
let sites: readonly Site[];
let clusterIds: readonly string[];
/** Undefined while it is dead. */
const pair: [CoordinatorProgram | undefined, CoordinatorProgram | undefined] = [undefined, undefined];
/** One that never hears of a change by its timer. */
const byNotifyAlone = ['--registry-reload-seconds=86400'];
const start = async (which: 0 | 1, flags = byNotifyAlone, env: Record<string, string> = {}) => {
  pair[which] = await startCoordinatorProgram(uri, flags, env);
};

beforeAll(async () => {
  uri = await freshDatabase();
  db = database(uri);
  sites = await Promise.all(['east', 'west'].map((name) => startSite(name)));
  await start(0); // the first one makes the tables
  await start(1);
  clusterIds = await register(
    urlOf(0),
    sites.map(({ name, proxy }) => ({ name, url: proxy.url })),
  );
});
afterAll(async () => {
  await Promise.all(pair.map((coordinator) => coordinator?.kill('SIGKILL')));
  await Promise.all(sites.map((site) => site.stop()));
  await db.close();
});

function urlOf(which: 0 | 1): string {
  return pair[which]?.url ?? 'http://127.0.0.1:1'; // nobody there
}
const either = () => urlOf(chance.pick([0, 1] as const));

/** While both are dead nobody has to ask. */
const oneIsThere = () => waitFor(() => pair.some((coordinator) => coordinator !== undefined), { timeoutMs: 120_000, what: 'a coordinator' });

/** The status of an answer; `lost` when the coordinator died meanwhile, or was not there. */
async function statusOf(asked: Promise<Response>): Promise<number | 'lost'> {
  try {
    const answer = await asked;
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 'lost';
  }
}

interface Launched {
  readonly uuid: string;
  /** Somebody was told that it is applied. */
  readonly isPromised: boolean;
  readonly isExited: boolean;
}

/** A caller that tries again elsewhere when it hears nothing, and sometimes both at once. Some of its analyses it ends. */
async function launchOne(): Promise<Launched> {
  const uuid = randomUUID();
  const body = { ...example, uuid, user_id: randomUUID() };
  let isPromised = false;
  for (let tries = chance.below(4); tries >= 0 && !isPromised; tries--) {
    const targets = chance.next() < 0.2 ? [urlOf(0), urlOf(1)] : [either()];
    const answers = await Promise.all(targets.map((url) => statusOf(send(`${url}/vice/launch`, body))));
    isPromised = answers.includes(200);
  }
  if (!isPromised || chance.next() < 0.7) return { uuid, isPromised, isExited: false };
  await waitFor(async () => (await statusOf(send(`${either()}/vice/${uuid}/exit`))) === 200, { timeoutMs: 120_000, what: 'an exit' });
  return { uuid, isPromised, isExited: true };
}

interface Changed {
  readonly requestId: string;
  readonly isAcknowledged: boolean;
  readonly cluster: string;
  readonly priority?: number;
}

/** One change of the registry, of any kind, at either coordinator. */
async function changeOne(n: number): Promise<Changed> {
  const cluster = chance.pick(clusterIds);
  const requestId = `change-${n}`;
  const priority = chance.below(1_000);
  const [method, path, body] = chance.pick<readonly [string, string, object?]>([
    ['PUT', `/${cluster}`, { priority }],
    ['PUT', `/${cluster}`, { priority }],
    ['PUT', `/${cluster}`, { profile: { domain: `d${n}.example.org` } }],
    ['POST', `/${cluster}/${chance.pick(['disable', 'drain'])}`],
    ['POST', `/${cluster}/enable`],
    ['POST', '', { name: `extra-${n}`, deployer_url: 'http://127.0.0.1:1', enabled: false }],
  ]);
  const headers = { 'x-request-id': requestId, ...(body && { 'content-type': 'application/json' }) };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(60_000) };
  const status = await statusOf(fetch(`${either()}/api/v1/clusters${path}`, init));
  const isAcknowledged = status === 200 || status === 201;
  return { requestId, isAcknowledged, cluster, ...(body !== undefined && 'priority' in body && { priority }) };
}

const homesOf = (uuid: string) => sites.filter((site) => site.objectsOf(uuid).length > 0).map(({ name }) => name);

/** What stands there and should not, or the other way round. */
function faultsOf({ uuid, isPromised, isExited }: Launched, row: Row | undefined): readonly string[] {
  const homes = homesOf(uuid);
  const lives = row?.state === 'applied' || row?.state === 'running';
  const home = sites[clusterIds.indexOf(row?.cluster_id ?? '')]?.name;
  const faults: string[] = [];
  if (homes.length > 1) faults.push('lives in two clusters');
  if (lives && homes.join() !== home) faults.push(`its row says ${home}, it is in ${homes.join() || 'none'}`);
  if (!lives && homes.length > 0) faults.push(`its row says ${row?.state ?? 'nothing'}, it is in ${homes.join()}`);
  if (isPromised && !isExited && !lives) faults.push(`was promised, and its row says ${row?.state ?? 'nothing'}`);
  if (isExited && lives) faults.push('was ended and lives');
  return faults.map((fault) => `${uuid} ${fault}`);
}

const shownBy = async (which: 0 | 1) => {
  const { clusters } = (await (await fetch(`${urlOf(which)}/api/v1/clusters`)).json()) as { clusters: readonly Record<string, unknown>[] }; // as its schema says
  return clusters
    .map(({ name, priority, enabled, profile }) => ({ name, priority, enabled, profile }))
    .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1));
};
const stored = async () => {
  const rows = await db.sql<
    { name: string; profile: unknown }[]
  >`SELECT name, priority, enabled, profile FROM vice_clusters ORDER BY name COLLATE "C"`;
  return rows.map((row) => ({ ...row }));
};

describe(`two coordinators that are killed and started anew under load (VICE_TEST_SEED=${seed})`, () => {
  const launched: Launched[] = [];
  const changed: Changed[] = [];

  test('go on launching and changing clusters', async () => {
    let isOver = false;
    const launching = Array.from({ length: LAUNCHERS }, async () => {
      while (!isOver) {
        await oneIsThere();
        launched.push(await launchOne());
      }
    });
    const changing = (async () => {
      while (!isOver) {
        await oneIsThere();
        changed.push(await changeOne(changed.length));
      }
    })();
    for (let kill = 0; kill < KILLS; kill++) {
      const enough = launched.length + 1 + chance.below(6);
      await waitFor(() => launched.length >= enough, { timeoutMs: 120_000, what: 'launches before the next kill', everyMs: 2 });
      const victims = chance.next() < 0.25 ? ([0, 1] as const) : ([chance.pick([0, 1] as const)] as const);
      const dying = victims.map((which) => pair[which]?.kill('SIGKILL'));
      for (const which of victims) pair[which] = undefined;
      await Promise.all(dying);
      await Promise.all(victims.map((which) => start(which)));
    }
    isOver = true;
    await Promise.all([...launching, changing]);
    expect(launched.filter(({ isPromised }) => isPromised).length).toBeGreaterThan(KILLS / 2);
    expect(changed.filter(({ isAcknowledged }) => isAcknowledged).length).toBeGreaterThan(KILLS);
  });

  test('leave no analysis doubled, lost or left over', async () => {
    const open = async () => {
      const rows = await db.sql<{ n: number }[]>`
        SELECT count(*)::int AS n FROM vice_deployments
        WHERE state IN ('reserved', 'applying', 'stopping') OR removal_due IS NOT NULL OR lease_owner IS NOT NULL`;
      return rows[0]?.n ?? -1;
    };
    await waitFor(async () => (await open()) === 0, { timeoutMs: 180_000, what: 'everything to be finished or undone' });
    const promised = launched.filter(({ isPromised }) => isPromised).length;
    const ended = launched.filter(({ isExited }) => isExited).length;
    const interrupted = await db.sql`SELECT 1 FROM vice_deployments WHERE reason = 'interrupted'`;
    process.stdout.write(
      `${launched.length} analyses: ${promised} promised, ${ended} of them ended; ${interrupted.length} interrupted; ${changed.length} changes\n`,
    );
    const faults = await Promise.all(launched.map(async (one) => faultsOf(one, await db.row(one.uuid))));
    expect(faults.flat()).toEqual([]);
    const known = new Set(launched.map(({ uuid }) => uuid));
    const [strangers] = await db.sql<
      { n: number }[]
    >`SELECT count(*)::int AS n FROM vice_deployments WHERE NOT external_id = ANY (string_to_array(${[...known].join()}, ','))`;
    expect(strangers?.n).toBe(0);
    const left = sites
      .flatMap(({ sandbox }) => sandbox.api.store.all())
      .filter(({ kind, metadata }) => kind === 'Deployment' && !known.has(metadata.name));
    expect(left).toEqual([]);
  });

  test('lose no change of a cluster that was acknowledged, make none twice, and show both the same', async () => {
    const entries = await db.sql<{ request_id: string; n: number }[]>`
      SELECT request_id, count(*)::int AS n FROM vice_audit WHERE request_id LIKE 'change-%' GROUP BY request_id`;
    const made = new Map(entries.map(({ request_id, n }) => [request_id, n]));
    expect(changed.filter(({ requestId, isAcknowledged }) => isAcknowledged && made.get(requestId) !== 1)).toEqual([]);
    for (const id of clusterIds) {
      const last = changed.findLast(({ cluster, priority, requestId }) => cluster === id && priority !== undefined && made.has(requestId));
      const [row] = await db.sql<{ priority: number }[]>`SELECT priority FROM vice_clusters WHERE id = ${id}`;
      if (last !== undefined) expect([id, row?.priority]).toEqual([id, last.priority]);
    }
    for (const which of [0, 1] as const) {
      await waitFor(async () => Bun.deepEquals(await shownBy(which), await stored()), {
        timeoutMs: 20_000,
        what: `coordinator ${which} to show what is stored`,
      });
    }
  });
});

describe('a change of a cluster', () => {
  const seenBy = async (which: 0 | 1, priority: number): Promise<number> => {
    const since = performance.now();
    const isSeen = async () => (await shownBy(which)).some((cluster) => cluster.priority === priority);
    await waitFor(isSeen, { timeoutMs: 30_000, what: `coordinator ${which} to see priority ${priority}`, everyMs: 2 });
    return performance.now() - since;
  };
  const change = async (which: 0 | 1, priority: number) => {
    const init = { method: 'PUT', body: JSON.stringify({ priority }), headers: { 'content-type': 'application/json' } };
    expect((await fetch(`${urlOf(which)}/api/v1/clusters/${clusterIds[0]}`, init)).status).toBe(200);
  };

  test('at one coordinator is told to the other, whose timer would not bring it', async () => {
    const times: number[] = [];
    for (let n = 0; n < 20; n++) {
      const at = n % 2 === 0 ? 0 : 1;
      await change(at, 10_000 + n);
      times.push(await seenBy(at === 0 ? 1 : 0, 10_000 + n));
    }
    await db.sql`UPDATE vice_clusters SET priority = 11000 WHERE id = ${clusterIds[0] ?? ''}`;
    times.push(await seenBy(0, 11_000), await seenBy(1, 11_000));
    process.stdout.write(`a change is seen by the other coordinator after ${Math.round(Math.max(...times))} ms at the latest\n`);
  });

  test('is told again after the connections that listen were cut', async () => {
    const listening = async () =>
      (
        await db.sql<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'listen %'`
      ).map(({ pid }) => pid);
    const both = await waitFor(
      async () => {
        const pids = await listening();
        return pids.length === 2 && pids;
      },
      { timeoutMs: 30_000, what: 'both to listen' },
    );
    for (const pid of both) await db.sql`SELECT pg_terminate_backend(${pid})`;
    await change(0, 12_000);
    await seenBy(1, 12_000);
    await change(1, 12_001);
    await seenBy(0, 12_001);
  });

  test('is brought by the timer where nothing can be told', async () => {
    const deaf = { DISCOENV_DB_LISTEN_URI: 'postgresql://nobody:x@127.0.0.1:1/none' };
    for (const which of [0, 1] as const) {
      await pair[which]?.kill('SIGTERM');
      await start(which, ['--registry-reload-seconds=1'], deaf);
    }
    await change(0, 13_000);
    await seenBy(1, 13_000);
    await change(1, 13_001);
    await seenBy(0, 13_001);
  });
});
