import { expect, test } from 'bun:test';
import { sampleSpec } from '../../test/contract/sample-spec.ts';
import type { ViceDeploymentSpec } from './deployment-spec.ts';
import { specHash } from './spec-hash.ts';

const spec = sampleSpec('07b04ce2-7757-4b21-9e15-0b4c2f44be26');

test('the attempt, the order of keys and the spelling of numbers do not matter', () => {
  const { metadata, ...rest } = spec;
  const respelled: ViceDeploymentSpec = JSON.parse(
    JSON.stringify({ ...rest, metadata: { ...metadata, attempt: 7 } }).replace('"replicas":1', '"replicas":1.0'),
  );
  expect(specHash(respelled)).toBe(specHash(spec));
});

test('any other change matters, the order of a list too', () => {
  const others: ViceDeploymentSpec[] = [
    { ...spec, metadata: { ...spec.metadata, username: 'bob' } },
    { ...spec, config_maps: [...spec.config_maps].reverse() },
    { ...spec, persistent_volumes: [] },
  ];
  expect(new Set([spec, ...others].map(specHash)).size).toBe(4);
});

test('the hash is the one of before: what it is compared with lies in clusters and databases', () => {
  // Of its own, because the spec of the other tests changes with the contract.
  const ofBefore: ViceDeploymentSpec = JSON.parse(
    `{"metadata":{"user_id":"u","external_id":"e","analysis_id":"a","attempt":3},"config_maps":[{"kind":"ConfigMap","data":{"\\u20ac":"\\r"}}],
      "service":{"spec":{"ports":[1E30,4.50,0.002]}},"deployment":{},"persistent_volumes":[],"persistent_volume_claims":[]}`,
  );
  expect(specHash(ofBefore)).toBe('1f015a17f8e80e6f43396f1dfcf8b37332de902a71e79ff3c4200dbc717542ff');
});
