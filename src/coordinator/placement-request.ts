import type { PlacementRequest } from '../cluster-selector/cluster-selector.ts';
import type { Analysis } from '../schema/analysis.ts';
import { cpuOf, gpusOf, gpuVendorOf, memoryOf } from '../spec-builder/body/amounts.ts';
import { containerOf } from '../spec-builder/body/container-of.ts';
import { imageOf } from '../spec-builder/pod/image.ts';
import { resolveProfile, type SpecSettings } from '../spec-builder/settings.ts';

/** What can be counted without an error: more than any cluster has. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);
const NANO_PER_MILLI = 1_000_000n;
const NANO_PER_BYTE = 1_000_000_000n;

/** What an analysis needs of any cluster: the requests of its container, as they are where no profile changes them. */
export function placementRequest(analysis: Analysis, settings: SpecSettings): PlacementRequest {
  const container = containerOf(analysis);
  const profile = resolveProfile(settings, {});
  const { image, min_disk_space: disk } = container;
  const vendor = gpuVendorOf(container);
  return {
    gpus: gpusOf(container),
    gpu_models: container.gpu_models ?? [],
    ...(vendor !== undefined && { gpu_vendor: vendor }),
    cpu_millicores: counted(cpuOf(container, profile).request.nano / NANO_PER_MILLI),
    memory_bytes: counted(memoryOf(container, profile).request.nano / NANO_PER_BYTE),
    ...(disk !== undefined && { disk_bytes: disk }),
    image: imageOf(profile, image.name, image.tag),
  };
}

function counted(amount: bigint): number {
  return Number(amount < MOST ? amount : MOST);
}
