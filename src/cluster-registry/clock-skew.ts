import type { Logger } from 'pino';
import type { ClusterEntry, DeployerFacts } from './ports.ts';

/** Certificates and tokens that are valid from now on are refused across more than this, and times in status and logs cannot be compared. */
const MOST_SKEW_MS = 5_000;

/** One line when the clock of a deployer goes wrong, and one when it is right again. */
export function tellSkew(
  log: Pick<Logger, 'info' | 'warn'>,
  { name, id, deployer_url }: ClusterEntry,
  before: DeployerFacts | undefined,
  said: DeployerFacts | undefined,
): void {
  if (said === undefined || isWrong(said) === isWrong(before)) return;
  const facts = { cluster: name, cluster_id: id, deployer_url, clock_skew_ms: said.clock_skew_ms };
  if (isWrong(said)) log.warn(facts, 'the clock of a deployer differs from this one: compare both with a time server');
  else log.info(facts, 'the clock of a deployer is right again');
}

function isWrong(facts: DeployerFacts | undefined): boolean {
  return facts !== undefined && Math.abs(facts.clock_skew_ms) > MOST_SKEW_MS;
}
