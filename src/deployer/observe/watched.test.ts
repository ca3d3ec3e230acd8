import { beforeEach, describe, expect, test } from 'bun:test';
import { everything, objectsOf, type Part, running } from '../../../test/support/cluster-objects-of.ts';
import { UnavailableError } from '../../errors/errors.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { LABEL } from '../../schema/label-keys.ts';
import { KINDS, type Kind } from '../kinds.ts';
import type { KubeObject, ObjectReader } from '../ports.ts';
import { WatchedObserver } from './watched.ts';

const kinds = Object.keys(KINDS) as Kind[]; // the keys of the table are the kinds
const id = 'x1' as ExternalId; // a label, as the schema asks for
const never = new AbortController().signal;

let now: number;
let asked: string[];
let inCluster: readonly Part[];
let observer: WatchedObserver;

/** A cluster that holds what a test puts there, and remembers what it was asked. */
const reader: ObjectReader = {
  find: async ({ kind, name }) => {
    asked.push(`find ${kind}/${name}`);
    return inCluster.find((part) => part.kind === kind && part.object.metadata.name === name)?.object;
  },
  list: async ({ kind }) => {
    asked.push(`list ${kind}`);
    return inCluster.filter((part) => part.kind === kind).map(({ object }) => object);
  },
  ping: () => Promise.reject(new UnavailableError('not asked here')),
};

beforeEach(() => {
  now = Date.parse('2026-03-01T12:00:00Z');
  asked = [];
  inCluster = [];
  observer = new WatchedObserver({ reader, namespace: 'vice-apps', now: () => new Date(now) }, 'here');
});

function listed(parts: readonly Part[], version = 1_000): void {
  for (const kind of kinds) {
    const objects = parts.filter((part) => part.kind === kind).map(({ object }) => object);
    const listing = observer.sinkFor(kind).relist();
    listing.page(objects);
    listing.complete(String(version));
  }
}

function at(object: KubeObject, version: number, more: object = {}): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...more, resourceVersion: String(version) } };
}

function labelled({ metadata }: KubeObject, externalId: string): KubeObject['metadata'] {
  return { ...metadata, uid: `${metadata.uid}-${externalId}`, labels: { ...metadata.labels, [LABEL.externalId]: externalId } };
}

const list = async (since: string | undefined, waitMs: number, signal: AbortSignal) => {
  const listed = await observer.list(since, waitMs, signal);
  return listed && { ...listed, items: [...listed.items] };
};
const phase = async () => (await list(undefined, 0, never))?.items[0]?.phase;

test('an analysis that is known costs the cluster nothing', async () => {
  listed(running);
  expect((await observer.see(id, never))?.view.facts).toHaveLength(running.length);
  expect(await phase()).toBe('running');
  expect(asked).toEqual([]);
});

test('for one that is not known the cluster is asked for the anchor, and for the rest only when there is one', async () => {
  listed([]);
  expect(await observer.see(id, never)).toBeUndefined();
  expect(asked).toEqual(['find ConfigMap/vice-x1']);
  inCluster = running;
  expect((await observer.see(id, never))?.view.facts).toHaveLength(running.length);
});

test('before the first lists nothing is held to be absent without asking', async () => {
  inCluster = running;
  const seen = observer.see(id, AbortSignal.timeout(20));
  expect((await seen)?.view.facts).toHaveLength(running.length);
});

test('before the first lists the list of everything is not given, because an empty one would say that all is gone', async () => {
  await expect(observer.list(undefined, 0, AbortSignal.timeout(20))).rejects.toThrow(UnavailableError);
});

test('whoever asks too early is told which kinds were not listed yet', async () => {
  for (const kind of kinds) if (kind !== 'Ingress' && kind !== 'HTTPRoute') observer.sinkFor(kind).relist().complete('1000');
  expect(() => observer.checkSynced()).toThrow('not listed yet: Ingress, HTTPRoute');
  await expect(observer.list(undefined, 0, AbortSignal.timeout(20))).rejects.toThrow('not listed yet: Ingress, HTTPRoute');
  listed([]);
  expect(() => observer.checkSynced()).not.toThrow();
});

