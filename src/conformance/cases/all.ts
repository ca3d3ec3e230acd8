import type { ConformanceCase } from '../case.ts';
import { applying } from './applying.ts';
import { capabilities } from './capabilities.ts';
import { explaining } from './explaining.ts';
import { fencing } from './fencing.ts';
import { logs } from './logs.ts';
import { looking } from './looking.ts';
import { refusing } from './refusing.ts';
import { removing } from './removing.ts';
import { serving } from './serving.ts';
import { transferring } from './transferring.ts';

/** The contract of the deployer's API, case by case. Any deployer on any cluster must pass them. */
export const allCases: readonly ConformanceCase[] = [
  ...applying,
  ...refusing,
  ...removing,
  ...fencing,
  ...looking,
  ...capabilities,
  ...explaining,
  ...logs,
  ...transferring,
  ...serving,
];
