import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { transferPrograms } from '../../src/adapters/transfer-program/transfer-program.ts';
import { liveInventory } from '../../src/deployer/capabilities/live-inventory.ts';
import { createDeployer } from '../../src/deployer/deployer.ts';
import type { DeployerDeps } from '../../src/deployer/deps.ts';
import { KINDS, type Kind } from '../../src/deployer/kinds.ts';
import { selectionOf } from '../../src/deployer/observe/live.ts';
import type { View } from '../../src/deployer/observe/view.ts';
import { WatchedObserver } from '../../src/deployer/observe/watched.ts';
import { sweep } from '../../src/deployer/removing/sweep.ts';
import { waitFor } from '../support/wait-for.ts';
import { sampleSpec } from './sample-spec.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

const MINUTE_MS = 60_000;
const ending = new AbortController();
const never = new AbortController().signal;
let ground: SandboxGround;
let clockAheadMs = 0;
let deps: DeployerDeps;
let views: () => View[];
let swept: () => Promise<void>;
let deployer: ReturnType<typeof createDeployer>;
let isKnown: (id: string, name: string) => boolean;

beforeAll(async () => {
  ground = await sandboxGround();
  const { kubernetes, follower, logs, discovery } = ground.connect();
  const { namespace, policy } = ground.config;
  const now = () => new Date(Date.now() + clockAheadMs);
  const observer = new WatchedObserver({ reader: kubernetes, namespace, now }, 'test');
  const inventory = liveInventory(kubernetes, 'analysis', now);
  deps = {
    kubernetes,
    observer,
    inventory,
    discovery,
    logs,
    transfers: transferPrograms(undefined, namespace),
    namespace,
    policy,
    log: pino({ level: 'silent' }),
    now,
    version: 'test',
  };
  deployer = createDeployer(deps);
  for (const kind of Object.keys(KINDS) as Kind[]) void follower.follow(selectionOf(kind, namespace), observer.sinkFor(kind), ending.signal);
  await waitFor(() => observer.isSynced, { timeoutMs: 60_000, what: 'the first lists' });
  views = () => [...observer.views()];
  swept = () => sweep(deps, views(), never);
  isKnown = (id, name) => views().some((view) => view.external_id === id && view.facts.some((facts) => facts.name === name));
});
afterAll(async () => {
  ending.abort();
  await ground.stop();
});
beforeEach(() => {
  clockAheadMs = 0;
});

/** Puts a volume into the cluster as somebody else would, and waits until the deployer has seen it. */
async function volume(id: string, labels: Record<string, string>, annotations: Record<string, string> = {}, isSeen = true): Promise<string> {
  const name = `csi-data-volume-${id}`;
  const [sample] = sampleSpec(id).persistent_volumes;
  const manifest = { ...sample, metadata: { name, labels: { 'external-id': id, ...labels }, annotations } };
  await ground.objects.kube.create('/api/v1/persistentvolumes', manifest);
  if (isSeen) await waitFor(() => isKnown(id, name), { timeoutMs: 60_000, everyMs: 5, what: 'the volume to be seen' });
  return name;
}

const managed = { 'app.kubernetes.io/managed-by': 'vice-deployer', 'vice/namespace': 'vice-apps' };
/** Undefined when it is gone or on its way. */
const find = async (name: string) => {
  const found = await ground.objects.find('PersistentVolume', name);
  return found?.metadata.deletionTimestamp === undefined ? found : undefined;
};

test('a volume whose anchor is gone for good is swept, whatever its age', async () => {
  const name = await volume(randomUUID(), managed, { 'vice/anchor-uid': randomUUID() });
  await swept();
  expect(await find(name)).toBeUndefined();
});

test('a volume that names no anchor is swept when it is older than five minutes, not before', async () => {
  const name = await volume(randomUUID(), managed);
  await swept();
  clockAheadMs = 4 * MINUTE_MS;
  await swept();
  expect(await find(name)).toBeDefined();
  clockAheadMs = 6 * MINUTE_MS;
  await swept();
  expect(await find(name)).toBeUndefined();
});

test("app-exposer's volumes and those of other deployers are never touched", async () => {
  const foreign = [
    {},
    { 'app.kubernetes.io/managed-by': 'vice-deployer' },
    { ...managed, 'vice/namespace': 'elsewhere' },
    { 'vice/namespace': 'vice-apps' },
  ];
  const names = await Promise.all(foreign.map((labels) => volume(randomUUID(), labels, { 'vice/anchor-uid': randomUUID() }, false)));
  // One that is swept is told after them, so the deployer has had the chance to see them.
  const own = await volume(randomUUID(), managed, { 'vice/anchor-uid': randomUUID() });
  clockAheadMs = 60 * MINUTE_MS;
  await swept();
  expect(await find(own)).toBeUndefined();
  for (const name of names) expect(await find(name)).toBeDefined();
});

test('the volume of an analysis that lives is never touched, also when the deployer has not heard of its anchor yet', async () => {
  const id = randomUUID();
  await deployer.apply(sampleSpec(id), 'test');
  clockAheadMs = 60 * MINUTE_MS;
  await swept();
  expect(await find(`csi-data-volume-${id}`)).toBeDefined();
  // As it is seen by one whose watch of ConfigMaps lags behind that of volumes.
  const behind = views().map((view) => ({ ...view, facts: view.facts.filter(({ kind }) => kind === 'PersistentVolume') }));
  await sweep(deps, behind, never);
  expect(await find(`csi-data-volume-${id}`)).toBeDefined();
});

test('a tombstone is swept after ten minutes, not before, and not once it has become an anchor', async () => {
  const [old, reborn] = [randomUUID(), randomUUID()];
  const scope = { attempt: 1, fence: { attempt: 1 } };
  for (const id of [old, reborn]) await deployer.remove(sampleSpec(id).metadata.external_id, scope);
  clockAheadMs = 9 * MINUTE_MS;
  await swept();
  expect(await ground.objects.namesOf(old)).toEqual([`ConfigMap/vice-${old}`]);
  await deployer.apply(sampleSpec(reborn, { attempt: 2 }), 'test');
  clockAheadMs = 11 * MINUTE_MS;
  await swept();
  expect(await ground.objects.namesOf(old)).toEqual([]);
  expect(await ground.objects.namesOf(reborn)).toContain(`ConfigMap/vice-${reborn}`);
});
