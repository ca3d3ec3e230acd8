import type { ResourceRequirements } from 'kubernetes-types/core/v1';
import { ConfigurationError } from '../../errors/errors.ts';
import type { Container } from '../../schema/container.ts';
import type { Draft } from '../../schema/fit.ts';
import { formatQuantity, milliQuantity, parseQuantity, type Quantity, unitsQuantity } from '../../schema/quantity.ts';
import type { SpecProfile } from '../settings.ts';

/** A request, and the limit above it if there is one. */
interface Amount {
  readonly request: Quantity;
  readonly limit?: Quantity;
}

/** CPU of the analysis' container. Amounts are thousandths of a core: Kubernetes knows no smaller ones. */
export function cpuOf(container: Container, profile: SpecProfile): Amount {
  const request = coresOr(container.min_cpu_cores, profile.defaultCpuRequest);
  if (profile.disableCpuLimit) return { request };
  return limited(request, coresOr(container.max_cpu_cores, profile.defaultCpuLimit));
}

/** Memory of the analysis' container. */
export function memoryOf(container: Container, profile: SpecProfile): Amount {
  const request = bytesOr(container.min_memory_limit, profile.defaultMemoryRequest);
  if (profile.disableMemoryLimit) return { request };
  return limited(request, bytesOr(container.memory_limit, profile.defaultMemoryLimit));
}

/** GPUs of the analysis' container; 0 for none. Kubernetes wants the same number as request and limit, so it is the larger of the two. */
export function gpusOf(container: Draft<Container>): number {
  const asked = Math.max(container.min_gpus ?? 0, container.max_gpus ?? 0);
  return asked > 0 ? asked : hasGpuDevice(container) ? 1 : 0;
}

/** Whose GPUs the analysis was made for, where it says so: it names a device of the vendor's driver. */
export function gpuVendorOf(container: Draft<Container>): 'nvidia' | undefined {
  return hasGpuDevice(container) ? 'nvidia' : undefined;
}

/** What the analysis' container asks for and may use at most. */
export function analysisResources(container: Container, profile: SpecProfile): ResourceRequirements {
  const gpus = gpusOf(container);
  return resources({
    cpu: cpuOf(container, profile),
    memory: memoryOf(container, profile),
    'ephemeral-storage': { request: bytesOr(container.min_disk_space, profile.defaultStorageRequest) },
    ...(gpus > 0 && { [profile.gpuResource]: { request: unitsQuantity(gpus), limit: unitsQuantity(gpus) } }),
  });
}

/** The same for the proxy's. */
export function proxyResources(profile: SpecProfile): ResourceRequirements {
  const amount = (request: string, limit: string, isUnlimited: boolean) =>
    isUnlimited ? { request: parsed(request) } : limited(parsed(request), parsed(limit));
  return resources({
    cpu: amount(profile.proxyCpuRequest, profile.proxyCpuLimit, profile.disableProxyCpuLimit),
    memory: amount(profile.proxyMemoryRequest, profile.proxyMemoryLimit, profile.disableProxyMemoryLimit),
    'ephemeral-storage': amount(profile.proxyStorageRequest, profile.proxyStorageLimit, profile.disableProxyStorageLimit),
  });
}

/** Kubernetes refuses a limit below its request; what was asked for at least wins. */
function limited(request: Quantity, limit: Quantity): Amount {
  return { request, limit: limit.nano < request.nano ? request : limit };
}

function resources(amounts: Readonly<Record<string, Amount>>): ResourceRequirements {
  const requests: Record<string, string> = {};
  const limits: Record<string, string> = {};
  for (const [name, { request, limit }] of Object.entries(amounts)) {
    requests[name] = formatQuantity(request);
    if (limit !== undefined) limits[name] = formatQuantity(limit);
  }
  return { requests, ...(Object.keys(limits).length > 0 && { limits }) };
}

function coresOr(cores: number | undefined, byDefault: string): Quantity {
  if (cores === undefined || cores === 0) return parsed(byDefault);
  return milliQuantity(Math.max(1, Math.round(cores * 1000)));
}

function bytesOr(bytes: number | undefined, byDefault: string): Quantity {
  return bytes === undefined || bytes === 0 ? parsed(byDefault) : unitsQuantity(bytes);
}

function parsed(text: string): Quantity {
  const quantity = parseQuantity(text);
  if (quantity === undefined) throw new ConfigurationError(`"${text}" is no Kubernetes quantity`);
  return quantity;
}

function hasGpuDevice(container: Draft<Container>): boolean {
  return (container.container_devices ?? []).some((device) => (device?.host_path ?? '').toLowerCase().startsWith('/dev/nvidia'));
}
