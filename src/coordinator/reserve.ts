import { UnavailableError } from '../errors/errors.ts';
import type { Analysis } from '../schema/analysis.ts';
import { poll } from './poll.ts';
import type { Admit, LaunchStore, Reservation, ReserveOutcome } from './ports.ts';

export type Reserved = Exclude<ReserveOutcome, { outcome: 'busy' }>;

/**
 * The row of this launch, once no other launch and no removal of the same analysis is under way. Thus of two requests at once one launches, and the
 * other is told what became of that.
 *
 * @throws QuotaRefusedError; UnavailableError when the analysis is busy until `busyUntil`
 */
export async function reserve(store: LaunchStore, analysis: Analysis, admit: Admit, busyUntil: number, signal: AbortSignal): Promise<Reserved> {
  const request: Reservation = {
    external_id: analysis.uuid,
    ...(analysis.id && { analysis_id: analysis.id }),
    user_id: analysis.user_id,
    username: analysis.username,
  };
  let state = 'launching';
  const ask = async (): Promise<Reserved | undefined> => {
    const outcome = await store.reserve(request, admit, signal);
    if (outcome.outcome !== 'busy') return outcome;
    state = outcome.state;
    return undefined;
  };
  const reserved = await poll(ask, busyUntil, signal);
  if (reserved) return reserved;
  const what = state === 'launching' ? 'being launched by another request' : 'being removed';
  throw new UnavailableError(`the analysis is still ${what}`, { retryAfterSeconds: 5 });
}
