import { describe, expect, test } from 'bun:test';
import { sampleSpec } from '../../test/contract/sample-spec.ts';
import { everyManifest, manifestsOf, nameOf, objectNames } from './manifests.ts';

const spec = sampleSpec('x1');
const manifests = manifestsOf(spec, 'vice-apps', 'anchor-uid');

describe('the manifests of a spec', () => {
  test('are all of its objects, each once, and its names say so', () => {
    const names = everyManifest(manifests).map(({ kind, metadata }) => nameOf(kind, metadata.name));
    expect(names.toSorted()).toEqual([...objectNames(spec)]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('keep what was sent', () => {
    expect(manifests.deployment['spec']).toEqual(spec.deployment.spec);
    expect(manifests.deployment.metadata.labels).toMatchObject(spec.deployment.metadata.labels);
  });

  test('are in the one namespace and owned by the anchor, which waits for them', () => {
    for (const { metadata } of [...manifests.boundClaims, ...manifests.freeClaims, ...manifests.others, manifests.deployment]) {
      expect(metadata.namespace).toBe('vice-apps');
      expect(metadata.ownerReferences).toEqual([
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'vice-x1', uid: 'anchor-uid', blockOwnerDeletion: true },
      ]);
    }
  });

  test('have volumes without namespace and owner, which say instead where they belong', () => {
    const [volume] = manifests.volumes;
    expect(volume?.metadata).toMatchObject({ labels: { 'vice/namespace': 'vice-apps' }, annotations: { 'vice/anchor-uid': 'anchor-uid' } });
    expect(volume?.metadata).not.toHaveProperty('namespace');
    expect(volume?.metadata).not.toHaveProperty('ownerReferences');
  });

  test('have volumes that the claims of the spec alone can take, wherever else somebody makes one', () => {
    const [volume] = manifests.volumes;
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'vice-apps', name: 'csi-data-volume-claim-x1' };
    expect(volume?.['spec']).toEqual({ ...spec.persistent_volumes[0]?.spec, claimRef });
  });

  test('tell the claims that need one of its volumes from the others', () => {
    expect(manifests.boundClaims.map(({ metadata }) => metadata.name)).toEqual(['csi-data-volume-claim-x1']);
    expect(manifests.freeClaims.map(({ metadata }) => metadata.name)).toEqual(['working-dir-x1']);
  });
});
