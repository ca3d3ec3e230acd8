import { boolean, file, name, oneOf, quantity, text, url, wholeNumber } from '../options/option.ts';
import type { ClientCommand, CommandGroup } from './command.ts';
import { confirmOptions, connectionOptions, outputOptions } from './connection-options.ts';

const shared = { ...connectionOptions, ...outputOptions };
const cluster = 'Cluster';

/** What a cluster is described by, in flags. What is not given stays as it is, or as the file says. */
const clusterOptions = {
  file: file({
    flag: 'file',
    short: 'f',
    group: cluster,
    isOptional: true,
    help: 'the cluster in JSON or YAML, as the API takes it; flags change it; - for standard input',
  }),
  name: name({ flag: 'name', group: cluster, isOptional: true, help: 'its name' }),
  url: url({ flag: 'url', group: cluster, isOptional: true, help: 'URL of its deployer' }),
  priority: wholeNumber(0, 1_000_000)({ flag: 'priority', group: cluster, isOptional: true, help: 'lower is asked first' }),
  enabled: boolean({ flag: 'enabled', group: cluster, isOptional: true, help: 'it takes launches' }),
  disabled: boolean({ flag: 'disabled', group: cluster, isOptional: true, help: 'it takes none yet' }),
  profile: file({ flag: 'profile', group: cluster, isOptional: true, help: 'its profile, JSON or YAML' }),
  mtls: boolean({ flag: 'mtls', group: cluster, isOptional: true, help: 'show a client certificate; default: when one is given' }),
  caCert: file({ flag: 'ca-cert', group: cluster, isOptional: true, help: 'authorities of its deployer’s certificate, PEM' }),
  clientCert: file({ flag: 'client-cert', group: cluster, isOptional: true, help: 'certificate that the coordinator shows, PEM' }),
  clientKey: file({ flag: 'client-key', group: cluster, isOptional: true, help: 'its private key, PEM; the coordinator stores it encrypted' }),
  clientKeyRef: name({
    flag: 'client-key-ref',
    group: cluster,
    isOptional: true,
    help: 'instead: the folder below the coordinator’s --cluster-tls-dir',
  }),
};

export const listClusters = {
  name: 'clusters list',
  operands: [],
  summary: 'all clusters, in the order in which they are asked',
  description: 'Shows every cluster with its state, and below the table why a cluster does not answer.',
  options: shared,
  examples: [
    ['at a glance', 'vice clusters list'],
    ['for a program', 'vice clusters list -o json | jq -r \'.clusters[] | select(.status != "healthy").name\''],
  ],
} as const satisfies ClientCommand;

export const getCluster = {
  name: 'clusters get',
  operands: ['CLUSTER'],
  summary: 'one cluster, with its profile and its certificates',
  description: 'CLUSTER is a name or an id. Of certificates only facts are shown, and nothing of private keys.',
  options: shared,
  examples: [['with everything that is known', 'vice clusters get west -o yaml']],
} as const satisfies ClientCommand;

export const registerCluster = {
  name: 'clusters register',
  operands: [],
  summary: 'register a cluster by flags or by a file',
  description: 'Needs a name and the URL of the deployer. A cluster that is registered --disabled can be tested before it takes launches.',
  options: { ...shared, ...clusterOptions },
  examples: [
    ['inside one network', 'vice clusters register --name main --url http://vice-deployer.vice-system --priority 10'],
    [
      'over mutual TLS',
      'vice clusters register --name west --url https://west.example.org:8443 --disabled --ca-cert ca.crt --client-cert tls.crt --client-key tls.key',
    ],
    ['from a file', 'vice clusters register -f west.yaml --disabled'],
  ],
} as const satisfies ClientCommand;

export const updateCluster = {
  name: 'clusters update',
  operands: ['CLUSTER'],
  summary: 'change what is given, and nothing else',
  description: 'CLUSTER is a name or an id; --name gives it another name. In a file, null takes a value away.',
  options: { ...shared, ...clusterOptions },
  examples: [
    ['ask it later than others', 'vice clusters update west --priority 200'],
    ['its deployer moved', 'vice clusters update west --url https://west2.example.org:8443'],
  ],
} as const satisfies ClientCommand;

const oneCluster = (word: string, summary: string, description: string) =>
  ({
    name: `clusters ${word}`,
    operands: ['CLUSTER'],
    summary,
    description: `CLUSTER is a name or an id. ${description}`,
    options: shared,
    examples: [[summary, `vice clusters ${word} west`]],
  }) as const satisfies ClientCommand;

