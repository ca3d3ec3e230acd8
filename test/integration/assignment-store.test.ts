import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { assignmentStore } from '../../src/adapters/postgres/assignment-store.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { addJobsColumn } from '../../src/adapters/postgres/migrations/jobs-column.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import type { AssignmentStore, JobUsage, Lease, Placement } from '../../src/coordinator/ports.ts';
import { QuotaRefusedError } from '../../src/errors/errors.ts';
import { decide } from '../../src/quota/decide.ts';
import type { ClusterId, ExternalId } from '../../src/schema/ids.ts';
import { addJob, addUser } from '../support/platform-rows.ts';
import { emptyDatabase, freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

const LEASE_MS = 60_000;
const signal = new AbortController().signal;

let uri: string;
let db: Database;
let store: AssignmentStore;
beforeAll(async () => {
  uri = await freshDatabase();
  db = openDatabase(uri);
  await runMigrations(db);
  await addJobsColumn(db);
  store = assignmentStore(db, { owner: 'us', leaseMs: LEASE_MS });
}, 120_000);
afterAll(() => db.end({ timeout: 5 }));

const admit = (usage: JobUsage) => decide('jdoe', usage);
const anyNumber = () => Number.POSITIVE_INFINITY;

// A random UUID is what the platform's own ids are, which is all that the brand promises.
const newId = () => randomUUID() as ExternalId;

function request(userId: string, externalId = newId()) {
  return { external_id: externalId, user_id: userId, username: 'jdoe' };
}

async function reserve(userId: string, externalId = newId(), by = store): Promise<Lease> {
  const reserved = await by.reserve(request(userId, externalId), anyNumber, signal);
  if (reserved.outcome !== 'reserved') throw new Error(`expected a reservation, got ${reserved.outcome}`);
  return reserved.lease;
}

async function newCluster(): Promise<ClusterId> {
  const [row] = await db<{ id: ClusterId }[]>`INSERT INTO vice_clusters (name, deployer_url) VALUES (${randomUUID()}, 'http://x') RETURNING id`;
  if (!row) throw new Error('no cluster');
  return row.id;
}

function placement(clusterId: ClusterId, attempt = 1, more: Partial<Placement> = {}): Placement {
  return { cluster_id: clusterId, attempt, spec: '{"a": 1}', spec_hash: 'hash', millicores: 2000, takes: { gpus: 0 }, ...more };
}

async function applied(userId: string, clusterId: ClusterId, by = store): Promise<Lease> {
  const lease = await reserve(userId, newId(), by);
  await by.place(lease, placement(clusterId, lease.attempt), signal);
  await by.markApplied(lease, signal);
  return lease;
}

async function rowOf(externalId: string) {
  const [row] = await db`SELECT * FROM vice_deployments WHERE external_id = ${externalId}`;
  return row ?? {};
}

const expireLeases = (ids: readonly string[]) => db`
  UPDATE vice_deployments SET lease_until = now() - interval '1 second' WHERE external_id = ANY (string_to_array(${ids.join()}, ','))`;

const waitsForLock = () =>
  waitFor(async () => (await db`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`).length > 0, {
    timeoutMs: 60_000,
    what: 'a statement that waits for the lock',
    everyMs: 5,
  });

describe('the job limit', () => {
  test('of two launches at once at a limit of one, one is reserved and one refused', async () => {
    const user = await addUser(db);
    const only = (usage: JobUsage) => decide('jdoe', { ...usage, user_limit: 1 });
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.allSettled([store.reserve(request(user), only, signal), store.reserve(request(user), only, signal)]);
      const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
      expect(failures).toHaveLength(1);
      expect(failures[0]).toBeInstanceOf(QuotaRefusedError);
      await db`DELETE FROM vice_deployments WHERE user_id = ${user}`;
    }
  });

  test('counts a launch that another coordinator is just writing down, by waiting for it', async () => {
    const user = await addUser(db);
    const only = (usage: JobUsage) => decide('jdoe', { ...usage, user_limit: 1 });
    let second: Promise<unknown> = Promise.resolve();
    await db.begin(async (sql) => {
      await sql`INSERT INTO vice_deployments (external_id, user_id, username, state)
                SELECT ${newId()}, ${user}, 'jdoe', 'reserved' WHERE vice_count_running(${user}, '') = 0`;
      second = store.reserve(request(user), only, signal).catch((err: unknown) => err);
      await waitsForLock();
    });
    expect(await second).toBeInstanceOf(QuotaRefusedError);
  });

  test('of 60 launches at once at a limit of 8, eight are reserved', async () => {
    const user = await addUser(db);
    const answers = await Promise.allSettled(Array.from({ length: 60 }, () => store.reserve(request(user), admit, signal)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
  });

  test('counts what runs here and what only the platform knows of, but neither twice, nor what has ended, nor the one being launched', async () => {
    const user = await addUser(db);
    const cluster = await newCluster();
    const here = await applied(user, cluster);
    await addJob(db, { userId: user, externalId: here.external_id, status: 'Running' });
    const stopped = await reserve(user);
    await store.stop(stopped.external_id, signal);
    await addJob(db, { userId: user, externalId: stopped.external_id, status: 'Running' });
    await addJob(db, { userId: user, externalId: newId(), status: 'Submitted' });
    for (const status of ['Failed', 'Completed', 'Canceled']) await addJob(db, { userId: user, externalId: newId(), status });
    await addJob(db, { userId: user, externalId: newId(), status: 'Running', isInteractive: false });
    const launched = newId();
    await addJob(db, { userId: user, externalId: launched, status: 'Submitted' });

    const seen: JobUsage[] = [];
    await store.reserve(request(user, launched), (usage) => seen.push(usage) + 100, signal);
    expect(seen).toEqual([{ running: 2, user_limit: null, default_limit: 8 }]);
  });

  test.each([
    ['every hyphen', 'a_b_c', 5],
    ['only the first hyphen', 'd_e-f', 6],
  ])('of a user is found with %s as an underscore', async (_, launcher, limit) => {
    await db`INSERT INTO job_limits (launcher, concurrent_jobs) VALUES (${launcher}, ${limit})`;
    const seen: JobUsage[] = [];
    const username = launcher.replaceAll('_', '-');
    await store.reserve({ ...request(await addUser(db)), username }, (usage) => seen.push(usage), signal);
    expect(seen).toMatchObject([{ user_limit: limit, default_limit: 8 }]);
  });

  test('that refuses leaves no row, and its error comes through as it is', async () => {
    const launch = request(await addUser(db));
    const refusal = new QuotaRefusedError('ERR_FORBIDDEN', 'no');
    const refuse = () => {
      throw refusal;
    };
    expect(await store.reserve(launch, refuse, signal).catch((err: unknown) => err)).toBe(refusal);
    expect(await rowOf(launch.external_id)).toEqual({});
  });

  test('needs none of the platform’s tables, and ids that are no UUIDs have no analyses there', async () => {
    const bare = openDatabase(await emptyDatabase());
    await runMigrations(bare);
    const alone = assignmentStore(bare, { owner: 'us', leaseMs: LEASE_MS });
    const seen: JobUsage[] = [];
    const answer = await alone.reserve(request('someone'), (usage) => seen.push(usage), signal);
    expect(answer).toMatchObject({ outcome: 'reserved', login_ip: '' });
    expect(seen).toEqual([{ running: 0, user_limit: null, default_limit: Number.POSITIVE_INFINITY }]);
    expect(await alone.endAbandoned(signal)).toEqual([]);
    expect(await alone.writeToJobs(1000, signal)).toBe(0);
    await bare.end();
    expect(await store.reserve(request('someone-else'), admit, signal)).toMatchObject({ outcome: 'reserved', login_ip: '' });
  });
});

describe('reserving', () => {
  test('gives the latest login address of the user', async () => {
    const user = await addUser(db);
    await db`INSERT INTO logins (user_id, ip_address, login_time) VALUES (${user}, '192.0.2.1', '2024-01-02'), (${user}, '192.0.2.2', '2024-01-03')`;
    expect(await store.reserve(request(user), admit, signal)).toMatchObject({ outcome: 'reserved', login_ip: '192.0.2.2' });
  });

  test('twenty times at once the same analysis reserves it once', async () => {
    const launch = request(await addUser(db));
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.reserve(launch, admit, signal)));
    expect(answers.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === 'busy')).toHaveLength(19);
  });

  test('a failure is written down whatever the clusters answered', async () => {
    const lease = await reserve('odd');
    const details = { clusters: [{ reason: 'a\0b \ud800 c\\u0000' }] };
    expect(await store.markFailed(lease, { reason: 'no_cluster', details, undo: false }, signal)).toBe(true);
    expect((await rowOf(lease.external_id))['details']).toEqual({ clusters: [{ reason: 'a\ufffdb \ufffd c\\u0000' }] });
  });

  test('asks again is how to hear of a launch under way, of an applied analysis that it is there, of one that ends to wait', async () => {
    const user = await addUser(db);
    const cluster = await newCluster();
    const lease = await reserve(user);
    const again = () => store.reserve(request(user, lease.external_id), admit, signal);
    expect(await again()).toEqual({ outcome: 'busy', state: 'launching' });
    await store.place(lease, placement(cluster), signal);
    expect(await again()).toEqual({ outcome: 'busy', state: 'launching' });
    await store.markApplied(lease, signal);
    expect(await again()).toEqual({ outcome: 'already' });
    await store.stop(lease.external_id, signal);
    expect(await again()).toEqual({ outcome: 'busy', state: 'leaving' });
  });

  test('anew what was stopped or failed raises the attempt and forgets the former life', async () => {
    const user = await addUser(db);
    const first = await reserve(user);
    await store.place(first, placement(await newCluster()), signal);
    await store.markFailed(first, { reason: 'spec_refused', details: { why: ['x'] }, undo: false }, signal);
    expect(await rowOf(first.external_id)).toMatchObject({ state: 'failed', reason: 'spec_refused', details: { why: ['x'] }, removal_due: null });
    const second = await reserve(user, first.external_id);
    expect(second.attempt).toBe(2);
    expect(await rowOf(first.external_id)).toMatchObject({ state: 'reserved', cluster_id: null, spec: null, reason: null, details: null });
    await store.stop(first.external_id, signal);
    expect((await reserve(user, first.external_id)).attempt).toBe(3);
  });
});