test('a tombstone that is remembered says nothing of what is there by now', async () => {
  listed([objectsOf.tombstone()]);
  inCluster = running;
  expect((await observer.see(id, never))?.view.facts.length).toBeGreaterThan(1);
});

describe('what is known', () => {
  test('grows old while a kind gives no sign of life', () => {
    listed(everything);
    const then = new Date(now);
    now += 60_000;
    for (const kind of kinds.filter((one) => one !== 'Pod')) observer.sinkFor(kind).alive();
    expect(observer.observedAt).toEqual(then);
    observer.sinkFor('Pod').alive();
    expect(observer.observedAt).toEqual(new Date(now));
  });

  test('is never older news than before', async () => {
    listed(running);
    const { object } = objectsOf.deployment();
    const known = running.find(({ kind }) => kind === 'Deployment')?.object ?? object;
    const old = { ...known, status: {} };
    observer.sinkFor('Deployment').changed(at(old, 0));
    expect((await list(undefined, 0, never))?.items[0]?.url_ready).toBe(true);
    observer.sinkFor('Deployment').changed(at(old, 9_999));
    expect((await list(undefined, 0, never))?.items[0]?.url_ready).toBe(false);
  });

  test('does not come back from the dead by an answer that was late', async () => {
    listed([]);
    const [{ kind, object }] = [objectsOf.anchor()];
    observer.sinkFor(kind).changed(object);
    observer.sinkFor(kind).gone(object);
    observer.wrote(kind, object);
    expect(observer.recall(id)).toBeUndefined();
  });

  test('is what a new list says, but for what was written after it', async () => {
    listed(running);
    const later = objectsOf.service();
    observer.wrote('Service', at(later.object, 5_000));
    listed([objectsOf.anchor()], 4_000);
    expect(observer.recall(id)?.facts.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Service']);
  });

  test('is of no analysis when its label is no external id, which only a hand can have written', async () => {
    listed(running);
    for (const label of ['', 'X1', 'x.1', 'x_1']) {
      for (const { kind, object } of running) observer.sinkFor(kind).changed({ ...object, metadata: labelled(object, label) });
    }
    expect((await list(undefined, 0, never))?.items.map(({ external_id }) => external_id)).toEqual([id]);
  });

  test('is of one namespace', () => {
    const { object } = objectsOf.volume();
    const labels = { ...object.metadata.labels, 'vice/namespace': 'elsewhere' };
    observer.sinkFor('PersistentVolume').changed({ ...object, metadata: { ...object.metadata, labels } });
    expect(observer.recall(id)).toBeUndefined();
  });
});

describe('a reader of the list', () => {
  test('gets everything first, and again for a revision of another process', async () => {
    listed(running);
    for (const since of [undefined, 'elsewhere.3', 'here.999999', 'here.x', 'here.', 'here.0x0', 'here.-1']) {
      expect(await list(since, 0, never)).toMatchObject({ full: true, items: [{ external_id: id }] });
    }
  });

  test('hears nothing while nothing changes, whatever the cluster tells', async () => {
    listed(running);
    const { revision } = (await list(undefined, 0, never)) ?? { revision: '' };
    for (const { kind, object } of running) observer.sinkFor(kind).changed(at(object, 10_000));
    expect(await list(revision, 0, never)).toBeUndefined();
  });

  test('is woken by a change, and told of what is gone and of what came back', async () => {
    listed(everything);
    const first = (await list(undefined, 0, never))?.revision ?? '';
    const waiting = list(first, 20_000, never);
    for (const { kind, object } of running) observer.sinkFor(kind).changed(at(object, 10_000));
    expect(await waiting).toMatchObject({ full: false, items: [{ external_id: id, url_ready: expect.any(Boolean) }], removed: [] });
    for (const { kind, object } of [...everything, ...running]) observer.sinkFor(kind).gone(object);
    const gone = await list(first, 0, never);
    expect(gone).toMatchObject({ full: false, items: [], removed: [id] });
    const anchor = objectsOf.anchor({ uid: 'another', resourceVersion: '20000' });
    observer.sinkFor('ConfigMap').changed(anchor.object);
    expect(await list(gone?.revision, 0, never)).toMatchObject({ items: [{ external_id: id, phase: 'incomplete' }], removed: [] });
    expect(await list(first, 0, never)).toMatchObject({ items: [{ external_id: id }], removed: [] });
  });

  test('is woken when a removal has taken long, which nothing but a sign of life tells', async () => {
    const leaving = objectsOf.anchor({ deletionTimestamp: new Date(now).toISOString() });
    listed([leaving, objectsOf.volume()]);
    const { revision = '', items = [] } = (await list(undefined, 0, never)) ?? {};
    expect(items).toMatchObject([{ phase: 'terminating', reason_code: 'terminating' }]);
    const waiting = list(revision, 20_000, never);
    now += 11 * 60_000;
    for (const kind of kinds) observer.sinkFor(kind).alive();
    expect(await waiting).toMatchObject({ items: [{ reason_code: 'terminating_long' }] });
  });

  test('is woken by an event that explains, and again when it is forgotten', async () => {
    const pod = objectsOf.pod({
      containers: [{ name: 'analysis', ready: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } }],
    });
    listed([...everything, pod]);
    const code = async (since: string | undefined) => (await list(since, 0, never))?.items[0]?.reason_code;
    expect(await code(undefined)).toBe('containers_creating');
    const revision = (await list(undefined, 0, never))?.revision;
    const involvedObject = { kind: 'Pod', uid: pod.object.metadata.uid };
    const event = { metadata: { name: 'e', uid: 'e', resourceVersion: '2000' }, involvedObject, reason: 'FailedMount', message: 'no such volume' };
    const waiting = list(revision, 20_000, never);
    observer.warningSink().changed(event);
    expect((await waiting)?.items[0]).toMatchObject({ reason_code: 'volume_mount_failed', message: expect.stringContaining('no such volume') });
    // Kubernetes keeps events for an hour; a list after that has them no more.
    observer.warningSink().relist().complete('3000');
    expect(await code(revision)).toBe('containers_creating');
    observer.warningSink().changed(event);
    observer.warningSink().gone(event);
    expect(await code(revision)).toBe('containers_creating');
  });

  test('who takes the list slowly gets each analysis as it is by then, without those that went, and is told of them by the next', async () => {
    listed(running);
    const slow = await observer.list(undefined, 0, never);
    for (const { kind, object } of running) observer.sinkFor(kind).gone(object);
    expect([...(slow?.items ?? [])]).toEqual([]);
    expect(await list(slow?.revision, 0, never)).toMatchObject({ items: [], removed: [id] });
  });

  test('who leaves is not kept waiting', async () => {
    listed(running);
    const { revision } = (await list(undefined, 0, never)) ?? { revision: '' };
    expect(await list(revision, 20_000, AbortSignal.timeout(10))).toBeUndefined();
  });
});

test('whoever waits for the end of a pod is told by its watch, and not by that of another', async () => {
  listed(running);
  const pods = observer.recall(id)?.facts.filter(({ kind }) => kind === 'Pod') ?? [];
  const gone = observer.untilPodGone(id, pods[0]?.name ?? '', 20_000, never);
  listed(
    running.filter(({ kind }) => kind !== 'Service'),
    2_000,
  );
  expect(await Promise.race([gone, Promise.resolve('still there')])).toBe('still there');
  listed(
    running.filter(({ kind }) => kind !== 'Pod'),
    3_000,
  );
  expect(await gone).toBe(true);
});

test('whoever waits for the end of an analysis is told at the last object, and a tombstone does not count', async () => {
  listed([objectsOf.volume(), objectsOf.tombstone()]);
  const gone = observer.untilGone(id, 20_000, never);
  const volume = observer.recall(id)?.facts.find(({ kind }) => kind === 'PersistentVolume');
  observer.removed(id, volume?.uid ?? '');
  expect(await gone).toBe(true);
  expect(await observer.untilGone(id, 0, never)).toBe(true);
});
