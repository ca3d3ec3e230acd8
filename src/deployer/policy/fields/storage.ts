import { isRecord } from '../../observe/read.ts';
import type { Given } from '../given.ts';
import type { RuleId } from '../rules.ts';
import { type Also, entries, fields, type Shape, shown, value } from '../shape.ts';
import { amount, DNS_NAME, exactly, isListed, listed, own, text } from '../values.ts';
import { metadata } from './metadata.ts';
import { isUser } from './security.ts';

const size = (rule: RuleId) => fields({ rule, fields: { storage: amount(rule, ({ limits }) => limits.claim) }, required: ['storage'] });

function modes(rule: RuleId, ...allowed: readonly string[]): Shape {
  const is = (candidate: unknown) => Array.isArray(candidate) && candidate.length === 1 && allowed.includes(candidate[0]);
  return value({ rule, allows: allowed.map((mode) => `\`[${mode}]\``).join(' or '), is });
}

/** A claim that names its own volume is of the data store's class; one that names none is for one node, and not of that class. */
const boundOrFree: Also = ({ volumeName, accessModes, storageClassName }, visit) => {
  const { claim_classes, data_classes } = visit.given.policy.storage;
  // One that names a foreign volume is refused for that.
  if (volumeName !== undefined && !visit.given.volumes.has(volumeName)) return;
  const classes = volumeName === undefined ? claim_classes : data_classes;
  if (typeof storageClassName === 'string' && storageClassName !== '' && !isListed(storageClassName, classes)) {
    visit.refuseByPolicy('claim.storage-class', `is ${shown(storageClassName)}`, JSON.stringify(classes), 'storageClassName');
  }
  if (volumeName !== undefined) return;
  if (isListed(storageClassName, data_classes)) {
    visit.refuseByPolicy('claim.volume', 'is required with this storage class', 'the volume of the spec', 'volumeName');
  }
  if (Array.isArray(accessModes) && !accessModes.includes('ReadWriteOnce')) {
    visit.refuse('claim.access-modes', 'are for more than one node', '[ReadWriteOnce], for a claim without a volume of its own', 'accessModes');
  }
};

export const claim = fields({
  rule: 'claim.field',
  fields: {
    apiVersion: exactly('claim.field', 'v1'),
    kind: exactly('claim.field', 'PersistentVolumeClaim'),
    metadata: metadata('workingDir', 'dataClaim'),
    spec: fields({
      rule: 'claim.field',
      fields: {
        accessModes: modes('claim.access-modes', 'ReadWriteOnce', 'ReadWriteMany'),
        storageClassName: text('claim.storage-class', 'a class that the policy lists', DNS_NAME),
        volumeName: value({
          rule: 'claim.volume',
          allows: 'a volume of the spec',
          is: (name, { volumes }) => volumes.has(name),
          here: ({ volumes }) => [...volumes].join(', '),
        }),
        volumeMode: exactly('claim.field', 'Filesystem'),
        resources: fields({ rule: 'claim.size', fields: { requests: size('claim.size') }, required: ['requests'] }),
      },
      refused: { dataSource: 'claim.data-source', dataSourceRef: 'claim.data-source', selector: 'claim.selector' },
      required: ['accessModes', 'storageClassName', 'resources'],
      also: boundOrFree,
    }),
  },
});

/** What the driver is told besides. Whose data it is follows from the spec, and who owns the files from the range of users. */
const ATTRIBUTES: ReadonlyMap<string, (text: string, given: Given) => boolean> = new Map([
  ['clientUser', (text: string, { username }: Given) => text === username],
  ['uid', isUserText],
  ['gid', isUserText],
]);
const MOST_ATTRIBUTE = 524_288;

const attributes: Shape = {
  rule: 'persistent-volume.attributes',
  allows: 'the keys of the policy; `clientUser` is the user of the spec, `uid` and `gid` are in the range of users',
  check(candidate, visit) {
    if (!isRecord(candidate)) return visit.refuse('persistent-volume.attributes', `is ${shown(candidate)}`, this.allows);
    for (const [key, text] of entries(candidate, visit)) {
      if (!isListed(key, visit.given.policy.storage.csi_attributes))
        visit.refuseByPolicy('persistent-volume.attributes', 'is not allowed', this.allows, key);
      else if (typeof text !== 'string' || text.length > MOST_ATTRIBUTE) visit.refuse('persistent-volume.attributes', 'is no text', 'text', key);
      else if (ATTRIBUTES.get(key)?.(text, visit.given) === false)
        visit.refuse('persistent-volume.attributes', `is ${shown(text)}`, this.allows, key);
    }
  },
};

function isUserText(text: string, given: Given): boolean {
  return /^[0-9]{1,10}$/.test(text) && isUser(Number(text), given);
}

const csi = fields({
  rule: 'persistent-volume.source',
  fields: {
    driver: listed('persistent-volume.driver', 'a driver that the policy lists', ({ storage }) => storage.csi_drivers),
    volumeHandle: own('persistent-volume.handle', 'the own handle', ({ names }) => names.dataVolumeHandle),
    volumeAttributes: attributes,
  },
  refused: Object.fromEntries(
    ['controllerPublish', 'nodeStage', 'nodePublish', 'controllerExpand', 'nodeExpand'].map((step) => [
      `${step}SecretRef`,
      'persistent-volume.secrets',
    ]),
  ),
  required: ['driver', 'volumeHandle'],
});

/** Every field of Kubernetes 1.34 in which a volume has its source, but for `csi`. */
const SOURCES = [
  ...['awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'glusterfs'],
  ...['hostPath', 'iscsi', 'local', 'nfs', 'photonPersistentDisk', 'portworxVolume', 'quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume'],
];

export const persistentVolume = fields({
  rule: 'persistent-volume.field',
  fields: {
    apiVersion: exactly('persistent-volume.field', 'v1'),
    kind: exactly('persistent-volume.field', 'PersistentVolume'),
    metadata: metadata('dataVolume'),
    spec: fields({
      rule: 'persistent-volume.field',
      fields: {
        capacity: size('persistent-volume.size'),
        volumeMode: exactly('persistent-volume.field', 'Filesystem'),
        accessModes: modes('persistent-volume.access-modes', 'ReadWriteMany', 'ReadOnlyMany', 'ReadWriteOnce'),
        persistentVolumeReclaimPolicy: exactly('persistent-volume.reclaim', 'Retain'),
        storageClassName: listed('persistent-volume.storage-class', 'a class that the policy lists', ({ storage }) => storage.data_classes),
        csi,
      },
      refused: {
        ...Object.fromEntries(SOURCES.map((source) => [source, 'persistent-volume.source'])),
        claimRef: 'persistent-volume.claim-ref',
        nodeAffinity: 'persistent-volume.node-affinity',
        mountOptions: 'persistent-volume.mount-options',
      },
      required: ['capacity', 'accessModes', 'persistentVolumeReclaimPolicy', 'storageClassName', 'csi'],
    }),
  },
});