describe('placing', () => {
  test('200 analyses at once on 50 slots places exactly 50', async () => {
    const cluster = await newCluster();
    const leases = await Promise.all(Array.from({ length: 200 }, (_, n) => reserve(`user-${n}`)));
    const answers = await Promise.all(leases.map((lease) => store.place(lease, placement(cluster, 1, { capacity: { slots: 50 } }), signal)));
    expect(answers.filter(({ outcome }) => outcome === 'placed')).toHaveLength(50);
    expect(answers.filter(({ outcome }) => outcome === 'full')).toHaveLength(150);
    const [row] = await db<{ placed: number }[]>`SELECT count(*)::int AS placed FROM vice_deployments WHERE cluster_id = ${cluster}`;
    expect(row?.placed).toBe(50);
  });

  test.each([
    ['cpu_millicores', { cpu_millicores: 300 }],
    ['memory_bytes', { memory_bytes: 300 }],
    ['gpus', { gpus: 300 }],
  ])('40 analyses at once that take 300 each of 1000 %s: three are placed, and who needs none of it finds room', async (key, takes) => {
    const cluster = await newCluster();
    const here = placement(cluster, 1, { capacity: { [key]: 1_000 }, takes: { gpus: 0, ...takes } });
    const leases = await Promise.all(Array.from({ length: 40 }, (_, n) => reserve(`${key}-${n}`)));
    const answers = await Promise.all(leases.map((lease) => store.place(lease, here, signal)));
    expect(answers.filter(({ outcome }) => outcome === 'placed')).toHaveLength(3);
    expect(await store.place(await reserve('modest'), { ...here, takes: { gpus: 0 } }, signal)).toMatchObject({ outcome: 'placed' });
  });

  test('keeps the bytes of the spec, and sent twice takes one slot', async () => {
    const cluster = await newCluster();
    const lease = await reserve('bytes');
    const here = placement(cluster, 1, { capacity: { slots: 1 }, spec: '{ "b":1,\n"a": "ä" }' });
    expect(await store.place(lease, here, signal)).toEqual({ outcome: 'placed', lease });
    expect(await store.place(lease, here, signal)).toEqual({ outcome: 'placed', lease });
    expect(await rowOf(lease.external_id)).toMatchObject({ state: 'applying', spec: here.spec, spec_hash: 'hash', millicores: 2000 });
  });

  test('on another cluster raises the attempt, and the old lease is worth nothing then', async () => {
    const lease = await reserve('mover');
    await store.place(lease, placement(await newCluster()), signal);
    const second = await newCluster();
    const moved = await store.place(lease, placement(second, 2), signal);
    expect(moved).toEqual({ outcome: 'placed', lease: { ...lease, attempt: 2 } });
    expect(await store.markApplied(lease, signal)).toBe(false);
    expect(await store.markApplied({ ...lease, attempt: 2 }, signal)).toBe(true);
    expect(await rowOf(lease.external_id)).toMatchObject({ state: 'applied', cluster_id: second });
  });

  test('on a cluster that was removed meanwhile finds no slot there', async () => {
    const lease = await reserve('late');
    const gone = randomUUID() as ClusterId; // a UUID, and nobody's
    expect(await store.place(lease, placement(gone), signal)).toEqual({ outcome: 'full' });
  });

  test('by somebody else, or after an exit, is lost', async () => {
    const cluster = await newCluster();
    const other = assignmentStore(db, { owner: 'them', leaseMs: LEASE_MS });
    const lease = await reserve('theirs');
    expect(await other.place(lease, placement(cluster), signal)).toEqual({ outcome: 'lost' });
    expect(await store.stop(lease.external_id, signal)).toBe(false);
    expect(await store.place(lease, placement(cluster), signal)).toEqual({ outcome: 'lost' });
    expect(await rowOf(lease.external_id)).toMatchObject({ state: 'stopped', cluster_id: null });
  });

  test('a launch that failed and left something keeps its slot until the removal is confirmed', async () => {
    const cluster = await newCluster();
    const one = await reserve('one');
    const two = await reserve('two');
    const here = placement(cluster, 1, { capacity: { slots: 1 } });
    await store.place(one, here, signal);
    await store.markFailed(one, { reason: 'unavailable', undo: true }, signal);
    expect(await store.place(two, here, signal)).toEqual({ outcome: 'full' });
    expect(await store.reserve(request('one', one.external_id), anyNumber, signal)).toEqual({ outcome: 'busy', state: 'leaving' });
    const removal = (await store.claimRemovals(100, signal)).find(({ lease }) => lease.external_id === one.external_id);
    expect(removal).toEqual({ lease: { external_id: one.external_id, attempt: 2 }, cluster_id: cluster, fence: true, tries: 0 });
    expect(await store.markRemoved({ external_id: one.external_id, attempt: 2 }, signal)).toBe(true);
    expect(await store.place(two, here, signal)).toMatchObject({ outcome: 'placed' });
    expect((await reserve('one', one.external_id)).attempt).toBe(3);
  });
});

