import { describe, expect, test } from 'bun:test';
import { everything, factsFor, objectsOf, type Part, running } from '../../../test/support/cluster-objects-of.ts';
import { statusOf, urlReadyOf } from './status.ts';
import { isThere, type View } from './view.ts';

const observation = { observedAt: new Date('2026-03-01T12:00:00Z'), revision: 'r.1' };

function view(parts: readonly Part[]): View {
  const facts = factsFor(parts);
  const [first] = facts;
  if (first === undefined) throw new Error('a view holds something');
  return { external_id: first.external_id, facts };
}

const status = (parts: readonly Part[]) => statusOf(view(parts), observation);

test('a whole analysis with a ready pod is running, without any complaint', () => {
  expect(status(running)).toEqual({
    external_id: view(running).external_id,
    phase: 'running',
    containers: [{ name: 'analysis', pod: 'x1-pod', init: false, ready: true, restart_count: 0, state: 'running' }],
    url_ready: true,
    attempt: 3,
    spec_hash: 'abc',
    observed_at: '2026-03-01T12:00:00.000Z',
    revision: 'r.1',
  });
});

test('a whole analysis without a ready pod is pending, and says what it waits for', () => {
  expect(status(everything)).toMatchObject({ phase: 'pending', url_ready: false, containers: [], reason_code: 'awaiting_pod' });
});

describe('what exists in part is never "not found"', () => {
  test('an anchor alone is incomplete and says what is missing', () => {
    const { phase, reason_code, message } = status([objectsOf.anchor()]);
    expect([phase, reason_code]).toEqual(['incomplete', 'incomplete']);
    for (const name of ['Deployment/x1', 'Service/vice-x1', 'PersistentVolume/csi-data-volume-x1']) expect(message).toContain(name);
  });

  test('an object that is on its way out while the anchor stays is missing as well', () => {
    const parts = everything.map((part) => (part.kind === 'Service' ? objectsOf.service({ deletionTimestamp: '2026-03-01T12:00:00Z' }) : part));
    expect(status(parts)).toMatchObject({ phase: 'incomplete' });
  });

  test('an anchor on its way out is terminating', () => {
    const parts = running.map((part) => (part.kind === 'ConfigMap' ? objectsOf.anchor({ deletionTimestamp: '2026-03-01T12:00:00Z' }) : part));
    expect(status(parts)).toMatchObject({ phase: 'terminating', url_ready: false });
  });

  test('a volume that outlives its anchor is terminating', () => {
    expect(status([objectsOf.volume()])).toMatchObject({ phase: 'terminating', attempt: 1, spec_hash: '' });
  });

  test("but a stranger's pod and a tombstone are nothing", () => {
    expect(isThere(view([objectsOf.pod({})]))).toBe(false);
    expect(isThere(view([objectsOf.tombstone()]))).toBe(false);
  });
});

test('the page is reached when each part of the way is there, and each missing one is told', () => {
  const whole = { ready: true, deployment: true, service: true, route: true, endpoints: true };
  expect(urlReadyOf(view(running))).toEqual(whole);
  const without = (kind: string) => urlReadyOf(view(running.filter((part) => part.kind !== kind)));
  expect(without('Service')).toEqual({ ...whole, ready: false, service: false });
  expect(without('Ingress')).toEqual({ ...whole, ready: false, route: false });
  expect(without('Deployment')).toEqual({ ...whole, ready: false, deployment: false });
  expect(without('EndpointSlice')).toEqual({ ...whole, ready: false, endpoints: false });
});

test('nonsense in an object is no crash', () => {
  const nonsense = [null, 7, 'x', [], { conditions: 7, containerStatuses: 'x' }, { containerStatuses: [null, 7, { state: null }] }];
  for (const bad of nonsense) {
    const parts = [...everything, { kind: 'Pod' as const, object: { metadata: { ...objectsOf.pod({}).object.metadata }, status: bad } }];
    expect(status(parts).phase).toBe('pending');
  }
});
