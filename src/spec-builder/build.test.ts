import { describe, expect, test } from 'bun:test';
import { analysisWith, launchBody, specProfile } from '../../test/support/launch-bodies.ts';
import { InvalidDocumentError } from '../errors/errors.ts';
import { decodeAnalysis } from '../schema/analysis.ts';
import { buildDeploymentSpec } from './build.ts';

const rich = launchBody({
  top: { 'file-metadata': [{ attr: 'a', value: 'v', unit: 'u' }], filter_files: ['b', 'a'], user_home: '/cyverse/home/ipcdev' },
  step: {
    environment: { Z: '1', '10': '2', A: '3', '9': '4' },
    config: {
      input: [
        { type: 'FileInput', value: '/b/one' },
        { type: 'FileInput', value: '/a/two' },
      ],
      params: [
        { name: 'x', order: 2 },
        { name: 'y', order: 1 },
      ],
    },
  },
  container: { max_gpus: 1, gpu_models: ['b', 'a'], container_devices: [{ host_path: '/dev/shm', container_path: '1Gi' }] },
});

describe('the builder', () => {
  test('gives the same bytes for the same body, whatever the order of its keys', () => {
    const profile = specProfile({ node_labels: { b: '1', a: '2' } });
    const mirrored = specProfile({ node_labels: { a: '2', b: '1' } });
    const bytes = JSON.stringify(buildDeploymentSpec(decoded(rich), profile, '10.1.2.3'));
    expect(JSON.stringify(buildDeploymentSpec(decoded(rich), profile, '10.1.2.3'))).toBe(bytes);
    expect(JSON.stringify(buildDeploymentSpec(decoded(reversed(rich)), mirrored, '10.1.2.3'))).toBe(bytes);
  });

  test('changes neither the analysis nor the profile', () => {
    const analysis = deepFrozen(decoded(rich));
    const profile = deepFrozen(specProfile({ tolerations: [{ key: 'spot' }] }));
    expect(() => buildDeploymentSpec(analysis, profile, '')).not.toThrow();
  });

  test('says no namespace, no owner, no attempt and no secret', () => {
    const text = JSON.stringify(buildDeploymentSpec(analysisWith(), specProfile(), ''));
    for (const word of ['"namespace"', 'ownerReferences', '"attempt"', 'notprinted']) expect(text).not.toContain(word);
    expect(text).toContain('"secretKeyRef":{"name":"vice-proxy","key":"KEYCLOAK_CLIENT_SECRET"}');
  });

  test('refuses an analysis that cannot run, with every fault', () => {
    const analysis = analysisWith({ top: { output_dir: 'x' }, container: { ports: [{ container_port: 60_002 }] } });
    const build = () => buildDeploymentSpec(analysis, specProfile(), '');
    expect(build).toThrow(InvalidDocumentError);
    expect(build).toThrow(expect.objectContaining({ faults: [expect.objectContaining({ path: 'output_dir' }), expect.anything()] }));
  });

  test('refuses an analysis whose manifests are larger than a deployer takes', () => {
    const analysis = analysisWith({ step: { environment: { BIG: 'x'.repeat(1_100_000) } } });
    expect(() => buildDeploymentSpec(analysis, specProfile(), '')).toThrow(
      expect.objectContaining({ faults: [{ path: '', message: expect.stringContaining('where a cluster takes 1048576') }] }),
    );
  });
});

function decoded(body: unknown) {
  const analysis = decodeAnalysis(body);
  if (!analysis.ok) throw new Error(JSON.stringify(analysis.faults));
  return analysis.value;
}

/** The same document with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, entry]) => [key, reversed(entry)]),
  );
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const entry of Object.values(Object.freeze(value))) deepFrozen(entry);
  return value;
}
