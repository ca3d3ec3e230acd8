import { check } from '../../src/schema/check.ts';
import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { ViceDeploymentSpec as Schema } from '../../src/schema/deployment-spec.ts';
import { LABEL } from '../../src/schema/label-keys.ts';
import { subdomainOf } from '../../src/spec-builder/subdomain.ts';

export interface SampleOptions {
  readonly attempt?: number;
  /** Something that makes it another spec. */
  readonly image?: string;
  readonly replicas?: number;
}

/** A deployment spec with one object of every kind, as small as the kinds allow: two claims, one of them bound to a volume of its own. */
export function sampleSpec(externalId: string, { attempt, image = 'nginx:1.29', replicas = 1 }: SampleOptions = {}): ViceDeploymentSpec {
  const userId = '2f3b0e6c-93a4-11ee-8f3a-008cfa5ae621';
  const labels = {
    [LABEL.externalId]: externalId,
    [LABEL.appType]: 'interactive',
    [LABEL.userId]: userId,
    [LABEL.username]: 'ada',
    [LABEL.subdomain]: subdomainOf(userId, externalId),
  };
  const metadata = (name: string) => ({ name, labels });
  const volume = `csi-data-volume-${externalId}`;
  const claim = `csi-data-volume-claim-${externalId}`;
  const workingDir = `working-dir-${externalId}`;
  const document = {
    metadata: {
      external_id: externalId,
      user_id: labels[LABEL.userId],
      username: 'ada',
      subdomain: labels[LABEL.subdomain],
      ...(attempt !== undefined && { attempt }),
    },
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(externalId),
      spec: {
        replicas,
        selector: { matchLabels: { [LABEL.externalId]: externalId } },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
            // The taint and the label of the nodes that run analyses.
            tolerations: [{ key: 'analysis', operator: 'Exists' }],
            volumes: [
              { name: 'working-dir', persistentVolumeClaim: { claimName: workingDir } },
              { name: 'data', persistentVolumeClaim: { claimName: claim } },
              { name: 'excludes', configMap: { name: `excludes-file-${externalId}` } },
            ],
            containers: [
              {
                name: 'analysis',
                image,
                imagePullPolicy: 'Always',
                ports: [{ name: 'tcp-proxy', containerPort: 60002 }],
                resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
                volumeMounts: [
                  { name: 'working-dir', mountPath: '/work' },
                  { name: 'data', mountPath: '/data-store' },
                ],
              },
            ],
          },
        },
      },
    },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(`vice-${externalId}`),
      spec: { selector: { [LABEL.externalId]: externalId }, ports: [{ name: 'tcp-proxy', protocol: 'TCP', port: 60000, targetPort: 'tcp-proxy' }] },
    },
    ingress: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: metadata(externalId),
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: labels[LABEL.subdomain],
            http: {
              paths: [{ pathType: 'ImplementationSpecific', backend: { service: { name: `vice-${externalId}`, port: { number: 60000 } } } }],
            },
          },
        ],
      },
    },
    config_maps: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(`excludes-file-${externalId}`), data: { 'excludes-file': 'logs\n' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(`input-path-list-${externalId}`), data: { 'input-path-list': '# list\n' } },
    ],
    persistent_volumes: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: volume, labels: { ...labels, [LABEL.volumeName]: volume } },
        spec: {
          capacity: { storage: '5Gi' },
          accessModes: ['ReadWriteMany'],
          volumeMode: 'Filesystem',
          persistentVolumeReclaimPolicy: 'Retain',
          storageClassName: 'irods-sc',
          csi: { driver: 'irods.csi.cyverse.org', volumeHandle: `csi-data-volume-handle-${externalId}`, volumeAttributes: { client: 'irodsfuse' } },
        },
      },
    ],
    persistent_volume_claims: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: metadata(workingDir),
        spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'openebs-hostpath', resources: { requests: { storage: '5Gi' } } },
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: metadata(claim),
        spec: { accessModes: ['ReadWriteMany'], storageClassName: 'irods-sc', volumeName: volume, resources: { requests: { storage: '5Gi' } } },
      },
    ],
    pod_disruption_budget: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadata(externalId),
      spec: { maxUnavailable: 0, selector: { matchLabels: { [LABEL.externalId]: externalId } } },
    },
  };
  const checked = check(Schema, document);
  if (!checked.ok) throw new Error(`the sample is no deployment spec: ${JSON.stringify(checked.faults)}`);
  return checked.value;
}
