import { describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { sampleSpec } from '../../../test/contract/sample-spec.ts';
import { SpecRefusedError } from '../../errors/errors.ts';
import { check } from '../../schema/check.ts';
import { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import { checkPolicy } from './check-policy.ts';

const id = 'x1';
const golden = `${import.meta.dir}/../../../test/golden`;

/** The sample with one value set, the way to it as in a JSON pointer. */
function changed(path: string, value: unknown): ViceDeploymentSpec {
  const document = structuredClone<unknown>(sampleSpec(id));
  const parts = path.split('/');
  const last = parts.pop() ?? '';
  let at: unknown = document;
  for (const part of parts) at = stepInto(at, part);
  Object.assign(at as object, { [last]: value }); // stepInto gives objects alone
  const checked = check(ViceDeploymentSpec, document);
  if (!checked.ok) throw new Error(`${path}: no deployment spec: ${JSON.stringify(checked.faults)}`);
  return checked.value;
}

function stepInto(at: unknown, part: string): object {
  const next: unknown = Reflect.get(at as object, part); // called on objects alone
  if (typeof next !== 'object' || next === null) throw new Error(`there is no ${part}`);
  return next;
}

function pathsRefused(spec: ViceDeploymentSpec): readonly string[] {
  try {
    checkPolicy(spec);
    return [];
  } catch (err) {
    if (err instanceof SpecRefusedError) return err.faults?.map(({ path }) => path) ?? [];
    throw err;
  }
}

test('the sample is let in', () => {
  expect(pathsRefused(sampleSpec(id))).toEqual([]);
});

test('what the coordinator sends is let in, every golden case of it', async () => {
  const cases = readdirSync(golden, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(cases.length).toBeGreaterThan(11);
  for (const { name } of cases) {
    const spec: unknown = await Bun.file(`${golden}/${name}/spec.json`).json();
    const checked = check(ViceDeploymentSpec, spec);
    expect([name, checked.ok && pathsRefused(checked.value)]).toEqual([name, []]);
  }
});

describe('refused is', () => {
  const pod = 'deployment/spec/template/spec';
  const refusals: readonly [path: string, value: unknown, at?: string][] = [
    ['deployment/metadata/namespace', 'kube-system'],
    ['service/metadata/ownerReferences', [{ kind: 'Node', name: 'n', uid: 'u' }]],
    ['ingress/metadata/finalizers', ['x/y']],
    ['persistent_volumes/0/metadata/generateName', 'x'],
    ['deployment/metadata/name', 'somebody-else'],
    ['deployment/metadata/name', 'x1-and-more'],
    ['persistent_volumes/0/metadata/name', 'their-volume'],
    ['config_maps/0/metadata/name', 'vice-x1'],
    ['service/metadata/labels/external-id', 'y2', 'service.metadata.labels.external-id'],
    ['service/metadata/labels/vice~1namespace', 'kube-system'],
    ['service/spec/selector', { app: 'bank' }, 'service.spec.selector.external-id'],
    ['deployment/spec/selector', { matchLabels: {} }, 'deployment.spec.selector.matchLabels.external-id'],
    ['deployment/spec/template/metadata/labels', {}, 'deployment.spec.template.metadata.labels.external-id'],
    ['deployment/spec/template/metadata/namespace', 'x'],
    ['pod_disruption_budget/spec/selector', {}, 'pod_disruption_budget.spec.selector.matchLabels.external-id'],
    [`${pod}/hostNetwork`, true],
    [`${pod}/hostPID`, true],
    [`${pod}/hostIPC`, true],
    [`${pod}/serviceAccountName`, 'cluster-admin'],
    [`${pod}/automountServiceAccountToken`, true],
    [`${pod}/nodeName`, 'node-1'],
    [`${pod}/priorityClassName`, 'system-node-critical'],
    [`${pod}/volumes/0/hostPath`, { path: '/' }, 'deployment.spec.template.spec.volumes[0].hostPath'],
    [`${pod}/volumes/0/projected`, {}, 'deployment.spec.template.spec.volumes[0].projected'],
    [`${pod}/containers/0/securityContext`, { privileged: true }, 'deployment.spec.template.spec.containers[0].securityContext.privileged'],
    [`${pod}/containers/0/ports/0/hostPort`, 80, 'deployment.spec.template.spec.containers[0].ports[0].hostPort'],
    ['persistent_volumes/0/spec/hostPath', { path: '/etc' }, 'persistent_volumes[0].spec.hostPath'],
    ['persistent_volumes/0/spec/local', { path: '/etc' }, 'persistent_volumes[0].spec.local'],
  ];
  for (const [path, value, at] of refusals) {
    test(`${path} = ${JSON.stringify(value)}`, () => {
      const where =
        at ??
        path
          .replaceAll(/\/(\d+)/g, '[$1]')
          .replaceAll('/', '.')
          .replaceAll('~1', '/');
      const spec = changed(
        path.includes('~1') ? 'service/metadata/labels' : path,
        path.includes('~1') ? { 'external-id': id, 'vice/namespace': value } : value,
      );
      expect(pathsRefused(spec)).toContain(where);
    });
  }

  test('two ways in, none, and more objects than an analysis has', () => {
    const { ingress, ...without } = sampleSpec(id);
    expect(pathsRefused(without)).toEqual(['ingress']);
    const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: without.service.metadata, spec: {} };
    expect(pathsRefused({ ...without, ...(ingress && { ingress }), http_route: route })).toContain('http_route');
    const [one] = without.config_maps;
    const many = Array.from({ length: 60 }, (_, n) => ({ ...one, metadata: { name: `m${n}-${id}`, labels: one?.metadata.labels } }));
    expect(pathsRefused(changed('config_maps', many))).toContain('');
  });

  test('one name twice', () => {
    const [one] = sampleSpec(id).config_maps;
    expect(pathsRefused(changed('config_maps', [one, one]))).toEqual(['config_maps[1].metadata.name']);
  });
});
