import { afterAll, beforeAll, describe } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { applyCases } from './apply-cases.ts';
import type { Bench, Subject } from './bench.ts';
import { ClusterObjects } from './cluster-objects.ts';
import { DeployerClient } from './deployer-client.ts';
import { fenceCases } from './fence-cases.ts';
import { logCases } from './log-cases.ts';
import { observationCases } from './observation-cases.ts';
import { refusalCases } from './refusal-cases.ts';
import { removalCases } from './removal-cases.ts';

/** The contract of the deployer's API, architecture §3, as tests: each one names a promise. Any deployer on any cluster must pass them. */
export function deployerConformance(subject: Subject): void {
  describe(`the deployer's contract: ${subject.name}`, () => {
    const ids: string[] = [];
    const stops: (() => Promise<void>)[] = [];
    let bench: Bench | undefined;

    beforeAll(async () => {
      const [first, second] = await Promise.all([subject.start(), subject.start()]);
      stops.push(first.stop, second.stop);
      bench = {
        subject,
        deployer: new DeployerClient(first.url),
        other: new DeployerClient(second.url),
        cluster: new ClusterObjects(subject.cluster(), subject.namespace()),
        newId: () => {
          const id = randomUUID();
          ids.push(id);
          return id;
        },
      };
    }, 60_000);
    afterAll(async () => {
      await Promise.all(ids.map((id) => bench?.deployer.remove(id)));
      await Promise.all(stops.map((stop) => stop()));
    }, 120_000);

    const given = () => {
      if (bench === undefined) throw new Error('the deployers did not start');
      return bench;
    };
    applyCases(given, subject);
    refusalCases(given, subject);
    removalCases(given);
    fenceCases(given);
    observationCases(given, subject);
    logCases(given, subject);
  });
}
