import { ContractBreachError } from './breach.ts';
import { type ConformanceCase, NEEDS, type Need } from './case.ts';
import { DeployerClient } from './deployer-client.ts';
import { CASE_MS, type Ground, runCase } from './run-case.ts';

/**
 * `holds`: the promise was kept. `breach`: it was not. `failed`: it could not be tried, for a reason that is not the deployer's. `not_run`: it was not
 * tried, and `detail` says what it needs.
 */
export type Verdict = 'holds' | 'breach' | 'failed' | 'not_run';

export interface CaseReport {
  readonly group: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly duration_ms: number;
  /** What was expected and what was seen; what is missing; or what was not looked at. */
  readonly detail?: string;
}

export interface SuiteReport {
  readonly url: string;
  /** RFC 3339. */
  readonly started_at: string;
  readonly duration_ms: number;
  /** `holds` when nothing is a breach, nothing failed, everything was removed, and nobody broke it off. */
  readonly verdict: 'holds' | 'breach' | 'failed' | 'interrupted';
  readonly cases: readonly CaseReport[];
  /** External ids of analyses of the suite that could not be removed. */
  readonly left: readonly string[];
}

/** Hears how the run goes on. */
export interface Onlooker {
  begins(one: ConformanceCase, nth: number, of: number): void;
  /** All that the cases made is removed. */
  removes(): void;
}

/** All that is left in the end is removed within this. */
const REMOVAL_MS = 120_000;

/**
 * Runs these cases one after the other and removes everything they made, also when `signal` ends the run early: what was not tried by then is told as not
 * run. Throws nothing that a case throws.
 */
export async function runSuite(
  cases: readonly ConformanceCase[],
  ground: Ground,
  has: ReadonlySet<Need>,
  onlooker: Onlooker,
  signal: AbortSignal,
): Promise<SuiteReport> {
  const startedAt = new Date();
  const reports: CaseReport[] = [];
  for (const [index, one] of cases.entries()) {
    onlooker.begins(one, index + 1, cases.length);
    reports.push(await tried(one, ground, has, signal));
  }
  onlooker.removes();
  const ending = AbortSignal.timeout(REMOVAL_MS);
  const left = await ground.own.removeAll(new DeployerClient(ground.deployer, ending), ground.cluster, ending);
  return {
    url: ground.deployer.url,
    started_at: startedAt.toISOString(),
    duration_ms: Date.now() - startedAt.getTime(),
    verdict: verdictOf(reports, left, signal),
    cases: reports,
    left,
  };
}

function verdictOf(reports: readonly CaseReport[], left: readonly string[], signal: AbortSignal): SuiteReport['verdict'] {
  if (reports.some(({ verdict }) => verdict === 'breach')) return 'breach';
  if (signal.aborted) return 'interrupted';
  return left.length > 0 || reports.some(({ verdict }) => verdict === 'failed') ? 'failed' : 'holds';
}

async function tried(one: ConformanceCase, ground: Ground, has: ReadonlySet<Need>, signal: AbortSignal): Promise<CaseReport> {
  const { group, name, needs } = one;
  const missing = needs.filter((need) => !has.has(need)).map((need) => NEEDS[need]);
  const notRun = (detail: string): CaseReport => ({ group, name, verdict: 'not_run', duration_ms: 0, detail });
  if (signal.aborted) return notRun('the run was broken off before');
  if (missing.length > 0) return notRun(missing.join('; '));
  const started = performance.now();
  const report = (verdict: Verdict, detail?: string): CaseReport => {
    const duration_ms = Math.round(performance.now() - started);
    return { group, name, verdict, duration_ms, ...(detail !== undefined && { detail }) };
  };
  try {
    const { lookedAway } = await runCase(one, ground, CASE_MS, signal);
    return report('holds', lookedAway ? 'as far as the API tells: without --kubeconfig the cluster was not looked at' : undefined);
  } catch (err) {
    if (signal.aborted) return { ...report('not_run'), detail: 'the run was broken off meanwhile' };
    return report(isOfDeployer(err) ? 'breach' : 'failed', sentenceOf(err));
  }
}

/** Also when it lets a case wait for longer than it may take. */
function isOfDeployer(err: unknown): boolean {
  return err instanceof ContractBreachError || isTimeout(err);
}

function isTimeout(err: unknown): boolean {
  return err instanceof Error && err.name === 'TimeoutError';
}

function sentenceOf(err: unknown): string {
  if (isTimeout(err)) return `it did not come to an end within ${CASE_MS / 1000} s`;
  return err instanceof Error ? err.message : String(err);
}
