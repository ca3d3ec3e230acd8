import { expect, test } from 'bun:test';
import { check } from './check.ts';
import { ClusterProfile } from './cluster-profile.ts';

const whole = {
  domain: 'east.example.org',
  ingress_class: 'nginx',
  gateway: { name: 'public', namespace: 'gateways', section: 'https' },
  local_storage_class: 'openebs-hostpath',
  csi_driver: 'irods.csi.cyverse.org',
  csi_storage_class: 'irods-sc',
  image_pull_secret: '',
  image_mirror: { from: 'harbor.example.org/de/', to: '127.0.0.1:5000/' },
  gpu: { vendor: 'nvidia', resource: 'nvidia.com/gpu', models: ['NVIDIA-A16'] },
  node_labels: { 'example.org/pool': 'Vice', analysis: '' },
  tolerations: [{ key: 'example.org/only', operator: 'Equal', value: 'vice', effect: 'NoSchedule' }],
  get_analysis_id_base: 'http://get-analysis-id.prod:8080/base',
  check_resource_access_base: 'http://[::1]:60000',
};
const given = (profile: object) => {
  const checked = check(ClusterProfile, profile);
  return checked.ok ? [] : checked.faults.map(({ path }) => path);
};

test('a profile may say everything of a cluster', () => {
  expect(given(whole)).toEqual([]);
  expect(given({})).toEqual([]);
});

const nonsense = ['\n', '..', 'a b', '%00', '$(x)', "'; DROP TABLE", 'a\nb', '\u001b[2J', 'é'];
const fields: readonly (readonly [path: string, of: (text: string) => object])[] = [
  ['domain', (domain) => ({ domain })],
  ['ingress_class', (ingress_class) => ({ ingress_class })],
  ['gateway.name', (name) => ({ gateway: { name } })],
  ['gateway.namespace', (namespace) => ({ gateway: { name: 'a', namespace } })],
  ['gateway.section', (section) => ({ gateway: { name: 'a', section } })],
  ['local_storage_class', (local_storage_class) => ({ local_storage_class })],
  ['csi_driver', (csi_driver) => ({ csi_driver })],
  ['csi_storage_class', (csi_storage_class) => ({ csi_storage_class })],
  ['image_pull_secret', (image_pull_secret) => ({ image_pull_secret })],
  ['image_mirror.from', (from) => ({ image_mirror: { from, to: 'a' } })],
  ['image_mirror.to', (to) => ({ image_mirror: { from: 'a', to } })],
  ['gpu.resource', (resource) => ({ gpu: { resource } })],
  ['gpu.models[0]', (model) => ({ gpu: { models: [model] } })],
  ['node_labels.a', (a) => ({ node_labels: { a } })],
  ['tolerations[0].key', (key) => ({ tolerations: [{ key }] })],
  ['tolerations[0].value', (value) => ({ tolerations: [{ key: 'a', value }] })],
  ['get_analysis_id_base', (host) => ({ get_analysis_id_base: `http://${host}` })],
  ['check_resource_access_base', (host) => ({ check_resource_access_base: `http://${host}` })],
];
for (const [path, of] of fields) {
  test(`what Kubernetes would refuse is no ${path}, and is told before an analysis meets it`, () => {
    const told = nonsense.map((text) => [text, given(of(text))] as const);
    expect(told).toEqual(nonsense.map((text) => [text, [path]]));
  });
}

test('a label of nodes has a name that Kubernetes takes', () => {
  for (const name of nonsense) expect([name, given({ node_labels: { [name]: 'x' } }).length]).toEqual([name, 1]);
});
