import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** As test/causes/README.md describes it. */
export interface Cause {
  readonly name?: string;
  readonly code: string;
  readonly phase: string;
  readonly says: string;
  readonly pod?: Recorded;
  readonly pods?: readonly Recorded[];
  readonly claim?: Recorded;
  readonly deployment?: Recorded;
  readonly events?: readonly { readonly about: 'pod' | 'claim'; readonly reason: string; readonly message: string; readonly fieldPath?: string }[];
  /** The state of the container `analysis`, for short. */
  readonly waiting?: object;
  readonly running?: object;
  readonly terminated?: object;
  readonly last?: object;
  readonly restarts?: number;
  /** For short: how a pod ended, why it has no node, and why it was not made. */
  readonly ended?: object;
  readonly unschedulable?: string;
  readonly failure?: string;
  readonly gone?: readonly string[];
  readonly leaving?: Readonly<Record<string, object>>;
}

export interface Recorded {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status: object;
}

const folder = join(import.meta.dir, '..', 'causes');
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
/** Every recorded cause. */
export const causes: readonly Cause[] = files.flatMap((file) => parse(readFileSync(join(folder, file), 'utf8'))); // each is a list of the shape above

/** The pods that a cause is about. */
export function podsOf(cause: Cause): readonly Recorded[] {
  const { pod, pods = [], waiting, running, terminated, last, restarts = 0, ended, unschedulable } = cause;
  if (ended) return [{ status: { phase: 'Failed', ...ended } }];
  if (unschedulable !== undefined) {
    return [
      { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: unschedulable }] } },
    ];
  }
  if (!waiting && !running && !terminated) return pod ? [pod] : pods;
  const state = { ...(waiting && { waiting }), ...(running && { running }), ...(terminated && { terminated }) };
  const lastState = last ? { terminated: last } : {};
  const analysis = { name: 'analysis', ready: false, restartCount: restarts, started: false, state, lastState };
  const proxy = { name: 'vice-proxy', ready: true, restartCount: 0, started: true, state: { running: {} }, lastState: {} };
  const conditions = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False' },
  ];
  return [{ status: { phase: 'Pending', conditions, containerStatuses: waiting ? [analysis] : [analysis, proxy] } }];
}
