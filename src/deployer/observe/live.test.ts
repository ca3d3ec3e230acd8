import { expect, test } from 'bun:test';
import { everything, objectsOf, type Part, running } from '../../../test/support/cluster-objects-of.ts';
import type { ExternalId } from '../../schema/ids.ts';
import type { ObjectReader, Selection } from '../ports.ts';
import { liveObserver } from './live.ts';
import { statusOf } from './status.ts';

const id = 'x1' as ExternalId; // a label, as the schema asks for
const never = new AbortController().signal;
const creating = objectsOf.pod({
  containers: [{ name: 'analysis', ready: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } }],
});
const { uid } = creating.object.metadata;
const involvedObject = { kind: 'Pod', uid };
const event = { metadata: { name: 'e', uid: 'e', resourceVersion: '9' }, involvedObject, reason: 'FailedMount', message: 'secret "x" not found' };

/** A cluster that holds these, and the one event; it remembers what was listed. */
function clusterOf(parts: readonly Part[]) {
  const listed: Selection[] = [];
  const reader: ObjectReader = {
    find: async () => undefined,
    list: async (selection) => {
      listed.push(selection);
      if (selection.kind === 'Event') return selection.fieldSelector === `type=Warning,involvedObject.uid=${uid}` ? [event] : [];
      return parts.filter(({ kind }) => kind === selection.kind).map(({ object }) => object);
    },
    ping: async () => {},
  };
  const observer = liveObserver({ reader, namespace: 'vice-apps', now: () => new Date() });
  const events = () => listed.filter(({ kind }) => kind === 'Event').length;
  return { observer, events };
}

test('where nothing is remembered, the events of a pod that is not ready are asked for, because only they tell why', async () => {
  const { observer } = clusterOf([...everything, creating]);
  const seen = await observer.see(id, never);
  expect(seen && statusOf(seen.view, seen)).toMatchObject({ phase: 'pending', reason_code: 'volume_secret_missing' });
});

test('an analysis that runs, and one that is not there, cost no question about events', async () => {
  const well = clusterOf(running);
  const seen = await well.observer.see(id, never);
  expect(seen && statusOf(seen.view, seen).phase).toBe('running');
  expect(well.events()).toBe(0);
  const nothing = clusterOf([]);
  expect(await nothing.observer.see(id, never)).toBeUndefined();
  expect(nothing.events()).toBe(0);
});
