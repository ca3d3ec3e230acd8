import { QuotaRefusedError } from '../errors/errors.ts';

/** What a user has and may have, when one analysis more is asked for. */
export interface JobUsage {
  /** Analyses that count against the limit, without the one that is asked for. */
  readonly running: number;
  /** The user's own limit; null when there is none. */
  readonly user_limit: number | null;
  /** Everybody's limit; Infinity where the platform keeps no limits. */
  readonly default_limit: number;
}

/** A resource of which the user has used up the quota, as the platform's quota service tells it. */
export interface Overage {
  /** `cpu.hours`, `data.size` ... */
  readonly resource_name: string;
  readonly quota: number;
  readonly usage: number;
}

/**
 * Decides whether the user may have one analysis more. Rules, their order, messages and details are those of app-exposer (quota/enforcer.go), which
 * the platform's interface knows by their codes.
 *
 * @param user short name, without the domain; it is part of every message
 * @param overages only `cpu.hours` refuses. @default none
 * @returns how many others may run at most, so that whoever writes the launch down can hold on to it
 * @throws QuotaRefusedError
 */
export function decide(user: string, usage: JobUsage, overages: readonly Overage[] = []): number {
  const { running, user_limit: userLimit, default_limit: defaultLimit } = usage;
  const details = { defaultJobLimit: Number.isFinite(defaultLimit) ? defaultLimit : null, jobCount: running, jobLimit: userLimit };
  if (userLimit === null && defaultLimit <= 0) {
    throw new QuotaRefusedError('ERR_PERMISSION_NEEDED', `${user} has not been granted permission to run jobs yet`, details);
  }
  if (userLimit !== null && userLimit <= 0) {
    throw new QuotaRefusedError('ERR_FORBIDDEN', `${user} is not permitted to run jobs`, details);
  }
  const limit = userLimit ?? defaultLimit;
  if (running >= limit) {
    throw new QuotaRefusedError('ERR_LIMIT_REACHED', `${user} is already running ${limit} or more concurrent jobs`, details);
  }
  const spent = overages.find(({ resource_name, quota, usage: used }) => resource_name === 'cpu.hours' && used >= quota);
  if (spent) {
    const sentence = `quota: ${spent.quota.toFixed(6)}, usage: ${spent.usage.toFixed(6)}`;
    throw new QuotaRefusedError('ERR_RESOURCE_OVERAGE', `${user} has resource overages.`, { [spent.resource_name]: sentence });
  }
  return limit - 1;
}