describe('removing', () => {
  test('an exit queues one removal, however often it is asked, and only what runs is asked about', async () => {
    const lease = await applied('leaver', await newCluster());
    expect(await store.stop(lease.external_id, signal)).toBe(true);
    expect(await store.stop(lease.external_id, signal)).toBe(true);
    expect(await rowOf(lease.external_id)).toMatchObject({ state: 'stopping', attempt: 2, removal_fence: false, lease_owner: null });
    expect(await store.stop(newId(), signal)).toBe(false);
  });

  test('an exit while the launch is on its way is a fence', async () => {
    const lease = await reserve('hurry');
    await store.place(lease, placement(await newCluster()), signal);
    expect(await store.stop(lease.external_id, signal)).toBe(true);
    expect(await store.markApplied(lease, signal)).toBe(false);
    expect(await rowOf(lease.external_id)).toMatchObject({ state: 'stopping', attempt: 2, removal_fence: true });
  });

  test('of two claimers at once each gets other removals; what is postponed comes back later with its tries', async () => {
    const mine = openDatabase(await freshDatabase());
    await runMigrations(mine);
    const [cluster] = await mine<{ id: ClusterId }[]>`INSERT INTO vice_clusters (name, deployer_url) VALUES ('one', 'http://x') RETURNING id`;
    const [us, them] = ['us', 'them'].map((owner) => assignmentStore(mine, { owner, leaseMs: LEASE_MS }));
    if (!us || !them || !cluster) throw new Error('two stores and a cluster');
    const leases = await Promise.all(Array.from({ length: 20 }, (_, n) => applied(`u-${n}`, cluster.id, us)));
    await Promise.all(leases.map(({ external_id }) => us.stop(external_id, signal)));

    const claims = await Promise.all([us.claimRemovals(15, signal), them.claimRemovals(15, signal)]);
    const ids = claims.flat().map(({ lease }) => lease.external_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await us.claimRemovals(15, signal)).toHaveLength(20 - ids.length);
    const first = claims[0][0];
    if (!first) throw new Error('nothing was claimed');
    expect(await them.postponeRemoval(first.lease, 0, 'not theirs', signal)).toBe(false);
    expect(await us.postponeRemoval(first.lease, 60_000, 'the cluster is away', signal)).toBe(true);
    expect(await us.claimRemovals(15, signal)).toEqual([]);
    await mine`UPDATE vice_deployments SET removal_due = now() WHERE external_id = ${first.lease.external_id}`;
    expect(await them.claimRemovals(15, signal)).toMatchObject([{ lease: first.lease, tries: 1 }]);
    await mine.end();
  });

  test('a removal whose claimer died is claimed by another', async () => {
    const lease = await applied('orphan', await newCluster());
    await store.stop(lease.external_id, signal);
    const other = assignmentStore(db, { owner: 'them', leaseMs: LEASE_MS });
    const mine = (claimed: readonly { lease: Lease }[]) => claimed.filter((removal) => removal.lease.external_id === lease.external_id);
    expect(mine(await store.claimRemovals(100, signal))).toHaveLength(1);
    expect(mine(await other.claimRemovals(100, signal))).toHaveLength(0);
    await expireLeases([lease.external_id]);
    expect(mine(await other.claimRemovals(100, signal))).toHaveLength(1);
    expect(await store.markRemoved({ ...lease, attempt: 2 }, signal)).toBe(false);
    expect(await other.markRemoved({ ...lease, attempt: 2 }, signal)).toBe(true);
    expect(await rowOf(lease.external_id)).toMatchObject({ state: 'stopped', removal_due: null });
  });
});

