import type { Container } from '../../schema/container.ts';
import type { Draft } from '../../schema/fit.ts';
import { parseQuantity, type Quantity } from '../../schema/quantity.ts';

/** A device of the container that asks for shared memory. */
export interface SharedMemory {
  /** Which of `container_devices` it is. */
  readonly index: number;
  /** Absent: what was sent as the size is none. */
  readonly size?: Quantity;
}

/** The devices that ask for shared memory, which is what every path below `/dev/shm` does, in any letter case. */
export function sharedMemories(container: Draft<Container>): SharedMemory[] {
  return (container.container_devices ?? []).flatMap((device, index) => {
    if (!(device?.host_path ?? '').toLowerCase().startsWith('/dev/shm')) return [];
    const size = parseQuantity(device?.container_path ?? '');
    return { index, ...(size !== undefined && { size }) };
  });
}

/** The size of the volume: that of the first device that has one; absent, there is no volume. */
export function sharedMemoryOf(container: Draft<Container>): Quantity | undefined {
  return sharedMemories(container).find(({ size }) => size !== undefined)?.size;
}
