import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { pino } from 'pino';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { createLambdaFunction } from '../../src/modes/lambda-function.ts';
import { createStandalone } from '../../src/modes/standalone.ts';
import type { Capabilities } from '../../src/schema/capabilities.ts';
import { startApiGateway } from '../support/api-gateway.ts';
import { waitFor } from '../support/wait-for.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

let ground: SandboxGround;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  ground = await sandboxGround();
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await ground.stop();
});

const starts = {
  standalone: async (selector: string) => {
    const standalone = createStandalone({ ...ground.config, nodeSelector: selector }, pino({ level: 'silent' }));
    await standalone.connected;
    stops.push(() => standalone.stop());
    return new DeployerClient(standalone.url);
  },
  'a function': async (selector: string) => {
    const flags = ['--log-level=fatal', `--node-selector=${selector}`];
    const gateway = startApiGateway(createLambdaFunction(flags, { VICE_KUBECONFIG: ground.config.kubeconfigText }));
    stops.push(gateway.stop);
    return new DeployerClient(gateway.url);
  },
} as const;

/** What is told once `holds`. */
async function told(client: DeployerClient, holds: (capabilities: Capabilities) => boolean = () => true): Promise<Capabilities> {
  const once = async () => {
    const { status, body } = await client.capabilities();
    return status === 200 && holds(body) && body;
  };
  return waitFor(once, { timeoutMs: 20_000, what: 'the capabilities' });
}

const pod = (name: string, node: string, cpu: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { nodeName: node, containers: [{ name: 'a', image: 'a', resources: { requests: { cpu, memory: '1Gi' } } }] },
});
const node = (name: string, labels: object, allocatable: object) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  status: { allocatable: { cpu: '8', memory: '64Gi', pods: '10', ...allocatable }, conditions: [{ type: 'Ready', status: 'True' }] },
});
const NODE = 'sandbox-node';
const kube = () => ground.objects.kube;

describe.each(['standalone', 'a function'] as const)('%s', (mode) => {
  test('tells versions, kinds, classes and the room of the nodes', async () => {
    const body = await told(await starts[mode]('analysis'));
    expect(body).toMatchObject({
      vice_version: 'development',
      kubernetes_version: 'v1.36.3-sandbox',
      namespace: 'vice-apps',
      gateway_api: true,
      storage_classes: [{ name: 'openebs-hostpath', provisioner: 'openebs.io/local', binding_mode: 'WaitForFirstConsumer', is_default: false }],
      csi_drivers: ['irods.csi.cyverse.org'],
      ingress_classes: [{ name: 'nginx', controller: 'k8s.io/ingress-nginx', is_default: true }],
      gateway_classes: [{ name: 'sandbox', controller: 'sandbox/front' }],
      gateways: [],
      unknown: [],
    });
    expect(body.kinds).toContain('HTTPRoute');
    expect(body.capacity).toMatchObject({
      nodes: { selected: 1, usable: 1 },
      allocatable: { cpu_millicores: 64_000, pods: 500 },
      slots: 58,
      gpus: [],
    });
    expect(Date.now() - Date.parse(body.now)).toBeLessThan(20_000);
  });

  test('what runs on a node, of whatever namespace, takes its room, and gives it back when it ends', async () => {
    const client = await starts[mode]('analysis');
    const cpu = async (holds: (millicores: number) => boolean) =>
      (await told(client, ({ capacity }) => holds(capacity?.free.cpu_millicores ?? 0))).capacity?.free.cpu_millicores;
    expect(await cpu(() => true)).toBe(64_000);
    await kube().create('/api/v1/namespaces/default/pods', pod('strange', NODE, '2500m'));
    await kube().create('/api/v1/namespaces/vice-apps/pods', pod('own', NODE, '500m'));
    expect(await cpu((free) => free <= 61_000)).toBe(61_000);
    await kube().delete('/api/v1/namespaces/default/pods/strange');
    expect(await cpu((free) => free > 61_000)).toBe(63_500);
  });

  test('GPUs are told by vendor, resource and model; nodes that the selector does not choose do not count', async () => {
    const labels = (product: string) => ({ analysis: 'true', gpu: 'true', 'nvidia.com/gpu.product': product });
    await kube().create('/api/v1/nodes', node('gpu-1', labels('A100'), { 'nvidia.com/gpu': '4' }));
    await kube().create('/api/v1/nodes', node('gpu-2', labels('T4'), { 'nvidia.com/gpu': '2' }));
    await kube().create('/api/v1/nodes', node('other', { 'nvidia.com/gpu.product': 'A100' }, { 'nvidia.com/gpu': '8' }));
    const { capacity } = await told(await starts[mode]('analysis,gpu=true'));
    expect(capacity?.nodes.selected).toBe(2);
    expect(capacity?.gpus).toEqual([
      { vendor: 'nvidia', resource: 'nvidia.com/gpu', model: 'A100', nodes: 1, allocatable: 4, requested: 0, free: 4 },
      { vendor: 'nvidia', resource: 'nvidia.com/gpu', model: 'T4', nodes: 1, allocatable: 2, requested: 0, free: 2 },
    ]);
    expect((await told(await starts[mode](''))).capacity?.nodes.selected).toBe(4);
  });
});

test('an old picture of the cluster says how old it is', async () => {
  const client = await starts.standalone('analysis');
  const { observed_at, now } = await told(client);
  expect(Date.parse(observed_at)).toBeGreaterThan(0);
  expect(Date.parse(observed_at)).toBeLessThanOrEqual(Date.parse(now));
});
