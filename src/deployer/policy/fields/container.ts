import { PROXY_SECRET, PROXY_SECRET_KEY } from '../../../spec-builder/pod/proxy-container.ts';
import { PATH_LIST_PATH, WORKING_DIR_PATH } from '../../../spec-builder/pod/transfer-containers.ts';
import { isRecord } from '../../observe/read.ts';
import { type ImageRole, isImage } from '../image.ts';
import { NAMED_PORTS } from '../ports.ts';
import type { RuleId } from '../rules.ts';
import { byName, fields, list, type Shape, shown, value } from '../shape.ts';
import { DNS_LABEL, exactly, listed, PATH, text, whole } from '../values.ts';
import { analysisMounts, transfersMounts, workingDirMounts } from './mounts.ts';
import { proxyCommand, transfersCommand, workingDirCommand } from './programs.ts';
import { resources } from './resources.ts';
import { containerSecurity } from './security.ts';
import { processText, words } from './words.ts';

const ports = list(
  'container.ports',
  fields({
    rule: 'container.ports',
    fields: {
      name: text('container.ports', 'a DNS label', DNS_LABEL),
      containerPort: whole('container.ports', 1, 65_535),
      protocol: exactly('container.ports', 'TCP'),
    },
    required: ['containerPort'],
    // The Service finds the proxy by this name: another port of it would be a way past the proxy.
    also: ({ name, containerPort }, visit) => {
      const number = NAMED_PORTS.get(name);
      if (number !== undefined && containerPort !== number)
        visit.refuse('container.ports', `is ${shown(containerPort)}`, String(number), 'containerPort');
    },
  }),
  { most: ({ policy }) => policy.limits.ports },
);

const seconds = whole('container.probes', 0, 3600);
const times = whole('container.probes', 1, 1000);
const probe = fields({
  rule: 'container.probes',
  fields: {
    httpGet: fields({
      rule: 'container.probes',
      fields: {
        path: text('container.probes', 'an absolute path', /^\/[-A-Za-z0-9_.~/%?=&]{0,255}$/),
        port: whole('container.probes', 1, 65_535),
        scheme: exactly('container.probes', 'HTTP', 'HTTPS'),
      },
      required: ['port'],
    }),
    initialDelaySeconds: seconds,
    timeoutSeconds: seconds,
    periodSeconds: seconds,
    successThreshold: times,
    failureThreshold: times,
  },
  required: ['httpGet'],
});

/** Says a Secret's rule where it is one; whatever else a variable is made from is refused by the rule of variables. */
const noSource: Shape = {
  rule: 'container.env',
  allows: 'nothing',
  check(source, visit) {
    if (isRecord(source) && 'secretKeyRef' in source) {
      visit.refuse('container.env-secret', 'is not allowed', 'the container vice-proxy alone has one', 'secretKeyRef');
    } else visit.refuse('container.env', 'is not allowed', 'a value');
  },
};

/** Every printable ASCII character but `=`: Kubernetes' function `IsRelaxedEnvVarName`. */
const variableName = text('container.env', 'printable ASCII characters without "="', /^[ -<>-~]{1,4096}$/);

const environment = list(
  'container.env',
  fields({
    rule: 'container.env',
    fields: { name: variableName, value: processText('container.env'), valueFrom: noSource },
    required: ['name'],
  }),
  { most: ({ policy }) => policy.limits.variables },
);

/** One variable: any other could change where the proxy sends its secret, or what it loads. */
const proxyEnvironment = list(
  'container.env',
  fields({
    rule: 'container.env',
    fields: {
      name: exactly('container.env', PROXY_SECRET_KEY),
      valueFrom: fields({
        rule: 'container.env',
        fields: {
          secretKeyRef: fields({
            rule: 'container.env-secret',
            fields: { name: exactly('container.env-secret', PROXY_SECRET), key: exactly('container.env-secret', PROXY_SECRET_KEY) },
            required: ['name', 'key'],
          }),
        },
        required: ['secretKeyRef'],
      }),
    },
    required: ['name', 'valueFrom'],
  }),
);

const REFUSED = {
  args: 'container.command',
  env: 'container.env',
  envFrom: 'container.env-from',
  lifecycle: 'container.lifecycle',
  livenessProbe: 'container.probes',
  startupProbe: 'container.probes',
  volumeDevices: 'container.devices',
  volumeMounts: 'container.mounts',
} as const satisfies Readonly<Record<string, RuleId>>;

const plainSecurity = containerSecurity(() => []);
const capableSecurity = containerSecurity(({ policy }) => policy.security.capabilities);

interface Container {
  readonly role: ImageRole;
  readonly fields: Readonly<Record<string, Shape>>;
  readonly refused?: Readonly<Record<string, RuleId>>;
  readonly required?: readonly string[];
  readonly mayAddCapabilities?: boolean;
}

function container(name: string, { role, fields: own, refused = {}, required = [], mayAddCapabilities = false }: Container): Shape {
  const image = value({
    rule: 'container.image',
    allows: `an image that \`images.${role}\` lists`,
    is: (candidate, { policy }) => isImage(candidate, policy.images[role]),
    byPolicy: true,
    here: ({ policy }) => JSON.stringify(policy.images[role]),
  });
  return fields({
    rule: 'container.field',
    fields: {
      name: exactly('container.field', name),
      image,
      imagePullPolicy: listed('container.pull-policy', 'a pull policy of the policy', ({ images }) => images.pull_policies),
      ports,
      readinessProbe: probe,
      resources,
      securityContext: mayAddCapabilities ? capableSecurity : plainSecurity,
      ...own,
    },
    refused: { ...REFUSED, ...refused },
    required: ['image', 'imagePullPolicy', ...required],
  });
}

const path = text('container.field', 'an absolute path', PATH);
const transfers: Container = {
  role: 'transfers',
  fields: { command: transfersCommand, workingDir: exactly('container.field', PATH_LIST_PATH), volumeMounts: transfersMounts },
  refused: { args: 'container.transfers-command' },
  required: ['command'],
};

export const containers = byName('pod.containers', {
  'vice-proxy': container('vice-proxy', {
    role: 'proxy',
    fields: { command: proxyCommand, env: proxyEnvironment },
    refused: { args: 'container.proxy-command' },
    required: ['command'],
  }),
  'input-files': container('input-files', transfers),
  analysis: container('analysis', {
    role: 'analysis',
    fields: { command: words, args: words, workingDir: path, env: environment, volumeMounts: analysisMounts },
  }),
});

export const initContainers = byName('pod.containers', {
  'working-dir-init': container('working-dir-init', {
    role: 'transfers',
    fields: { command: workingDirCommand, workingDir: exactly('container.field', WORKING_DIR_PATH), volumeMounts: workingDirMounts },
    refused: { args: 'container.transfers-command' },
    required: ['command'],
  }),
  'input-files-init': container('input-files-init', { ...transfers, mayAddCapabilities: true }),
});
