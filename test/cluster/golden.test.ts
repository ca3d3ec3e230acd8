import { describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { goldenText } from '../golden/golden-spec.ts';
import { kube } from '../support/kube.ts';
import { testClusters } from './clusters.ts';

const NAMESPACE = 'namespaces/vice-apps';
/** Nothing is stored, and a field that Kubernetes does not know is an error. */
const QUERY = '?dryRun=All&fieldValidation=Strict&fieldManager=vice-test';

const COLLECTIONS: Readonly<Record<string, string>> = {
  Deployment: `/apis/apps/v1/${NAMESPACE}/deployments`,
  Service: `/api/v1/${NAMESPACE}/services`,
  Ingress: `/apis/networking.k8s.io/v1/${NAMESPACE}/ingresses`,
  HTTPRoute: `/apis/gateway.networking.k8s.io/v1/${NAMESPACE}/httproutes`,
  ConfigMap: `/api/v1/${NAMESPACE}/configmaps`,
  PersistentVolume: '/api/v1/persistentvolumes',
  PersistentVolumeClaim: `/api/v1/${NAMESPACE}/persistentvolumeclaims`,
  PodDisruptionBudget: `/apis/policy/v1/${NAMESPACE}/poddisruptionbudgets`,
};

const cases = readdirSync(`${import.meta.dir}/../golden`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

for (const cluster of testClusters()) {
  describe(`golden specs on ${cluster.name}`, () => {
    const api = kube(cluster.kubeconfig);

    for (const name of cases) {
      test(`kube-apiserver takes every object of ${name}, created or applied, and keeps it as it is`, async () => {
        const hasGateways = (await api.find('/apis/gateway.networking.k8s.io/v1')) !== undefined;
        for (const manifest of manifestsOf(underOwnId(await goldenText(name)))) {
          if (manifest.kind === 'HTTPRoute' && !hasGateways) continue;
          const collection = COLLECTIONS[manifest.kind];
          if (collection === undefined) throw new Error(`where is a ${manifest.kind}?`);
          const created = await api.create(`${collection}${QUERY}`, manifest);
          expect(created).toMatchObject(manifest);
          const applied = await api.patch(`${collection}/${manifest.metadata.name}${QUERY}&force=true`, manifest, 'apply');
          expect(applied).toMatchObject(manifest);
        }
      });
    }
  });
}

/** Volumes belong to no namespace: those of a launch of the same example may be there still. */
function underOwnId(golden: string): ViceDeploymentSpec {
  const { external_id } = JSON.parse(golden).metadata;
  return JSON.parse(golden.replaceAll(external_id, crypto.randomUUID()));
}

function manifestsOf(spec: ViceDeploymentSpec) {
  const { deployment, service, ingress, http_route, pod_disruption_budget } = spec;
  return [
    deployment,
    service,
    ...(ingress === undefined ? [] : [ingress]),
    ...(http_route === undefined ? [] : [http_route]),
    ...spec.config_maps,
    ...spec.persistent_volumes,
    ...spec.persistent_volume_claims,
    pod_disruption_budget,
  ];
}
