import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { COORDINATOR_METRICS } from '../../src/adapters/metrics/coordinator-metrics.ts';
import { DEPLOYER_METRICS } from '../../src/adapters/metrics/deployer-metrics.ts';
import { loadCoordinatorConfig } from '../../src/config/coordinator.ts';
import { loadDeployerConfig } from '../../src/config/deployer.ts';
import { standaloneOptions } from '../../src/config/options/deployer-options.ts';
import { variableOf } from '../../src/config/sources/sources.ts';
import { BUILT_IN_POLICY } from '../../src/schema/read-policy.ts';
import { goldenSpec } from '../golden/golden-spec.ts';

const deploy = join(import.meta.dir, '../../deploy');
const components = ['coordinator', 'deployer'] as const;

interface Container {
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: Record<string, unknown>;
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly podMetricsEndpoints?: readonly { readonly port: string; readonly path: string }[];
    readonly selector?: Record<string, unknown>;
    readonly template?: {
      readonly metadata: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
      readonly spec: Record<string, unknown> & { readonly containers: Container[] };
    };
  };
}

const documents = (path: string): readonly Manifest[] => parseAllDocuments(readFileSync(path, 'utf8')).map((document): Manifest => document.toJS());

function resources(component: string): readonly string[] {
  const [kustomization] = parseAllDocuments(readFileSync(join(deploy, component, 'kustomization.yaml'), 'utf8')).map((document) => document.toJS());
  return kustomization.resources;
}

const rendered = (component: string) => resources(component).flatMap((file) => documents(join(deploy, component, file)));

/** Analyses have one namespace, and nothing else is in it. */
const othersThanAnalyses = [
  { namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['vice-apps'] }] } },
];

function podOf(component: string) {
  const template = rendered(component).find(({ kind }) => kind === 'Deployment')?.spec?.template;
  const container = template?.spec.containers[0];
  if (template === undefined || container === undefined) throw new Error(`${component} has no pod`);
  return { template, container };
}

