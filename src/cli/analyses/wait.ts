import { setTimeout as delay } from 'node:timers/promises';
import { ViceError } from '../../errors/vice-error.ts';
import type { AssignmentReport } from '../../schema/assignment.ts';
import type { Progress } from '../output/progress.ts';

/** What a report says to somebody who waits. */
export type Verdict = { readonly is: 'done' } | { readonly is: 'failed'; readonly why: string } | { readonly is: 'waiting'; readonly for: string };

export interface Waiting {
  readonly report: () => Promise<AssignmentReport>;
  readonly judge: (report: AssignmentReport) => Verdict;
  readonly timeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const EVERY_MS = 1_000;

/** Asks again and again until it is done or cannot become so. A coordinator that is away for a moment is no failure. */
export async function wait({
  report,
  judge,
  timeoutMs,
  progress,
  signal,
}: Waiting): Promise<{ readonly report?: AssignmentReport; readonly fault?: string }> {
  const until = Date.now() + timeoutMs;
  try {
    for (;;) {
      const latest = await report().catch((err: unknown) => {
        if (err instanceof ViceError && err.retryable && !signal.aborted && Date.now() < until) return undefined;
        throw err;
      });
      const verdict: Verdict = latest === undefined ? { is: 'waiting', for: 'the coordinator' } : judge(latest);
      if (verdict.is === 'done') return { ...(latest && { report: latest }) };
      if (verdict.is === 'failed') return { ...(latest && { report: latest }), fault: verdict.why };
      if (Date.now() >= until) return { ...(latest && { report: latest }), fault: `after ${timeoutMs / 1_000} s it still waits for ${verdict.for}` };
      progress.say(`waiting for ${verdict.for}`);
      await delay(EVERY_MS, undefined, { signal }).catch(() => {}); // the next request says that it was interrupted
    }
  } finally {
    progress.end();
  }
}

/** Of a launch: done when a user could open the page. */
export function isOpen({ state, reason, in_cluster: found }: AssignmentReport): Verdict {
  if (state === 'failed') return { is: 'failed', why: `its launch failed${reason === undefined ? '' : `: ${reason}`}` };
  if (state === 'stopping' || state === 'stopped') return { is: 'failed', why: 'it was ended meanwhile' };
  if (found === undefined) return { is: 'waiting', for: 'a cluster' };
  if (found.answer === 'unreachable') return { is: 'waiting', for: 'its cluster, which does not answer' };
  if (found.answer === 'gone') return { is: 'waiting', for: 'its objects' };
  const { phase, url_ready: isReady, message = phase, hint } = found.status;
  if (phase === 'failed') return { is: 'failed', why: hint === undefined ? message : `${message}; ${hint}` };
  if (phase === 'running' && isReady) return { is: 'done' };
  return { is: 'waiting', for: phase === 'running' ? 'its page' : `its pod: ${message}` };
}

/** Of an exit: done when nothing of it is left. */
export function isGone({ state, removal }: AssignmentReport): Verdict {
  if ((state === 'stopped' || state === 'failed') && removal === undefined) return { is: 'done' };
  const note = removal?.note === undefined ? '' : `: ${removal.note}`;
  return state === 'stopping' || removal !== undefined
    ? { is: 'waiting', for: `its cluster to remove it${note}` }
    : { is: 'failed', why: 'it was launched again meanwhile' };
}
