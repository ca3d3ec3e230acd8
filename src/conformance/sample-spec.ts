import { LABEL } from '../schema/label-keys.ts';
import { templateOf } from './spec-template.ts';

const EXTERNAL_ID = '00000000-0000-4000-8000-000000000000';
const USER_ID = '2f3b0e6c-93a4-11ee-8f3a-008cfa5ae621';
const SUBDOMAIN = 'a5eed5eed';
const VOLUME = `csi-data-volume-${EXTERNAL_ID}`;
const CLAIM = `csi-data-volume-claim-${EXTERNAL_ID}`;
const WORKING_DIR = `working-dir-${EXTERNAL_ID}`;

const labels = {
  [LABEL.externalId]: EXTERNAL_ID,
  [LABEL.appType]: 'interactive',
  [LABEL.userId]: USER_ID,
  [LABEL.username]: 'ada',
  [LABEL.subdomain]: SUBDOMAIN,
};
const metadata = (name: string) => ({ name, labels });

/** A deployment spec with one object of every kind, as small as the kinds allow: two claims, one of them bound to a volume of its own. */
export const SAMPLE_SPEC = templateOf({
  metadata: {
    external_id: EXTERNAL_ID,
    user_id: USER_ID,
    username: 'ada',
    subdomain: SUBDOMAIN,
  },
  deployment: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(EXTERNAL_ID),
    spec: {
      replicas: 1,
      selector: { matchLabels: { [LABEL.externalId]: EXTERNAL_ID } },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
          // The taint and the label of the nodes that run analyses.
          tolerations: [{ key: 'analysis', operator: 'Exists' }],
          volumes: [
            { name: 'working-dir', persistentVolumeClaim: { claimName: WORKING_DIR } },
            { name: 'data', persistentVolumeClaim: { claimName: CLAIM } },
            { name: 'excludes', configMap: { name: `excludes-file-${EXTERNAL_ID}` } },
          ],
          containers: [
            {
              name: 'analysis',
              image: 'nginx:1.29',
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
    metadata: metadata(`vice-${EXTERNAL_ID}`),
    spec: { selector: { [LABEL.externalId]: EXTERNAL_ID }, ports: [{ name: 'tcp-proxy', protocol: 'TCP', port: 60000, targetPort: 'tcp-proxy' }] },
  },
  ingress: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata(EXTERNAL_ID),
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: SUBDOMAIN,
          http: {
            paths: [{ pathType: 'ImplementationSpecific', backend: { service: { name: `vice-${EXTERNAL_ID}`, port: { number: 60000 } } } }],
          },
        },
      ],
    },
  },
  config_maps: [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(`excludes-file-${EXTERNAL_ID}`), data: { 'excludes-file': 'logs\n' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(`input-path-list-${EXTERNAL_ID}`), data: { 'input-path-list': '# list\n' } },
  ],
  persistent_volumes: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: VOLUME, labels: { ...labels, [LABEL.volumeName]: VOLUME } },
      spec: {
        capacity: { storage: '5Gi' },
        accessModes: ['ReadWriteMany'],
        volumeMode: 'Filesystem',
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: 'irods-sc',
        csi: { driver: 'irods.csi.cyverse.org', volumeHandle: `csi-data-volume-handle-${EXTERNAL_ID}`, volumeAttributes: { client: 'irodsfuse' } },
      },
    },
  ],
  persistent_volume_claims: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: metadata(WORKING_DIR),
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'openebs-hostpath', resources: { requests: { storage: '5Gi' } } },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: metadata(CLAIM),
      spec: { accessModes: ['ReadWriteMany'], storageClassName: 'irods-sc', volumeName: VOLUME, resources: { requests: { storage: '5Gi' } } },
    },
  ],
  pod_disruption_budget: {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(EXTERNAL_ID),
    spec: { maxUnavailable: 0, selector: { matchLabels: { [LABEL.externalId]: EXTERNAL_ID } } },
  },
});
