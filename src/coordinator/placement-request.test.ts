import { expect, test } from 'bun:test';
import { analysisWith, specProfile } from '../../test/support/launch-bodies.ts';
import { placementRequest } from './placement-request.ts';

const requestOf = (container: Readonly<Record<string, unknown>>) => placementRequest(analysisWith({ container }), specProfile());

test('an analysis that asks for nothing takes what the configuration gives it, and its image is named as it is, without a mirror', () => {
  expect(requestOf({})).toEqual({
    gpus: 0,
    gpu_models: [],
    cpu_millicores: 1_000,
    memory_bytes: 2 * 1024 ** 3,
    image: 'harbor.example.org/vice/rstudio:4.4',
  });
});

test('it takes what it asks for at least', () => {
  const asked = { min_cpu_cores: 1.5, max_cpu_cores: 8, min_memory_limit: 5_000, memory_limit: 9_000, min_disk_space: 7_000, min_gpus: 2 };
  expect(requestOf({ ...asked, gpu_models: ['NVIDIA-A16'] })).toMatchObject({
    gpus: 2,
    gpu_models: ['NVIDIA-A16'],
    cpu_millicores: 1_500,
    memory_bytes: 5_000,
    disk_bytes: 7_000,
  });
});

test('a device of NVIDIA’s driver needs NVIDIA’s GPUs, a number of GPUs anybody’s', () => {
  const device = { host_path: '/dev/nvidia0', container_path: '/dev/nvidia0', cgroup_permissions: 'rwm' };
  expect(requestOf({ container_devices: [device] })).toMatchObject({ gpus: 1, gpu_vendor: 'nvidia' });
  expect(requestOf({ min_gpus: 1 })).not.toHaveProperty('gpu_vendor');
});

test('an amount beyond all counting is still one that the database can keep', () => {
  const request = placementRequest(analysisWith(), specProfile({}, ['--default-memory-resource-request', '7Ei']));
  expect(request.memory_bytes).toBe(Number.MAX_SAFE_INTEGER);
});