describe('what nobody works on any more', () => {
  test('ends as far as it had come: reserved and applying fail, applied stays unless the platform ended it', async () => {
    const cluster = await newCluster();
    const user = await addUser(db);
    const reserved = await reserve(user);
    const applying = await reserve(user);
    await store.place(applying, placement(cluster), signal);
    const kept = await applied(user, cluster);
    const canceled = await applied(user, cluster);
    await addJob(db, { userId: user, externalId: kept.external_id, status: 'Running' });
    await addJob(db, { userId: user, externalId: canceled.external_id, status: 'Canceled' });
    const ids = [reserved, applying, kept, canceled].map(({ external_id }) => external_id);
    const alive = await reserve(user);

    await expireLeases(ids);
    const both = await Promise.all([store.endAbandoned(signal), assignmentStore(db, { owner: 'them', leaseMs: LEASE_MS }).endAbandoned(signal)]);
    const states = Object.fromEntries(both.flat().map(({ external_id, state }) => [external_id, state]));
    expect(ids.map((id) => states[id])).toEqual(['failed', 'failed', 'applied', 'stopping']);
    expect(both.flat()).toHaveLength(4);
    expect(await rowOf(reserved.external_id)).toMatchObject({ reason: 'interrupted', removal_due: null, attempt: 1, lease_owner: null });
    expect(await rowOf(applying.external_id)).toMatchObject({ reason: 'interrupted', removal_fence: true, attempt: 2 });
    expect((await rowOf(applying.external_id))['removal_due']).toBeInstanceOf(Date);
    expect(await rowOf(kept.external_id)).toMatchObject({ state: 'applied', attempt: 1, reason: null, lease_owner: null, removal_due: null });
    expect(await rowOf(canceled.external_id)).toMatchObject({ state: 'stopping', attempt: 2, removal_fence: false });
    expect(await rowOf(alive.external_id)).toMatchObject({ state: 'reserved', lease_owner: 'us' });
    expect(await store.markApplied(applying, signal)).toBe(false);
  });

  test('is what nobody renews: a heartbeat keeps a lease, and a settled launch has none', async () => {
    const beaten = await reserve('beaten');
    const settled = await applied('settled', await newCluster());
    await expireLeases([beaten.external_id, settled.external_id]);
    await store.heartbeat([beaten.external_id, newId()], signal);
    await store.settle([settled.external_id, beaten.external_id], signal);
    expect(await store.endAbandoned(signal)).toEqual([]);
    expect(await rowOf(beaten.external_id)).toMatchObject({ state: 'reserved', lease_owner: 'us' });
    expect(await rowOf(settled.external_id)).toMatchObject({ state: 'applied', lease_owner: null });
  });

  test('is no launch whose coordinator has its hands full: leases are renewed past all that waits', async () => {
    const [busyDb, leaseDb] = [openDatabase(uri, { maxConnections: 2 }), openDatabase(uri, { maxConnections: 1 })];
    const busy = assignmentStore(busyDb, { owner: 'busy', leaseMs: LEASE_MS, leaseDb });
    const lease = await reserve('busy-user', newId(), busy);
    await expireLeases([lease.external_id]);
    let held: Promise<unknown>[] = [];
    await db.begin(async (sql) => {
      await sql`SELECT pg_advisory_xact_lock(7)`;
      held = Array.from({ length: 5 }, () => busyDb`SELECT pg_advisory_xact_lock(7)`.then(() => undefined));
      await waitsForLock();
      await busy.heartbeat([lease.external_id], signal);
    });
    expect(await store.endAbandoned(signal)).toEqual([]);
    await Promise.all(held);
    await Promise.all([busyDb, leaseDb].map((each) => each.end({ timeout: 5 })));
  });
});

