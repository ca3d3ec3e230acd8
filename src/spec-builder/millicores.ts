import type { Analysis } from '../schema/analysis.ts';
import { cpuOf } from './body/amounts.ts';
import { containerOf } from './body/container-of.ts';
import type { SpecProfile } from './settings.ts';

const NANO_PER_MILLI = 1_000_000n;

/**
 * Thousandths of a CPU core that the analysis is charged for (`jobs.millicores_reserved`): the limit of its container, rounded to a whole number; 0
 * where there is no limit.
 */
export function millicoresOf(analysis: Analysis, profile: SpecProfile): number {
  const { limit } = cpuOf(containerOf(analysis), profile);
  return limit === undefined ? 0 : Number((limit.nano + NANO_PER_MILLI / 2n) / NANO_PER_MILLI);
}
