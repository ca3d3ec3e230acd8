import { describe, expect, test } from 'bun:test';
import type { ExternalId } from '../schema/ids.ts';
import { type Anchor, anchorManifest, standingOf, type Tombstone } from './anchor.ts';
import type { KubeObject } from './ports.ts';

const external_id = '07b04ce2-7757-4b21-9e15-0b4c2f44be26' as ExternalId; // a checked id, as the schema gives it
const fenced = { attempt: 2, at: new Date('2026-03-01T12:00:00Z') };
const anchor: Anchor = { external_id, attempt: 3, spec_hash: 'abc', origin: 'curl r-1', objects: ['Deployment/x', 'Service/vice-x'], fenced };
const tombstone: Tombstone = { external_id, fenced };

function stored(content: Anchor | Tombstone, more: object = {}): KubeObject {
  const manifest = anchorManifest(content, 'vice-apps');
  return { ...manifest, metadata: { ...manifest.metadata, uid: 'u', resourceVersion: '7', ...more } };
}

const place = { uid: 'u', resourceVersion: '7', isTerminating: false };

test('what an anchor says is read back as it was written', () => {
  expect(standingOf(stored(anchor))).toEqual({ is: 'anchor', ...anchor, ...place });
});

test('what an anchor remembers of transfers is read back too', () => {
  const remembering = { ...anchor, transfers: { upload: '{"claim":"x"}' } };
  expect(standingOf(stored(remembering))).toEqual({ is: 'anchor', ...remembering, ...place });
});

test('a tombstone is no anchor', () => {
  expect(standingOf(stored(tombstone))).toEqual({ is: 'tombstone', ...tombstone, ...place });
});

test('an anchor on its way out says so', () => {
  expect(standingOf(stored(anchor, { deletionTimestamp: '2026-03-01T12:00:00Z' }))?.isTerminating).toBe(true);
});

describe('a ConfigMap is no anchor', () => {
  const { metadata, ...rest } = stored(anchor);
  test('without the label of the deployer', () => {
    expect(standingOf({ ...rest, metadata: { ...metadata, labels: {} } })).toBeUndefined();
  });
  test('under another name than that of its external id', () => {
    expect(standingOf({ ...rest, metadata: { ...metadata, name: 'vice-other' } })).toBeUndefined();
  });
  test('when it says neither what is applied nor what is fenced', () => {
    expect(standingOf({ ...rest, metadata, data: { external_id } })).toBeUndefined();
    expect(standingOf({ metadata })).toBeUndefined();
  });
});

test('a ConfigMap that somebody spoiled is read without a crash', () => {
  const { metadata } = stored(anchor);
  const spoiled = standingOf({ metadata, data: { external_id, spec_hash: 'abc', attempt: 'x', fenced: '2', fenced_at: 'soon' } });
  expect(spoiled).toMatchObject({ is: 'anchor', attempt: 1, objects: [], fenced: { attempt: 2, at: new Date(0) } });
});
