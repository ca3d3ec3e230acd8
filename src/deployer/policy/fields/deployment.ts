import { PROXY_SECRET } from '../../../spec-builder/pod/proxy-container.ts';
import { TRANSFERS_SECRET } from '../../../spec-builder/pod/volumes.ts';
import { record, records } from '../../observe/read.ts';
import { fields, type ListOptions, list, namedOnce, value } from '../shape.ts';
import { DNS_NAME, exactly, isListed, isWhole, listed, own, whole } from '../values.ts';
import { containers, initContainers } from './container.ts';
import { metadata, podMetadata, podSelector } from './metadata.ts';
import { affinity, tolerations } from './scheduling.ts';
import { podSecurity } from './security.ts';
import { volumes } from './volumes.ts';

const no = exactly('pod.host-namespaces', false);
const once: ListOptions = { also: namedOnce('pod.containers') };

/** Secrets of the platform that are no pull secrets. */
const KEPT = new RegExp(`^(${PROXY_SECRET}|${TRANSFERS_SECRET})$`);

const pullSecret = fields({
  rule: 'pod.pull-secrets',
  fields: {
    name: value({
      rule: 'pod.pull-secrets',
      allows: 'the name of a Secret that the policy lists',
      byPolicy: true,
      is: (name, { policy }) => isListed(name, policy.images.pull_secrets, KEPT) && DNS_NAME.test(String(name)),
    }),
  },
  required: ['name'],
});

const pod = fields({
  rule: 'pod.field',
  fields: {
    hostname: own('pod.dns', 'the own subdomain', ({ subdomain }) => subdomain),
    restartPolicy: exactly('pod.restart-policy', 'Always'),
    automountServiceAccountToken: exactly('pod.service-account', false),
    enableServiceLinks: exactly('pod.field', true, false),
    imagePullSecrets: list('pod.pull-secrets', pullSecret),
    securityContext: podSecurity,
    tolerations,
    affinity,
    volumes,
    initContainers: list('pod.containers', initContainers, once),
    containers: list('pod.containers', containers, once),
    terminationGracePeriodSeconds: value({
      rule: 'pod.termination-grace',
      allows: 'a whole number of seconds',
      byPolicy: true,
      is: (candidate, { policy }) => isWhole(candidate, 0, policy.limits.termination_grace_seconds),
    }),
    dnsPolicy: exactly('pod.dns', 'ClusterFirst'),
    priorityClassName: listed('pod.priority', 'a class that the policy lists', ({ scheduling }) => scheduling.priority_classes),
    runtimeClassName: listed('pod.runtime-class', 'a class that the policy lists', ({ scheduling }) => scheduling.runtime_classes),
    hostNetwork: no,
    hostPID: no,
    hostIPC: no,
    hostUsers: no,
    shareProcessNamespace: exactly('pod.process-namespace', false),
  },
  refused: {
    serviceAccountName: 'pod.service-account',
    serviceAccount: 'pod.service-account',
    nodeName: 'pod.node-name',
    schedulerName: 'pod.node-name',
    nodeSelector: 'pod.node-labels',
    priority: 'pod.priority',
    preemptionPolicy: 'pod.priority',
    ephemeralContainers: 'pod.ephemeral-containers',
    dnsConfig: 'pod.dns',
    hostAliases: 'pod.dns',
    subdomain: 'pod.dns',
    setHostnameAsFQDN: 'pod.dns',
  },
  required: ['automountServiceAccountToken', 'securityContext', 'containers'],
  also: (given, visit) => {
    if (visit.given.policy.proxy.disable_auth || records(given['containers']).some(({ name }) => name === 'vice-proxy')) return;
    visit.refuse('pod.containers', 'have no vice-proxy', 'a proxy that asks who comes (policy proxy.disable_auth: false)', 'containers');
  },
});

export const deployment = fields({
  rule: 'deployment.field',
  fields: {
    apiVersion: exactly('deployment.field', 'apps/v1'),
    kind: exactly('deployment.field', 'Deployment'),
    metadata: metadata('analysis'),
    spec: fields({
      rule: 'deployment.field',
      fields: {
        replicas: value({
          rule: 'deployment.replicas',
          allows: 'a whole number of pods',
          byPolicy: true,
          is: (candidate, { policy }) => isWhole(candidate, 0, policy.limits.replicas),
        }),
        selector: podSelector,
        strategy: value({ rule: 'deployment.strategy', allows: '`{type: Recreate}` or `{type: RollingUpdate}`', is: isStrategy }),
        revisionHistoryLimit: whole('deployment.field', 0, 10),
        progressDeadlineSeconds: whole('deployment.field', 1, 3600),
        template: fields({
          rule: 'deployment.field',
          fields: { metadata: podMetadata, spec: pod },
          required: ['metadata', 'spec'],
        }),
      },
      required: ['selector', 'template'],
    }),
  },
});

function isStrategy(candidate: unknown): boolean {
  const { type, ...rest } = record(candidate);
  return (type === 'Recreate' || type === 'RollingUpdate') && Object.keys(rest).length === 0;
}

export const budget = fields({
  rule: 'budget.field',
  fields: {
    apiVersion: exactly('budget.field', 'policy/v1'),
    kind: exactly('budget.field', 'PodDisruptionBudget'),
    metadata: metadata('analysis'),
    spec: fields({
      rule: 'budget.field',
      fields: { maxUnavailable: whole('budget.field', 0, 1), selector: podSelector },
      required: ['selector'],
    }),
  },
});
