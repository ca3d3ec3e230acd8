import { afterAll, describe, expect, test } from 'bun:test';
import { configFiles, faultsOf } from '../../test/support/config-files.ts';
import { BUILT_IN_POLICY } from '../schema/read-policy.ts';
import { loadDeployerConfig, loadLambdaConfig } from './deployer.ts';

const { folder, written, remove } = configFiles();
afterAll(remove);

describe('a deployer', () => {
  const kubeconfig = written('apiVersion: v1\n');

  test('takes its kubeconfig from the flag, the text in the environment, the file named there, or the pod, in this order', () => {
    const everything = { VICE_KUBECONFIG: 'apiVersion: v1', KUBECONFIG: kubeconfig, CLUSTER: '1', HOME: folder };
    const { VICE_KUBECONFIG: _, ...withoutText } = everything;
    expect(loadDeployerConfig(['-kubeconfig', kubeconfig], everything)).toMatchObject({ kubeconfig });
    expect(loadDeployerConfig([], everything)).toMatchObject({ kubeconfigText: 'apiVersion: v1' });
    expect(loadDeployerConfig([], withoutText)).toMatchObject({ kubeconfig });
    for (const env of [{ CLUSTER: '1' }, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }]) {
      expect(loadDeployerConfig([], env)).not.toContainAnyKeys(['kubeconfig', 'kubeconfigText']);
    }
    expect(Object.keys(faultsOf(() => loadDeployerConfig([], { HOME: folder })))).toEqual(['--kubeconfig']);
    expect(faultsOf(() => loadLambdaConfig([], { KUBECONFIG: '/nowhere' }))).toEqual({
      KUBECONFIG: '/nowhere cannot be read: there is no such file',
    });
  });

  test('takes the policy of its administrator, as a service and as a function, and tells every fault of it at the start', () => {
    const policy = written('limits: { cpu: "8" }\n');
    const limits = { ...BUILT_IN_POLICY.limits, cpu: '8' };
    expect(loadDeployerConfig(['--policy', policy], { CLUSTER: '1' })).toMatchObject({ policy: { ...BUILT_IN_POLICY, limits } });
    expect(loadLambdaConfig([], { CLUSTER: '1', DISCOENV_POLICY: policy })).toMatchObject({ policy: { limits } });
    expect(loadDeployerConfig([], { CLUSTER: '1' }).policy).toEqual(BUILT_IN_POLICY);
    for (const nothing of ['', '# limits:\n']) {
      const empty = loadDeployerConfig(['--policy', written(nothing)], { CLUSTER: '1' });
      expect(empty).toMatchObject({ policy: BUILT_IN_POLICY, warnings: [expect.stringContaining('is empty: the built-in policy holds')] });
    }
    const faulty = written('limits: { cpu: lots, replicas: "2" }\nhost: {}\n');
    for (const load of [loadDeployerConfig, loadLambdaConfig]) {
      const faults = faultsOf(() => load(['--policy', faulty, '--vice-namespace', 'No'], { CLUSTER: '1' }));
      expect(Object.keys(faults).toSorted()).toEqual([
        '--vice-namespace',
        `host in ${faulty}`,
        `limits.cpu in ${faulty}`,
        `limits.replicas in ${faulty}`,
      ]);
      expect(faultsOf(() => load(['--policy', '/nowhere'], { CLUSTER: '1' }))).toEqual({
        '--policy': '/nowhere cannot be read: there is no such file',
      });
    }
  });

  test('takes the way to transfer programs as a URL that names the analysis', () => {
    const transferUrl = 'http://gateway.internal/{external_id}';
    expect(loadDeployerConfig(['--transfer-url', transferUrl], { CLUSTER: '1' })).toMatchObject({ transferUrl });
    expect(loadLambdaConfig([], { CLUSTER: '1', DISCOENV_TRANSFER_URL: transferUrl })).toMatchObject({ transferUrl });
    expect(loadDeployerConfig([], { CLUSTER: '1' })).not.toContainKey('transferUrl');
    for (const url of ['http://gateway.internal/', 'ftp://x/{external_id}', 'http://user@x/{external_id}', 'http://x/?a={external_id}']) {
      expect(faultsOf(() => loadDeployerConfig(['--transfer-url', url], { CLUSTER: '1' }))).toHaveProperty(['--transfer-url']);
    }
  });

  test('listens in the clear on 8080, with --mtls on 8443 and only with all its files', () => {
    const env = { CLUSTER: '1' };
    expect(loadDeployerConfig([], env)).toMatchObject({ port: 8080, namespace: 'vice-apps', logLevel: 'info', maxBodyBytes: 1_048_576 });
    const pem = written('-----BEGIN CERTIFICATE-----\n');
    const argv = ['--mtls', '--tls-cert', pem, '--tls-key', pem, '--client-ca', pem];
    expect(loadDeployerConfig(argv, env)).toMatchObject({ port: 8443, tlsFiles: { clientCaFile: pem, clientNames: [] } });
    expect(loadDeployerConfig(['--tls-cert', pem, '--tls-key', pem], env)).toMatchObject({ port: 8080, tlsFiles: { certFile: pem } });
    expect(faultsOf(() => loadDeployerConfig(['--client-ca', pem, '--client-names', 'coordinator'], env))).toEqual({
      '--client-ca': 'needs --mtls',
      '--client-names': 'needs --mtls',
    });
    expect(loadDeployerConfig([...argv, '--port=9000'], env).port).toBe(9000);
    expect(faultsOf(() => loadDeployerConfig(['--mtls', '--tls-cert', '/nowhere'], env))).toEqual({
      '--tls-cert': '/nowhere cannot be read: there is no such file',
      '--tls-key': 'is required with --mtls',
      '--client-ca': 'is required with --mtls',
    });
    expect(faultsOf(() => loadDeployerConfig(['--tls-key', kubeconfig], env))).toEqual({
      '--tls-cert': '--tls-cert and --tls-key need each other',
      '--tls-key': `${kubeconfig} is not PEM`,
    });
  });

  test('refuses a namespace that cannot be one', () => {
    expect(Object.keys(faultsOf(() => loadLambdaConfig(['--vice-namespace=Vice_Apps'], { CLUSTER: '1' })))).toEqual(['--vice-namespace']);
    expect(loadLambdaConfig([], { CLUSTER: '1', DISCOENV_VICE_NAMESPACE: 'apps' }).namespace).toBe('apps');
  });
});
