import { afterAll, beforeAll, describe, test } from 'bun:test';
import type { Need } from '../../src/conformance/case.ts';
import { allCases } from '../../src/conformance/cases/all.ts';
import { type ClusterAccess, ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient, type Endpoint } from '../../src/conformance/deployer-client.ts';
import { OwnAnalyses } from '../../src/conformance/own-analyses.ts';
import { CASE_MS, type Ground, runCase } from '../../src/conformance/run-case.ts';
import { SAMPLE_SPEC } from '../../src/conformance/sample-spec.ts';

/** What the suite is run against. */
export interface Subject {
  readonly name: string;
  /** A real control plane: the cases that need its controllers run too. Its nodes are simulated. */
  readonly real: boolean;
  /** Whether the deployer keeps what it saw: it answers from memory and can wait for a change. Lambda keeps nothing. */
  readonly remembers: boolean;
  namespace(): string;
  /** Starts one more deployer on the same cluster. */
  start(): Promise<Endpoint & { stop(): Promise<void> }>;
  /** A look at the cluster itself. */
  cluster(): ClusterAccess;
}

/** The contract of the deployer's API, case by case, with two deployers and a look at their cluster: the cases that `vice conformance` runs. */
export function deployerConformance(subject: Subject): void {
  const { real, remembers } = subject;
  const missing: readonly Need[] = [...(real ? [] : ['controllers' as const]), remembers ? 'function' : 'service'];

  describe(`the deployer's contract: ${subject.name}`, () => {
    const own = new OwnAnalyses();
    const stops: (() => Promise<void>)[] = [];
    const neverAborted = new AbortController().signal;
    let ground: Ground | undefined;

    beforeAll(async () => {
      const [deployer, other] = await Promise.all([subject.start(), subject.start()]);
      stops.push(deployer.stop, other.stop);
      ground = { deployer, other, cluster: new ClusterObjects(subject.cluster(), subject.namespace()), template: SAMPLE_SPEC, own };
    }, 60_000);
    afterAll(async () => {
      const left = ground ? await own.removeAll(new DeployerClient(ground.deployer), ground.cluster, AbortSignal.timeout(90_000)) : [];
      await Promise.all(stops.map((stop) => stop()));
      if (left.length > 0) throw new Error(`these could not be removed: ${left.join(', ')}`);
    }, 120_000);

    for (const [group, cases] of Map.groupBy(allCases, (one) => one.group)) {
      describe(group, () => {
        for (const one of cases.filter(({ needs }) => !needs.some((need) => missing.includes(need)))) {
          const run = () => {
            if (ground === undefined) throw new Error('the deployers did not start');
            return runCase(one, ground, CASE_MS, neverAborted);
          };
          test(one.name, run, CASE_MS + 60_000);
        }
      });
    }
  });
}
