import type { Analysis } from '../schema/analysis.ts';
import type { Fault } from '../schema/check.ts';
import { containerOf, stepOf } from './body/container-of.ts';
import { sharedMemories } from './body/shared-memory.ts';
import { OWN_VARIABLES } from './pod/analysis-container.ts';

const CONTAINER = 'steps[0].component.container';

/** What an analysis asks for and does not get, though it runs: for the log. */
export function noticesOf(analysis: Analysis): Fault[] {
  const { image } = containerOf(analysis);
  const environment = stepOf(analysis).environment ?? {};
  return [
    ...(image.auth ? [{ path: `${CONTAINER}.image.auth`, message: "is not used: images are pulled with the cluster's own Secret" }] : []),
    ...sharedMemories(containerOf(analysis))
      .filter(({ size }) => size === undefined)
      .map(({ index }) => ({ path: `${CONTAINER}.container_devices[${index}].container_path`, message: 'is no amount: no shared memory' })),
    ...OWN_VARIABLES.filter((name) => Object.hasOwn(environment, name)).map((name) => ({
      path: `steps[0].environment.${name}`,
      message: 'is not used: the platform sets this variable itself',
    })),
  ];
}