describe('the jobs table', () => {
  test('learns millicores and cluster when its row appears, and only once', async () => {
    const user = await addUser(db);
    const cluster = await newCluster();
    await db`UPDATE vice_deployments SET jobs_pending = false`;
    const lease = await applied(user, cluster);
    expect(await store.writeToJobs(60_000, signal)).toBe(0);
    const job = await addJob(db, { userId: user, externalId: lease.external_id, status: 'Submitted' });
    expect(await store.writeToJobs(60_000, signal)).toBe(1);
    expect([...(await db`SELECT millicores_reserved, cluster_id FROM jobs WHERE id = ${job}`)]).toEqual([
      { millicores_reserved: 2000, cluster_id: cluster },
    ]);
    expect(await store.writeToJobs(60_000, signal)).toBe(0);
  });

  test('is given up when no row appears for too long', async () => {
    const user = await addUser(db);
    const lease = await applied(user, await newCluster());
    await db`UPDATE vice_deployments SET applied_at = now() - interval '1 hour' WHERE external_id = ${lease.external_id}`;
    expect(await store.writeToJobs(60_000, signal)).toBe(0);
    expect(await rowOf(lease.external_id)).toMatchObject({ jobs_pending: false });
  });

  test('without the column learns the millicores alone', async () => {
    const mine = openDatabase(await freshDatabase());
    await runMigrations(mine);
    const [cluster] = await mine<{ id: ClusterId }[]>`INSERT INTO vice_clusters (name, deployer_url) VALUES ('one', 'http://x') RETURNING id`;
    if (!cluster) throw new Error('no cluster');
    const alone = assignmentStore(mine, { owner: 'us', leaseMs: LEASE_MS });
    const user = await addUser(mine);
    const lease = await applied(user, cluster.id, alone);
    await addJob(mine, { userId: user, externalId: lease.external_id, status: 'Running' });
    expect(await alone.writeToJobs(60_000, signal)).toBe(1);
    expect([...(await mine`SELECT millicores_reserved FROM jobs`)]).toEqual([{ millicores_reserved: 2000 }]);
    await mine.end();
  });
});
