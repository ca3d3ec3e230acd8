import { type StandInDeployer, startStandInDeployer } from '../test/support/stand-in-deployer.ts';
import { openDatabase } from './database.ts';
import { launchBody, userOf } from './example.ts';
import type { Program } from './program.ts';
import { isReady, register, writeConfiguration } from './vice-pair.ts';
import { startVice, type ViceProcess } from './vice-process.ts';

/** A coordinator and many clusters among which it spreads launches. The deployers are stand-ins in this process. */
export interface ManyClusters {
  readonly coordinator: ViceProcess;
  /** In the order in which they were registered, as `cluster-0` and so on. */
  readonly deployers: readonly StandInDeployer[];
  /** Launches an analysis of a new user. What goes wrong is one of the faults. */
  launch(): Promise<void>;
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

export async function startManyClusters(program: Program, folder: string, count: number): Promise<ManyClusters> {
  const deployers = Array.from({ length: count }, startStandInDeployer);
  const database = await openDatabase();
  const configuration = ['--mode=coordinator', '--config', await writeConfiguration(folder, database.uri)];
  const coordinator = await startVice(program, `coordinator-of-${count}`, folder, [...configuration, '--placement-strategy', 'spread']);
  const stop = async () => {
    await coordinator.stop();
    await Promise.all(deployers.map((each) => each.stop()));
    await database.close();
  };
  const faults: string[] = [];
  let users = 0;
  try {
    await isReady(coordinator.url);
    for (const [n, { url }] of deployers.entries()) await register(coordinator.url, { name: `cluster-${n}`, deployer_url: url });
  } catch (err) {
    await stop();
    throw err;
  }
  return {
    coordinator,
    deployers,
    launch: async () => {
      const body = launchBody(crypto.randomUUID(), userOf(users++));
      const answer = await fetch(`${coordinator.url}/vice/launch`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      const text = await answer.text();
      if (!answer.ok) faults.push(`vice: ${answer.status} ${text}`);
    },
    faults,
    stop,
  };
}