export const enableCluster = oneCluster('enable', 'let it take launches', 'Takes back disable and drain.');
export const disableCluster = oneCluster('disable', 'let it take no more launches', 'Analyses that run there go on.');
export const drainCluster = oneCluster(
  'drain',
  'let it take no more launches, because it is to go',
  'Analyses that run there go on; when the last has ended, delete it.',
);
export const testCluster = oneCluster(
  'test',
  'ask its deployer now whether it and its cluster answer',
  'Works for a disabled cluster too. Exit code 1 when it does not answer, with the reason.',
);

export const deleteCluster = {
  name: 'clusters delete',
  operands: ['CLUSTER'],
  summary: 'remove a cluster that no analysis lives in',
  description: 'CLUSTER is a name or an id. Refused while analyses live there. Asks first, unless --yes.',
  options: { ...shared, ...confirmOptions },
  examples: [['in a script', 'vice clusters delete west --yes']],
} as const satisfies ClientCommand;

export const forgetCluster = {
  name: 'clusters forget',
  operands: ['CLUSTER'],
  summary: 'give up a cluster that is dead, with everything in it',
  description:
    'CLUSTER is a name or an id. Its analyses have failed and may be launched elsewhere; what comes back of them is removed. Refused while its deployer answers. Asks first, unless --yes.',
  options: { ...shared, ...confirmOptions },
  examples: [['when it will not come back', 'vice clusters forget west']],
} as const satisfies ClientCommand;

const demand = 'What the analysis asks for';

export const explainPlacement = {
  name: 'clusters explain',
  operands: [],
  summary: 'where an analysis would go now, and why not elsewhere',
  description: 'Nothing is reserved, and nothing is sent to any cluster.',
  options: {
    ...shared,
    cpu: quantity({ flag: 'cpu', group: demand, isOptional: true, help: 'cores: 2, 500m' }),
    memory: quantity({ flag: 'memory', group: demand, isOptional: true, help: 'bytes: 4Gi' }),
    disk: quantity({ flag: 'disk', group: demand, isOptional: true, help: 'size of the working directory: 50Gi' }),
    gpus: wholeNumber(0, 1_000_000)({ flag: 'gpus', group: demand, isOptional: true, help: 'how many GPUs' }),
    gpuModel: text({ flag: 'gpu-model', group: demand, isOptional: true, metavar: 'MODEL,...', help: 'any of these models' }),
    gpuVendor: oneOf('nvidia', 'amd', 'intel')({ flag: 'gpu-vendor', group: demand, isOptional: true, help: 'whose GPUs' }),
    image: name({ flag: 'image', group: demand, isOptional: true, help: 'image with its tag' }),
    cluster: name({ flag: 'cluster', group: demand, isOptional: true, help: 'this cluster alone, by name or id' }),
  },
  examples: [['why nothing takes two GPUs', 'vice clusters explain --gpus 2 --gpu-model NVIDIA-A100-SXM4-40GB']],
} as const satisfies ClientCommand;

export const importCertificates = {
  name: 'clusters import-certs',
  operands: ['CLUSTER'],
  summary: 'give a cluster new certificates, without a restart',
  description:
    'CLUSTER is a name or an id. Takes tls.crt and tls.key, and ca.crt where there is one, from a folder or from a Secret of type kubernetes.io/tls as kubectl prints it. The coordinator checks them before it stores them.',
  options: {
    ...shared,
    dir: file({ flag: 'dir', group: cluster, metavar: 'DIRECTORY', isOptional: true, help: 'folder with tls.crt, tls.key and perhaps ca.crt' }),
    secret: file({
      flag: 'secret',
      short: 'f',
      group: cluster,
      isOptional: true,
      help: 'manifest of a TLS Secret, YAML or JSON; - for standard input',
    }),
  },
  examples: [
    ['as vice pki issue-client makes them', 'vice clusters import-certs west --dir ./coordinator'],
    ['as cert-manager makes them', 'kubectl get secret vice-coordinator-client -o yaml | vice clusters import-certs west -f -'],
  ],
} as const satisfies ClientCommand;

export const reloadClusters = {
  name: 'clusters reload',
  operands: [],
  summary: 'have the coordinator read the clusters from its database now',
  description: 'It does so by itself when they change; this is for changes by hand where notifications do not arrive.',
  options: shared,
  examples: [['after a change by SQL', 'vice clusters reload']],
} as const satisfies ClientCommand;

export const clusterCommands: CommandGroup = {
  name: 'clusters',
  summary: 'list, register, change, test and remove clusters',
  commands: [
    listClusters,
    getCluster,
    registerCluster,
    updateCluster,
    enableCluster,
    disableCluster,
    drainCluster,
    forgetCluster,
    deleteCluster,
    importCertificates,
    testCluster,
    explainPlacement,
    reloadClusters,
  ],
};