describe.each([...components])('deploy/%s', (component) => {
  test('every file is listed, and every file that is listed is there', () => {
    const files = readdirSync(join(deploy, component)).filter((file) => file !== 'kustomization.yaml');
    expect([...resources(component)].sort()).toEqual(files.sort());
  });

  test('kubectl renders the same objects, where there is one', () => {
    const kubectl = Bun.which('kubectl');
    const objects = (manifests: readonly Manifest[]) =>
      manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`).sort();
    const output = kubectl === null ? undefined : Bun.spawnSync([kubectl, 'kustomize', join(deploy, component)]).stdout.toString();
    const theirs = output === undefined ? rendered(component) : parseAllDocuments(output).map((document): Manifest => document.toJS());
    expect(objects(theirs)).toEqual(objects(rendered(component)));
  });

  test('the Service leads to the pods and to the port that they listen on', () => {
    const { template, container } = podOf(component);
    const service = rendered(component).find(({ kind }) => kind === 'Service');
    expect(template.metadata.labels).toMatchObject({ ...service?.spec?.selector });
    const config = component === 'coordinator' ? undefined : loadDeployerConfig(container.args, { CLUSTER: '1' });
    expect(container.ports).toEqual([{ name: 'http', containerPort: config?.port ?? 60_000 }]);
  });

  test('Prometheus is led to the port that answers /metrics, by annotations and by the PodMonitor', () => {
    const { template, container } = podOf(component);
    const port = String(container.ports[0]?.containerPort);
    expect(template.metadata.annotations).toEqual({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': port, 'prometheus.io/path': '/metrics' });
    const deployment = rendered(component).find(({ kind }) => kind === 'Deployment');
    const monitor = documents(join(deploy, 'observability/pod-monitors.yaml')).find(({ metadata }) => metadata.name === `vice-${component}`);
    expect(monitor?.metadata.namespace).toBe(deployment?.metadata.namespace ?? 'none');
    expect(monitor?.spec?.selector).toEqual({ matchLabels: template.metadata.labels });
    expect(monitor?.spec?.podMetricsEndpoints?.[0]).toEqual({ port: 'http', path: '/metrics' });
  });

  test('analyses, which are programs of users, do not reach it: pods of other namespaces do', () => {
    const { template } = podOf(component);
    const policy = rendered(component).find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === `vice-${component}`);
    const deployment = rendered(component).find(({ kind }) => kind === 'Deployment');
    expect(policy?.metadata.namespace).toBe(deployment?.metadata.namespace ?? 'none');
    const ports = [{ protocol: 'TCP', port: 'http' }];
    expect(Object(policy?.spec)).toEqual({
      podSelector: { matchLabels: template.metadata.labels },
      policyTypes: ['Ingress'],
      ingress: [{ from: othersThanAnalyses, ports }],
    });
  });

  test('the container is not root, cannot become it, and writes nothing', () => {
    const { template, container } = podOf(component);
    expect(template.spec['securityContext']).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  });

  test('a pod lives longer than its drain and the pause before it take', () => {
    const { template, container } = podOf(component);
    const drainSeconds = loadDeployerConfig([], { CLUSTER: '1' }).drainSeconds;
    const pause = Object(container)['lifecycle'].preStop.sleep.seconds;
    expect(Number(template.spec['terminationGracePeriodSeconds'])).toBeGreaterThan(drainSeconds + pause);
  });
});

test('an analysis is reached through its proxy alone, and its file transfers by no other analysis', async () => {
  const policy = rendered('deployer').find(({ metadata }) => metadata.name === 'vice-analyses');
  const template = (await goldenSpec('copied-files')).deployment.spec?.template;
  const portsOf = (name: string) => template?.spec?.containers.find((container) => container.name === name)?.ports ?? [];
  const tcp = (name: string) => portsOf(name).map(({ containerPort }) => ({ protocol: 'TCP', port: containerPort }));
  expect(policy?.metadata.namespace).toBe('vice-apps');
  expect(template?.metadata?.labels).toHaveProperty('external-id');
  expect(portsOf('analysis')).not.toEqual([]);
  expect(Object(policy?.spec)).toEqual({
    podSelector: { matchExpressions: [{ key: 'external-id', operator: 'Exists' }] },
    policyTypes: ['Ingress'],
    ingress: [{ ports: tcp('vice-proxy') }, { from: othersThanAnalyses, ports: tcp('input-files') }],
  });
});

test('the arguments of the coordinator are flags that it knows', () => {
  const args = podOf('coordinator').container.args.filter((argument) => !argument.startsWith('--config='));
  const config = loadCoordinatorConfig(args, { DISCOENV_DB_URI: 'postgresql://de@db/de', DISCOENV_IRODS_ZONE: 'cyverse' });
  expect(config).toMatchObject({ port: 60_000, warnings: [] });
});

test('the coordinator finds encryption keys and a client certificate in Secrets, and starts without them', () => {
  const { template, container } = podOf('coordinator');
  const { env, volumeMounts } = Object(container);
  const name = variableOf('DISCOENV_', 'clusters.keys');
  expect(env).toEqual([{ name, valueFrom: { secretKeyRef: { name: 'vice-keys', key: 'keys', optional: true } } }]);
  const { clusterTlsDir } = loadCoordinatorConfig(
    container.args.filter((argument) => !argument.startsWith('--config=')),
    { DISCOENV_DB_URI: 'postgresql://de@db/de', DISCOENV_IRODS_ZONE: 'cyverse', [name]: 'k1:x' },
  );
  const secretName = 'vice-coordinator-client-tls';
  expect(volumeMounts).toContainEqual({ name: 'client-tls', mountPath: `${clusterTlsDir}/${secretName}`, readOnly: true });
  expect(template.spec['volumes']).toContainEqual({ name: 'client-tls', secret: { secretName, optional: true } });
});

test('no manifest holds a Secret, and no role may read one', () => {
  const all = components.flatMap(rendered);
  expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  const roles = all.filter(({ kind }) => kind.endsWith('Role'));
  expect(roles).not.toEqual([]);
  expect(roles.filter((role) => /"secrets"|"\*"/.test(JSON.stringify(role)))).toEqual([]);
});

test('deploy/deployer-mtls gives the deployer its flags, its files and probes that need no certificate', () => {
  const { patches } = parseAllDocuments(readFileSync(join(deploy, 'deployer-mtls/kustomization.yaml'), 'utf8'))[0]?.toJS() ?? {};
  const operations = (kind: string): { readonly path: string; readonly value: unknown }[] =>
    patches
      .filter((patch: { target: { kind: string } }) => patch.target.kind === kind)
      .flatMap((patch: { patch: string }) => parseAllDocuments(patch.patch)[0]?.toJS());
  const value = (kind: string, path: string) => operations(kind).find((operation) => operation.path === path)?.value;
  const flags = operations('Deployment').flatMap((operation) => (operation.path.endsWith('/args/-') ? [String(operation.value)] : []));
  const files = ['tls/tls.crt', 'tls/tls.key', 'client-ca/ca.crt'].map((name) => `/etc/vice/${name}`);
  for (const file of files) expect(flags.join(' ')).toContain(file);
  const container = '/spec/template/spec/containers/0';
  expect(value('Deployment', `${container}/volumeMounts`)).toMatchObject([{ mountPath: '/etc/vice/tls' }, { mountPath: '/etc/vice/client-ca' }]);
  expect(value('Deployment', `${container}/ports`)).toEqual([
    { name: 'https', containerPort: 8443 },
    { name: 'probes', containerPort: standaloneOptions.probePort.default },
  ]);
  const probePort = String(standaloneOptions.probePort.default);
  expect(value('Deployment', '/spec/template/metadata/annotations/prometheus.io~1port')).toBe(probePort);
  for (const probe of ['readinessProbe', 'livenessProbe']) expect(value('Deployment', `${container}/${probe}/httpGet/port`)).toBe('probes');
  expect(value('Service', '/spec/ports')).toEqual([{ name: 'https', port: 8443, targetPort: 'https' }]);
  // From anywhere: who comes shows a certificate.
  expect(value('NetworkPolicy', '/spec/ingress/0/ports/0/port')).toBe('probes');
  expect(value('NetworkPolicy', '/spec/ingress/-')).toEqual({ ports: [{ protocol: 'TCP', port: 'https' }] });
});

test('deploy/observability asks for metrics that there are, with labels that they have', () => {
  const metrics = new Map<string, readonly string[]>(
    [...DEPLOYER_METRICS, ...COORDINATOR_METRICS].flatMap(({ name, type, labels }) =>
      (type === 'histogram' ? ['_count', '_sum', '_bucket'] : ['']).map((ending) => [name + ending, labels] as const),
    ),
  );
  const rules = documents(join(deploy, 'observability/prometheus-rules.yaml')).flatMap((document) => Object(document).spec.groups[0].rules);
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr } of rules) {
    const asked = [...expr.matchAll(/(vice_\w+)(?:\{(\w+)=)?/g)].map(([, name = '', label]) => ({ name, label }));
    expect([alert, asked.length]).toEqual([alert, 1]);
    for (const { name, label } of asked) expect([alert, metrics.get(name) ?? name]).toEqual([alert, expect.arrayContaining(label ? [label] : [])]);
  }
});

describe('deploy/deployer-policy', () => {
  const folder = join(deploy, 'deployer-policy');

  test('ships a policy that lets in what the built-in one does', () => {
    expect(loadDeployerConfig(['--policy', join(folder, 'policy.yaml')], { CLUSTER: '1' }).policy).toEqual(BUILT_IN_POLICY);
  });

  test('gives the file to the deployer where the deployer looks for it', () => {
    const { configMapGenerator, patches } = parseAllDocuments(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'))[0]?.toJS() ?? {};
    const [generated] = configMapGenerator;
    expect(generated).toMatchObject({ namespace: 'vice-system', files: ['policy.yaml'] });
    const patch: Manifest = parseAllDocuments(patches[0].patch)[0]?.toJS();
    const { container: shipped } = podOf('deployer');
    const { containers, volumes } = Object(patch.spec?.template?.spec);
    const [{ name, env, volumeMounts }] = containers;
    expect([patch.metadata.name, patch.metadata.namespace, name]).toEqual(['vice-deployer', 'vice-system', Object(shipped)['name']]);
    expect(volumes).toEqual([{ name: 'policy', configMap: { name: generated.name } }]);
    expect(volumeMounts).toEqual([{ name: 'policy', mountPath: '/etc/vice/policy', readOnly: true }]);
    expect(env).toEqual([{ name: variableOf('DISCOENV_', standaloneOptions.policy.key), value: '/etc/vice/policy/policy.yaml' }]);
  });
});
