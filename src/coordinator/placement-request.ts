import type { PlacementRequest } from '../cluster-selector/cluster-selector.ts';
import type { Analysis } from '../schema/analysis.ts';
import { cpuOf, gpusOf, memoryOf } from '../spec-builder/body/amounts.ts';
import { containerOf } from '../spec-builder/body/container-of.ts';
import { resolveProfile, type SpecSettings } from '../spec-builder/settings.ts';

const NANO_PER_MILLI = 1_000_000n;
const NANO_PER_BYTE = 1_000_000_000n;

/** What an analysis needs of any cluster: the requests of its container, as they are where no profile changes them. */
export function placementRequest(analysis: Analysis, settings: SpecSettings): PlacementRequest {
  const container = containerOf(analysis);
  const profile = resolveProfile(settings, {});
  return {
    gpus: gpusOf(container),
    gpu_models: container.gpu_models ?? [],
    cpu_millicores: Number(cpuOf(container, profile).request.nano / NANO_PER_MILLI),
    memory_bytes: Number(memoryOf(container, profile).request.nano / NANO_PER_BYTE),
  };
}
